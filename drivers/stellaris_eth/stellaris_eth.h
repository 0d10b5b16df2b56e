// The Ethernet controller of Stellaris LM3S6xxx (LM3S6965 data sheet, chapter 16): a 10/100 MAC
// with a PHY and a FIFO of 2 KB each way. The CPU moves every byte; receiving sums them on the way.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "drivers/bus.h"
#include "drivers/phy/phy.h"
#include "drivers/register_dump.h"
#include "drivers/stellaris_eth/management.h"
#include "stack/device/ethernet_driver.h"

namespace drivers {

// What EthernetStats sums up, by cause.
struct StellarisEthStats {
  uint32_t rx_rejected = 0;   // RXER: CRC, alignment, length or symbol errors, since the last look
  uint32_t rx_overruns = 0;   // FOV, since the last look
  uint32_t rx_resyncs = 0;    // a length that cannot be: the receive FIFO was reset
  uint32_t tx_aborted = 0;    // TXER: 16 collisions, or a frame that the MAC refuses
  uint32_t tx_restarts = 0;   // a frame that did not leave: the transmitter was reset
  uint32_t bus_timeouts = 0;  // PHY register accesses that did not finish

  static constexpr auto kFields =
      base::FieldList{base::Field{"rx_rejected", &StellarisEthStats::rx_rejected},
                      base::Field{"rx_overruns", &StellarisEthStats::rx_overruns},
                      base::Field{"rx_resyncs", &StellarisEthStats::rx_resyncs},
                      base::Field{"tx_aborted", &StellarisEthStats::tx_aborted},
                      base::Field{"tx_restarts", &StellarisEthStats::tx_restarts},
                      base::Field{"bus_timeouts", &StellarisEthStats::bus_timeouts}};
};

struct StellarisEthConfig {
  uint32_t clock_hz = 50'000'000;  // of the system: what the management clock is made of
  // QEMU's model has no PHY: another bus with one, for example a StandInPhy. nullptr: the chip's.
  MdioBus* other_phy = nullptr;
  uint8_t phy_address = StellarisManagement::kPhyAddress;
};

class StellarisEth final : public stack::EthernetDriver, public RegisterDump {
 public:
  // `bus`, `pools` and the PHY's bus outlive the driver. FIFO ports of `bus` are single words.
  StellarisEth(RegisterBus& bus, base::PbufPools& pools, const StellarisEthConfig& config = {});

  void CheckLink() override { phy_.CheckNow(); }
  base::Capabilities capabilities() const override;
  std::string_view name() const override { return "LM3S6xxx"; }

  // For the interrupt handler: takes the interrupt back and keeps it so until ArmInterrupt.
  void OnInterrupt();
  // To be called before the main loop sleeps: lets the chip interrupt again for received frames,
  // errors and, after a refused Transmit, new room. False when there is work to do at once; then
  // the caller goes round its loop again instead of sleeping.
  bool ArmInterrupt();

  Phy& phy() { return phy_; }
  MdioBus& mdio() { return management_; }
  const StellarisEthStats& details() const { return details_; }

  // Addresses are offsets on the bus.
  std::span<const NamedRegister> registers() const override;
  base::Result<uint32_t> ReadRegister(uint32_t address) override;
  base::Status WriteRegister(uint32_t address, uint32_t value) override;

 private:
  base::Status DoStart(const base::MacAddress& address) override;
  base::Result<base::Pbuf> DoReceive() override;
  base::Status DoTransmit(base::Pbuf&& frame) override;
  size_t DoTransmitRoom() const override { return transmitter_is_busy() ? 0 : 1; }
  // The FIFO has copied the frame, and its outcome is an event.
  void DoReapTransmitted() override {}
  base::Instant DoPoll(base::Instant now, base::LinkMode& link) override;
  base::Status DoSetLoopback(base::Loopback loopback) override;

  template <typename R>
  R Get() const {
    R value;
    value.raw = bus_.Read(R::kAddress);
    return value;
  }
  template <typename R>
  void Set(R value) {
    bus_.Write(R::kAddress, value.raw);
  }

  bool transmitter_is_busy() const;
  void ResetReceiver();
  void ApplyDuplex();
  void TakeEvents();
  void WatchTransmitter(base::Instant now);

  std::unexpected<base::Status> DropImplausible();
  void ReadFrame(base::Pbuf& frame, uint32_t first_word, size_t size);
  void Discard(size_t words);

  // A whole frame of 1514 bytes fits the FIFO once.
  static constexpr uint16_t kReceiveWindowFrames = 1;
  // 16 collisions with their longest back-offs take 400 ms at 10 Mbit/s (IEEE 802.3 4.2.3.2.5).
  static constexpr base::Duration kTransmitLimit = std::chrono::seconds(1);

  RegisterBus& bus_;
  const StellarisEthConfig config_;
  StellarisEthStats details_;
  StellarisManagement management_;
  Phy phy_;
  base::Duplex duplex_ = base::Duplex::kHalf;
  bool tx_wanted_ = false;   // a Transmit was refused since
  uint32_t tx_written_ = 0;  // frames given to the transmitter
  uint32_t tx_watched_ = 0;  // tx_written_ when the watch over the current one began
  base::Instant tx_deadline_ = base::kNever;
};

}  // namespace drivers
