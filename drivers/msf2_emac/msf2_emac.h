// The Ethernet MAC of SmartFusion2 (UG0331, "Ethernet MAC"): 10/100 Mbit/s here, with a DMA for
// each direction and an external PHY.
//
// Its buffers are word aligned and hold one frame each. A frame that starts on a word has its IP
// header beside one, and the stack's frames come in parts; so the driver copies each frame once,
// between the buffer of a descriptor and a Pbuf, and sums what it receives on the way.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "drivers/bus.h"
#include "drivers/msf2_emac/management.h"
#include "drivers/msf2_emac/registers.h"
#include "drivers/phy/phy.h"
#include "drivers/register_dump.h"
#include "stack/device/ethernet_driver.h"

namespace drivers {

// What EthernetStats sums up, by cause.
struct Msf2EmacStats {
  uint32_t rx_stops = 0;       // the ring was full: frames were lost, and reception went on behind
  uint32_t rx_bus_errors = 0;  // the DMA could not write; the MAC was started anew
  uint32_t tx_bus_errors = 0;  // the DMA could not read; the MAC was started anew
  uint32_t tx_kicks = 0;       // the DMA had stopped short of a frame just added
  uint32_t bus_timeouts = 0;   // PHY register accesses that did not finish

  static constexpr auto kFields =
      base::FieldList{base::Field{"rx_stops", &Msf2EmacStats::rx_stops},
                      base::Field{"rx_bus_errors", &Msf2EmacStats::rx_bus_errors},
                      base::Field{"tx_bus_errors", &Msf2EmacStats::tx_bus_errors},
                      base::Field{"tx_kicks", &Msf2EmacStats::tx_kicks},
                      base::Field{"bus_timeouts", &Msf2EmacStats::bus_timeouts}};
};

struct Msf2EmacConfig {
  uint8_t phy_address = Phy::kScanForAddress;
  // Tells the system's registers the speed of the link (SYSREG MAC_CR). nullptr: nobody has to
  // know.
  void (*set_line_speed)(uint16_t mbit) = nullptr;
  // QEMU's model stores received frames without their frame check sequence.
  bool stores_frame_check_sequence = true;
  // QEMU's model reads the station address with its first octet on top.
  bool first_octet_on_top = false;
  // QEMU's model of the PHY stores BMCR.14 without effect.
  bool phy_loopback = true;
};

// One direction's ring: as many descriptors as buffers, in memory that the DMA reaches below 4 GiB.
struct Msf2EmacRing {
  // A frame of 1518 bytes, and what the DMA may write behind it in whole bursts.
  static constexpr size_t kBufferSize = 1536;
  struct alignas(4) Buffer {
    std::array<std::byte, kBufferSize> bytes;
  };

  std::span<msf2_emac::Descriptor> descriptors;
  std::span<Buffer> buffers;
};

template <size_t kReceive, size_t kTransmit>
class Msf2EmacMemory {
 public:
  static_assert(kReceive >= 2 && kTransmit >= 2);
  Msf2EmacRing receive() { return {receive_descriptors_, receive_buffers_}; }
  Msf2EmacRing transmit() { return {transmit_descriptors_, transmit_buffers_}; }

 private:
  std::array<msf2_emac::Descriptor, kReceive> receive_descriptors_;
  std::array<msf2_emac::Descriptor, kTransmit> transmit_descriptors_;
  std::array<Msf2EmacRing::Buffer, kReceive> receive_buffers_;
  std::array<Msf2EmacRing::Buffer, kTransmit> transmit_buffers_;
};

class Msf2Emac final : public stack::EthernetDriver, public RegisterDump {
 public:
  // All of it outlives the driver.
  Msf2Emac(RegisterBus& bus, base::PbufPools& pools, const Msf2EmacRing& receive,
           const Msf2EmacRing& transmit, const Msf2EmacConfig& config = {});

  void CheckLink() override { phy_.CheckNow(); }
  base::Capabilities capabilities() const override;
  std::string_view name() const override { return "MSF2 EMAC"; }

  // For the interrupt handler: takes the interrupt back and keeps it so until ArmInterrupt.
  void OnInterrupt();
  // To be called before the main loop sleeps: lets the MAC interrupt again for received frames,
  // errors and, after a refused Transmit, new room. False when there is work to do at once; then
  // the caller goes round its loop again instead of sleeping.
  bool ArmInterrupt();

  Phy& phy() { return phy_; }
  MdioBus& mdio() { return management_; }
  const Msf2EmacStats& details() const { return details_; }

  // Addresses are offsets on the bus.
  std::span<const NamedRegister> registers() const override;
  base::Result<uint32_t> ReadRegister(uint32_t address) override;
  base::Status WriteRegister(uint32_t address, uint32_t value) override;

 private:
  using Descriptor = msf2_emac::Descriptor;

  base::Status DoStart(const base::MacAddress& address) override;
  base::Result<base::Pbuf> DoReceive() override;
  base::Status DoTransmit(base::Pbuf&& frame) override;
  size_t DoTransmitRoom() const override { return transmit_.descriptors.size() - tx_unsent_; }
  void DoReapTransmitted() override;
  base::Instant DoPoll(base::Instant now, base::LinkMode& link) override;
  base::Status DoSetLoopback(base::Loopback loopback) override;

  template <typename R>
  R Get() {
    R value;
    value.raw = bus_.Read(R::kAddress);
    return value;
  }
  template <typename R>
  void Set(R value) {
    bus_.Write(R::kAddress, value.raw);
  }

  base::Status ResetMac();
  base::Status Configure(const base::MacAddress& address);
  base::Status EnableFifos();
  void SetStation(const base::MacAddress& address);
  void PrepareRings();
  void ApplyLink();
  void Repair();

  bool HasFrame() const;
  base::Result<base::Pbuf> TakeFrame(size_t stored);
  void FreeReceived();
  void RestartReceiver();
  void SendFrom(size_t position);
  void Reap();
  void WakeTransmitter();

  RegisterBus& bus_;
  const Msf2EmacRing receive_;
  const Msf2EmacRing transmit_;
  const Msf2EmacConfig config_;
  Msf2EmacStats details_;
  Msf2Management management_;
  Phy phy_;
  size_t rx_next_ = 0;      // the descriptor that the next frame is taken from
  size_t tx_next_ = 0;      // the one that the next frame goes to
  size_t tx_oldest_ = 0;    // the first of those that were not reaped
  size_t tx_unsent_ = 0;    // how many those are
  bool tx_wanted_ = false;  // a Transmit was refused since
  base::Loopback loopback_ = base::Loopback::kOff;
  base::LinkMode applied_link_;
  bool poll_now_ = false;
};

}  // namespace drivers
