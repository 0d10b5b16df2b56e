// The Ethernet MAC of the STM32F4 with its DMA (RM0090 chapter 33). No byte of a frame is copied:
// the DMA writes into packet buffers and reads out of them.
//
//   receive   ring: a buffer in each descriptor -> frame goes up, a fresh buffer takes its place
//   transmit  ring: two parts in each descriptor -> frame is let go when its last one is closed
//
//   stopped --Start--> resetting --DMABMR.SR clear--> running --bus error--> resetting
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "drivers/bus.h"
#include "drivers/dma.h"
#include "drivers/phy/phy.h"
#include "drivers/receive_filter.h"
#include "drivers/register_dump.h"
#include "drivers/stm32_eth/descriptors.h"
#include "drivers/stm32_eth/stm32_mdio.h"
#include "stack/device/ethernet_driver.h"

namespace drivers {

// What EthernetStats sums up, by cause, and what the MAC counts itself.
struct Stm32EthStats {
  uint32_t rx_crc_errors = 0;        // MMC
  uint32_t rx_alignment_errors = 0;  // MMC
  uint32_t rx_mii_errors = 0;
  uint32_t rx_watchdog = 0;
  uint32_t rx_late_collisions = 0;
  uint32_t rx_overflows = 0;      // of the FIFO: whole frames, and frames that were cut
  uint32_t rx_no_descriptor = 0;  // frames that the DMA dropped
  uint32_t rx_truncated = 0;      // frames that ran into the end of the free descriptors
  uint32_t rx_runts = 0;
  uint32_t rx_bad_checksums = 0;  // found by the MAC; the stack finds and counts them again
  uint32_t rx_mac_unicast = 0;    // MMC: good frames to a single address
  uint32_t tx_mac_frames = 0;     // MMC: good frames that left
  uint32_t tx_loss_of_carrier = 0;
  uint32_t tx_no_carrier = 0;
  uint32_t tx_late_collisions = 0;
  uint32_t tx_excess_collisions = 0;
  uint32_t tx_excess_deferrals = 0;
  uint32_t tx_underruns = 0;
  uint32_t tx_collisions = 0;  // of frames that were sent in the end
  uint32_t tx_copied = 0;      // frames in too many parts, or out of the DMA's reach
  uint32_t bus_errors = 0;     // healed by a reset of the MAC
  uint32_t bus_timeouts = 0;   // waits for the MAC that ended without it

  static constexpr auto kFields =
      base::FieldList{base::Field{"rx_crc_errors", &Stm32EthStats::rx_crc_errors},
                      base::Field{"rx_alignment_errors", &Stm32EthStats::rx_alignment_errors},
                      base::Field{"rx_mii_errors", &Stm32EthStats::rx_mii_errors},
                      base::Field{"rx_watchdog", &Stm32EthStats::rx_watchdog},
                      base::Field{"rx_late_collisions", &Stm32EthStats::rx_late_collisions},
                      base::Field{"rx_overflows", &Stm32EthStats::rx_overflows},
                      base::Field{"rx_no_descriptor", &Stm32EthStats::rx_no_descriptor},
                      base::Field{"rx_truncated", &Stm32EthStats::rx_truncated},
                      base::Field{"rx_runts", &Stm32EthStats::rx_runts},
                      base::Field{"rx_bad_checksums", &Stm32EthStats::rx_bad_checksums},
                      base::Field{"rx_mac_unicast", &Stm32EthStats::rx_mac_unicast},
                      base::Field{"tx_mac_frames", &Stm32EthStats::tx_mac_frames},
                      base::Field{"tx_loss_of_carrier", &Stm32EthStats::tx_loss_of_carrier},
                      base::Field{"tx_no_carrier", &Stm32EthStats::tx_no_carrier},
                      base::Field{"tx_late_collisions", &Stm32EthStats::tx_late_collisions},
                      base::Field{"tx_excess_collisions", &Stm32EthStats::tx_excess_collisions},
                      base::Field{"tx_excess_deferrals", &Stm32EthStats::tx_excess_deferrals},
                      base::Field{"tx_underruns", &Stm32EthStats::tx_underruns},
                      base::Field{"tx_collisions", &Stm32EthStats::tx_collisions},
                      base::Field{"tx_copied", &Stm32EthStats::tx_copied},
                      base::Field{"bus_errors", &Stm32EthStats::bus_errors},
                      base::Field{"bus_timeouts", &Stm32EthStats::bus_timeouts}};
};

struct Stm32EthConfig {
  uint32_t hclk_hz = 168'000'000;  // what the AHB runs at, 25 MHz or more (33.4.2)
  uint8_t phy_address = 0;
  // SRAM1 and SRAM2. Packet buffers and rings lie there; other parts of packets may lie anywhere.
  DmaWindow memory{0x2000'0000, 128 * 1024};
};

class Stm32Eth final : public stack::EthernetDriver, public RegisterDump {
 public:
  // All outlive the driver. `bus` begins at the MAC's first register. Before Start, the pins are
  // connected, RMII is chosen and the MAC has its clocks.
  Stm32Eth(RegisterBus& bus, base::PbufPools& pools, const Stm32EthRings& rings,
           const Stm32EthConfig& config = {});

