// Microchip ENC28J60: a 10BASE-T MAC with PHY and 8 KB of memory behind SPI (datasheet DS39662E,
// errata DS80349C). Its PHY does not negotiate: half duplex, unless the user says otherwise on both
// sides of the cable.
//
//            Start              1 ms              1 ms, then the registers are set
//   stopped -------> waking -----------> resetting ------------------------------> running
//                      ^                     |                                        |
//               500 ms |                     | no clock, no chip, or settings         | settings
//               lost,
//                      |                     v that do not stay                       | or a remedy
//                    missing <---------------+                      waking <----------+
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "drivers/bus.h"
#include "drivers/enc28j60/chip_access.h"
#include "drivers/enc28j60/frame_status.h"
#include "drivers/enc28j60/receive_watchdog.h"
#include "drivers/phy/phy.h"
#include "drivers/receive_filter.h"
#include "drivers/register_dump.h"
#include "stack/device/ethernet_driver.h"

namespace drivers {

// What EthernetStats sums up, by cause, and what the driver did about it.
struct Enc28j60Stats {
  uint32_t rx_crc_errors = 0;
  uint32_t rx_drop_events = 0;
  uint32_t rx_pointer_errors =
      0;                       // a next packet pointer that could not be; the receiver restarted
  uint32_t rx_restarts = 0;    // of the receiver, for any reason
  uint32_t buffer_errors = 0;  // ESTAT.BUFER
  uint32_t tx_collisions = 0;
  uint32_t tx_late_collisions = 0;  // false ones included (erratum 13)
  uint32_t tx_repeats = 0;          // frames sent again after a late collision
  uint32_t tx_excessive_collisions = 0;
  uint32_t tx_stalls = 0;        // transmissions that never ended (erratum 12)
  uint32_t chip_restarts = 0;    // while running: by the watchdog, or since settings were lost
  uint32_t lost_settings = 0;    // the chip was reset by somebody else, or is gone
  uint32_t start_failures = 0;   // no clock, no chip, or registers that do not keep what is written
  uint32_t unsafe_spi_rate = 0;  // starts with an SPI clock that this revision does not bear
  uint32_t bus_timeouts = 0;     // PHY accesses that did not finish

  static constexpr auto kFields = base::FieldList{
      base::Field{"rx_crc_errors", &Enc28j60Stats::rx_crc_errors},
      base::Field{"rx_drop_events", &Enc28j60Stats::rx_drop_events},
      base::Field{"rx_pointer_errors", &Enc28j60Stats::rx_pointer_errors},
      base::Field{"rx_restarts", &Enc28j60Stats::rx_restarts},
      base::Field{"buffer_errors", &Enc28j60Stats::buffer_errors},
      base::Field{"tx_collisions", &Enc28j60Stats::tx_collisions},
      base::Field{"tx_late_collisions", &Enc28j60Stats::tx_late_collisions},
      base::Field{"tx_repeats", &Enc28j60Stats::tx_repeats},
      base::Field{"tx_excessive_collisions", &Enc28j60Stats::tx_excessive_collisions},
      base::Field{"tx_stalls", &Enc28j60Stats::tx_stalls},
      base::Field{"chip_restarts", &Enc28j60Stats::chip_restarts},
      base::Field{"lost_settings", &Enc28j60Stats::lost_settings},
      base::Field{"start_failures", &Enc28j60Stats::start_failures},
      base::Field{"unsafe_spi_rate", &Enc28j60Stats::unsafe_spi_rate},
      base::Field{"bus_timeouts", &Enc28j60Stats::bus_timeouts}};
};

struct Enc28j60Config {
  uint32_t spi_hz = 10'000'000;  // what the SPI master really does
  // Only where the other side of the cable is set to full duplex as well: it cannot find out.
  bool full_duplex = false;
};

class Enc28j60 final : public stack::EthernetDriver, public RegisterDump {
 public:
  enum class State : uint8_t { kStopped, kMissing, kWaking, kResetting, kRunning };

  // `spi` and `pools` outlive the driver.
  Enc28j60(SpiDevice& spi, base::PbufPools& pools, const Enc28j60Config& config = {});

  void CheckLink() override { phy_.CheckNow(); }
  base::Capabilities capabilities() const override;
  std::string_view name() const override { return "ENC28J60"; }

  // With the next Poll. kAddressed after construction.
  void SetReceiveFilter(ReceiveFilter filter);

  // To be called before the main loop sleeps: lets the chip pull its interrupt line at received
  // frames, link changes and, where somebody waits for it, at the end of a transmission. False when
  // there is work to do at once. The line is let go with the next call of any other function, so an
  // interrupt handler has nothing to do here and must not: the loop may be in the middle of an
  // SPI transaction.
  bool ArmInterrupt();

