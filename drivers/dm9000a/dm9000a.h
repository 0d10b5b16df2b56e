// Davicom DM9000A and DM9000B: a 10/100 MAC with PHY and 16 KB of packet memory behind an index and
// a data port (datasheet DM9000A-DS-F01, application notes DM9000A-AN-V121). The CPU moves every
// byte; receiving sums them on the way.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "drivers/dm9000a/phy_access.h"
#include "drivers/dm9000a/registers.h"
#include "drivers/dm9000a/stats.h"
#include "drivers/index_data_bus.h"
#include "drivers/phy/phy.h"
#include "drivers/register_dump.h"
#include "stack/device/ethernet_driver.h"

namespace drivers {

// Which frames the MAC lets in.
enum class Dm9000aFilter : uint8_t {
  kAddressed,     // to our address and broadcast
  kAllMulticast,  // and every multicast group
  kEverything,    // promiscuous, for tests of the wire
};

struct Dm9000aConfig {
  bool interrupt_active_high = true;  // push-pull; else active low and open collector
};

// No checksum offload, on purpose: the sum of a received frame costs nothing in the copy loop,
// frames that the chip drops for their sum are counted nowhere, and it computes none for ICMP.
//
// Nothing here may be called from an interrupt handler: the two ports belong together. A handler
// silences the line at the interrupt controller, and the board opens it again before it sleeps.
class Dm9000a final : public stack::EthernetDriver, public RegisterDump {
 public:
  // `bus` and `pools` outlive the driver.
  Dm9000a(IndexDataBus& bus, base::PbufPools& pools, const Dm9000aConfig& config = {});

  void CheckLink() override;
  base::Capabilities capabilities() const override;
  std::string_view name() const override;

  // With the next Poll. kAddressed after construction.
  void SetReceiveFilter(Dm9000aFilter filter);

  // To be called before the main loop sleeps: clears what was handled and lets the chip interrupt
  // for received frames, overflows, link changes and, after a refused Transmit or while one waits
  // in the chip, the end of the frame before. False when there is work to do at once; then the
  // caller goes round its loop again instead of sleeping.
  bool ArmInterrupt();

  Phy& phy() { return phy_; }
  MdioBus& mdio() { return mdio_; }
  // CHIPR: 0x18 and 0x19 DM9000A, 0x1a DM9000B; 0 before one was found.
  uint8_t chip_revision() const { return revision_; }
  const Dm9000aStats& details() const { return details_; }

  std::span<const NamedRegister> registers() const override;
  base::Result<uint32_t> ReadRegister(uint32_t address) override;
  base::Status WriteRegister(uint32_t address, uint32_t value) override;

 private:
  // After the PHY got its power the chip is left alone for a while.
  enum class PhyPower : uint8_t { kOff, kSwitchedOn, kRising, kOn };

  // kNotFound: no such chip answers, or it is strapped to another width than the bus has.
  base::Status DoStart(const base::MacAddress& address) override;
  base::Result<base::Pbuf> DoReceive() override;
  base::Status DoTransmit(base::Pbuf&& frame) override;
  size_t DoTransmitRoom() const override;
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

  bool FindChip();
  base::Status ResetTwice();
  base::Status ResetOnce();
  void Configure();
  void ApplyLink();
  void Recover();
  bool PhyIsUp(base::Instant now);
  // There is a chip, and it can be talked to.
  bool is_running() const { return phy_power_ == PhyPower::kOn && !is_lost_; }
  void PowerUpPhy();
  void Supervise(base::Instant now);
  void CheckOverflow();
  void CheckStall(base::Instant now);
  base::LinkMode LinkToUse() const;

  bool HasFrame();
  dm9000a::RxHeader ReadHeader();
  base::Sum ReadFrame(base::Pbuf& frame, size_t length);
  base::Status DropBad(const dm9000a::RxHeader& header);
  void Discard(size_t length);

  void WriteFrame(const base::Pbuf& frame);
  void RequestTransmit(size_t size);
  dm9000a::NetworkStatus LookAtStatus();
  void CountTransmitted(dm9000a::TxStatus status);
  bool has_tx_room() const { return !in_flight_ || waiting_size_ == 0; }

  // 13 KB of memory, each frame with its check sequence and header.
  static constexpr uint16_t kReceiveWindowFrames = 13 * 1024 / (kMaxFrame + 4 + 4);
  // A DM9000B must not be accessed for 1 ms (its datasheet, GPR); the application notes wait 2.
  static constexpr base::Duration kPhyPowerUp{2'000};
  static constexpr base::Duration kLookPeriod{100'000};
  // The longest PAUSE lasts 335 ms at 100 Mbit/s (IEEE 802.3 annex 31B).
  static constexpr base::Duration kLongestFlight{1'000'000};

  IndexDataBus& bus_;
  const Dm9000aConfig config_;
  Dm9000aStats details_;
  Dm9000aPhyAccess mdio_;
  Phy phy_;
  uint8_t revision_ = 0;

  // The chip sends one frame while the next one waits in its memory.
  bool in_flight_ = false;
  uint16_t waiting_size_ = 0;  // 0: none waits
  uint32_t flights_ = 0;       // frames started, to know one from the next
  uint32_t watched_flight_ = 0;
  base::Instant watched_since_;
  bool tx_wanted_ = false;  // a Transmit was refused since

  PhyPower phy_power_ = PhyPower::kOff;
  base::Instant phy_up_at_;
  base::Instant next_look_;
  bool poll_now_ = false;
  bool apply_link_ = false;
  uint32_t frames_at_last_look_ = 0;
  bool is_lost_ = false;  // did not come out of its last reset; each look tries again
  Dm9000aFilter filter_ = Dm9000aFilter::kAddressed;
  base::Loopback loopback_ = base::Loopback::kOff;
  base::LinkMode applied_link_;
};

}  // namespace drivers