  void CheckLink() override { phy_.CheckNow(); }
  base::Capabilities capabilities() const override;
  std::string_view name() const override { return "STM32F4 Ethernet"; }

  // With the next Poll. kAddressed after construction.
  void SetReceiveFilter(ReceiveFilter filter);

  // For the interrupt handler: takes the interrupt line back and keeps it so until ArmInterrupt.
  void OnInterrupt();
  // To be called before the main loop sleeps: clears what was handled and lets the MAC interrupt
  // again for received frames, bus errors and, after a refused Transmit, new room. False when there
  // is work to do at once; then the caller goes round its loop again instead of sleeping.
  bool ArmInterrupt();

  Phy& phy() { return phy_; }
  MdioBus& mdio() { return mdio_; }
  const Stm32EthStats& details() const { return details_; }

  // Without ETH_DMAMFBOCR and ETH_MACPMTCSR, which change when they are read.
  std::span<const NamedRegister> registers() const override;
  base::Result<uint32_t> ReadRegister(uint32_t address) override;
  base::Status WriteRegister(uint32_t address, uint32_t value) override;

  // Descriptors that a frame may take; each holds two parts. Frames of more parts are copied.
  static constexpr size_t kDescriptorsPerFrame = 2;

 private:
  enum class State : uint8_t { kStopped, kResetting, kRunning };

  // kDeadlineExceeded: the MAC stays in reset, because the PHY gives it no clock; Poll goes on when
  // it does. kNotFound: the MAC has no clock of its own. kResourceExhausted: not a large buffer for
  // each receive descriptor.
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
    value.raw = ReadMac(R::kAddress);
    return value;
  }
  template <typename R>
  void Set(R value) {
    WriteMac(R::kAddress, value.raw);
  }
  uint32_t ReadMac(uint32_t address);
  void WriteMac(uint32_t address, uint32_t value);
  // For the registers behind the clocks of the wire.
  template <typename R>
  void SetSlowly(R value) {
    WriteSlowly(R::kAddress, value.raw);
  }
  void WriteSlowly(uint32_t address, uint32_t value);
  void Settle(uint32_t address);
  // Looks until none of `bits` is set in R; false after a bounded number of looks.
  template <typename R>
  bool AwaitClear(uint32_t bits, int most_looks);

  base::Status Reset();
  base::Status Configure();
  base::Status FillRings();
  void ApplyLink();
  void Repair();
  void DropUnsent();
  void UpdateCounters();
  uint32_t Advance(uint32_t address, uint32_t& seen);

  bool Refill(size_t slot);
  void Arm(size_t slot);
  void ResumeReceive();
  void SetVerifiedSum(base::Pbuf& frame, stm32_eth::RxChecksums found);
  std::unexpected<base::Status> DropBad(stm32_eth::RxStatus status);

  bool HasRoom() const { return rings_.tx.size() - tx_used_ >= kDescriptorsPerFrame; }
  bool IsReachable(const base::Pbuf& frame) const;
  base::Result<base::Pbuf> CopyForDma(const base::Pbuf& frame);
  void Queue(base::Pbuf&& frame);
  void CountTransmitted(stm32_eth::TxStatus status);

  // A frame with its frame check sequence behind the headroom, a whole number of words.
  static constexpr size_t kReceiveBuffer = 1536;
  static constexpr size_t kFrameCheckSequence = 4;
  static_assert(kReceiveBuffer >= kReceiveHeadroom + kMaxFrame + kFrameCheckSequence);

  RegisterBus& bus_;
  const Stm32EthRings rings_;
  const Stm32EthConfig config_;
  Stm32EthStats details_;
  Stm32Mdio mdio_;
  Phy phy_;
  size_t rx_next_ = 0;
  size_t tx_next_ = 0;  // the next descriptor to fill
  size_t tx_tail_ = 0;  // the oldest one in use
  size_t tx_used_ = 0;
  bool rx_armed_ = false;   // descriptors, since the DMA was told to look
  bool tx_wanted_ = false;  // a Transmit was refused since
  bool apply_link_ = false;
  bool poll_now_ = false;
  State state_ = State::kStopped;
  ReceiveFilter filter_ = ReceiveFilter::kAddressed;
  base::Loopback loopback_ = base::Loopback::kOff;
  base::LinkMode applied_link_;
  // MMC counters when they were last looked at.
  uint32_t crc_errors_seen_ = 0;
  uint32_t alignment_errors_seen_ = 0;
  uint32_t unicast_seen_ = 0;
  uint32_t sent_seen_ = 0;
};

}  // namespace drivers