  State state() const { return state_; }
  Phy& phy() { return phy_; }
  MdioBus& mdio() { return chip_; }
  uint8_t revision() const { return revision_; }  // EREVID, for example 6 for B7
  const Enc28j60Stats& details() const { return details_; }

  // An address is (bank << 5 | offset) of a register, with a flag for pairs, or that of the PHY.
  std::span<const NamedRegister> registers() const override;
  base::Result<uint32_t> ReadRegister(uint32_t address) override;
  base::Status WriteRegister(uint32_t address, uint32_t value) override;

  static constexpr base::Duration kRetryPeriod{500'000};

 private:
  base::Status DoStart(const base::MacAddress& address) override;
  base::Result<base::Pbuf> DoReceive() override;
  base::Status DoTransmit(base::Pbuf&& frame) override;
  size_t DoTransmitRoom() const override;
  void DoReapTransmitted() override;
  base::Instant DoPoll(base::Instant now, base::LinkMode& link) override;
  base::Status DoSetLoopback(base::Loopback loopback) override;

  bool ReadRevision();
  void BeginRestart();
  void RestartChip();
  void FinishRestart();
  void GoMissing();
  base::Instant PollStart(base::Instant now);
  base::Instant PollRunning(base::Instant now, base::LinkMode& link);
  bool Configure();
  void ApplyFilter();
  void ApplyLink();
  void ConfigurePhy();
  void Supervise(base::Instant now);
  bool HasSettings();
  bool TakeErrors();
  void Disarm();

  bool HasFrame();
  base::Result<base::Pbuf> ReadFrame(const enc28j60::ReceiveHeader& header);
  void ReleaseFrame(uint16_t next);
  void SetUpRing();
  void RestartReceiver();
  enc28j60::ReceiveEvidence LookAtReceiver(bool has_error);

  // Two transmit buffers, so that one is filled while the other is on the wire:
  //
  //   0 ... kRingEnd | kSlotSize | kSlotSize |      a slot: control byte, frame, status vector
  //   receive ring   | slot 0    | slot 1    8191
  static constexpr uint16_t kMemory = 8192;
  static constexpr uint8_t kSlots = 2;
  static constexpr uint16_t kSlotSize = 1 + kMaxFrame + enc28j60::TransmitStatus::kSize;
  static constexpr uint16_t kRingEnd = kMemory - kSlots * kSlotSize - 1;
  static_assert(kRingEnd % 2 == 1, "erratum 14: ERXRDPT is set to it");
  // With their headers, and rounded to an even size.
  static constexpr uint16_t kReceiveWindowFrames =
      (kRingEnd + 1) / (enc28j60::ReceiveHeader::kSize + kMaxFrame + 4);
  static_assert(kReceiveWindowFrames == 3);

  static constexpr uint16_t SlotStart(uint8_t slot) {
    return static_cast<uint16_t>(kRingEnd + 1 + slot * kSlotSize);
  }
  void FillSlot(uint8_t slot, const base::Pbuf& frame);
  void StartTransmit();
  void EndTransmit();
  void LookAtTransmitter();
  void OnTransmitError(enc28j60::TransmitStatus status);
  void WatchTransmitter(base::Instant now);
  enc28j60::TransmitStatus ReadTransmitStatus();

  const Enc28j60Config config_;
  Enc28j60Stats details_;
  enc28j60::ChipAccess chip_;
  Phy phy_;
  enc28j60::ReceiveWatchdog receive_watchdog_;
  State state_ = State::kStopped;
  std::optional<base::Instant> deadline_;  // of this state; none until the first Poll in it
  uint8_t revision_ = 0;
  bool is_armed_ = false;
  bool poll_now_ = false;
  bool apply_filter_ = false;
  ReceiveFilter filter_ = ReceiveFilter::kAddressed;
  base::LinkMode applied_link_;
  std::optional<uint32_t> configured_reset_;  // of the PHY

  uint16_t next_frame_ = 0;     // where it starts in the ring
  uint8_t frames_waiting_ = 0;  // known to be there
  uint32_t frames_received_ = 0;

  std::array<uint16_t, kSlots> slot_sizes_{};
  uint8_t sending_slot_ = 0;
  uint8_t slots_used_ = 0;
  uint8_t attempts_ = 0;        // of the frame on the wire
  bool tx_wanted_ = false;      // a Transmit was refused since
  bool has_stalled_ = false;    // the frame on the wire, once
  uint32_t transmissions_ = 0;  // started
  uint32_t watched_transmission_ = 0;
  base::Instant watched_since_;
};

}  // namespace drivers
