// SMSC/Microchip LAN9118 and its kin: a 10/100 MAC with PHY and 16 KB of FIFOs behind a 32-bit bus
// (datasheet DS00002266). The CPU moves every byte; receiving sums them on the way.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "drivers/bus.h"
#include "drivers/lan9118/mac_csr.h"
#include "drivers/phy/phy.h"
#include "drivers/receive_filter.h"
#include "drivers/register_dump.h"
#include "stack/device/ethernet_driver.h"

namespace drivers {

// What EthernetStats sums up, by cause. Names as in the datasheet's status words.
struct Lan9118Stats {
  uint32_t rx_crc_errors = 0;
  uint32_t rx_length_errors = 0;
  uint32_t rx_runts = 0;
  uint32_t rx_mii_errors = 0;
  uint32_t rx_watchdog = 0;
  uint32_t rx_collisions = 0;
  uint32_t rx_restarts = 0;  // receiver errors (INT_STS.RXE) that were healed by a restart
  uint32_t tx_loss_of_carrier = 0;
  uint32_t tx_no_carrier = 0;
  uint32_t tx_late_collisions = 0;
  uint32_t tx_excessive_collisions = 0;
  uint32_t tx_excessive_deferrals = 0;
  uint32_t tx_underruns = 0;
  uint32_t tx_collisions = 0;  // of frames that were sent in the end
  uint32_t tx_restarts = 0;    // transmitter errors (INT_STS.TXE) that were healed by a restart
  uint32_t bus_timeouts = 0;   // MAC or PHY register accesses that did not finish

  static constexpr auto kFields = base::FieldList{
      base::Field{"rx_crc_errors", &Lan9118Stats::rx_crc_errors},
      base::Field{"rx_length_errors", &Lan9118Stats::rx_length_errors},
      base::Field{"rx_runts", &Lan9118Stats::rx_runts},
      base::Field{"rx_mii_errors", &Lan9118Stats::rx_mii_errors},
      base::Field{"rx_watchdog", &Lan9118Stats::rx_watchdog},
      base::Field{"rx_collisions", &Lan9118Stats::rx_collisions},
      base::Field{"rx_restarts", &Lan9118Stats::rx_restarts},
      base::Field{"tx_loss_of_carrier", &Lan9118Stats::tx_loss_of_carrier},
      base::Field{"tx_no_carrier", &Lan9118Stats::tx_no_carrier},
      base::Field{"tx_late_collisions", &Lan9118Stats::tx_late_collisions},
      base::Field{"tx_excessive_collisions", &Lan9118Stats::tx_excessive_collisions},
      base::Field{"tx_excessive_deferrals", &Lan9118Stats::tx_excessive_deferrals},
      base::Field{"tx_underruns", &Lan9118Stats::tx_underruns},
      base::Field{"tx_collisions", &Lan9118Stats::tx_collisions},
      base::Field{"tx_restarts", &Lan9118Stats::tx_restarts},
      base::Field{"bus_timeouts", &Lan9118Stats::bus_timeouts}};
};

struct Lan9118Config {
  uint8_t phy_address = 1;  // of the internal PHY
  // QEMU's model stores MAC_CR.LOOPBK without effect.
  bool mac_loopback = true;
  // QEMU's model loses FIFO space with every use of RX_DP_CTRL.RX_FFWD; without it, unwanted frames
  // are read out word by word.
  bool fast_forward = true;
  bool interrupt_active_high = true;  // push-pull; else active low and open drain
};

class Lan9118 final : public stack::EthernetDriver, public RegisterDump {
 public:
  // `bus` and `pools` outlive the driver.
  Lan9118(RegisterBus& bus, base::PbufPools& pools, const Lan9118Config& config = {});

  void CheckLink() override { phy_.CheckNow(); }
  base::Capabilities capabilities() const override;
  std::string_view name() const override { return "LAN9118"; }

  // With the next Poll. kAddressed after construction.
  void SetReceiveFilter(ReceiveFilter filter);

  // For the interrupt handler: takes the interrupt line back and keeps it so until ArmInterrupt.
  void OnInterrupt();
  // To be called before the main loop sleeps: clears what was handled and lets the chip interrupt
  // again for received frames, link changes and, after a refused Transmit, new room. False when
  // there is work to do at once; then the caller goes round its loop again instead of sleeping.
  bool ArmInterrupt();

  Phy& phy() { return phy_; }
  MdioBus& mdio() { return mac_; }
  uint32_t chip_id() const { return chip_id_; }  // ID_REV, for example 0x01180001
  const Lan9118Stats& details() const { return details_; }

  // Addresses below 0x100 are offsets on the bus; 0x100 + n is MAC register n.
  std::span<const NamedRegister> registers() const override;
  base::Result<uint32_t> ReadRegister(uint32_t address) override;
  base::Status WriteRegister(uint32_t address, uint32_t value) override;

 private:
  base::Status DoStart(const base::MacAddress& address) override;
  base::Result<base::Pbuf> DoReceive() override;
  base::Status DoTransmit(base::Pbuf&& frame) override;
  size_t DoTransmitRoom() const override;
  void DoReapTransmitted() override;
  base::Instant DoPoll(base::Instant now, base::LinkMode& link) override;
  base::Status DoSetLoopback(base::Loopback loopback) override;

  // For what is not done per frame: one call instead of two ways to the register in place.
  template <typename R>
  R Get() {
    R value;
    value.raw = ReadChip(R::kAddress);
    return value;
  }
  template <typename R>
  void Set(R value) {
    WriteChip(R::kAddress, value.raw);
  }
  uint32_t ReadChip(uint32_t address);
  void WriteChip(uint32_t address, uint32_t value);
  // Looks until `condition()` holds; false after a bounded number of looks.
  template <typename Condition>
  bool Await(Condition&& condition);

  base::Status WakeUp();
  base::Status ResetChip();
  base::Status Configure(const base::MacAddress& address);
  base::Status ApplyLink();
  void Repair();
  uint32_t InterruptLine() const;

  bool HasFrame();
  base::Sum ReadFrame(std::byte* to, size_t payload);
  std::unexpected<base::Status> DropBad(uint32_t status);
  void Discard(size_t length);

  bool MakeRoom();
  void WritePieces(const base::Pbuf& frame, size_t size);
  void WritePiece(const std::byte* data, size_t size);
  void WriteGathered(const base::Pbuf& frame, size_t size);
  void ReapStatuses();
  void CountTransmitted(uint32_t status);

  // With the transmit FIFO at 5 KB, 10560 bytes keep received frames of 1520 bytes each.
  static constexpr uint16_t kReceiveWindowFrames = 6;
  // The largest frame in two pieces; three of them fill the 4608 bytes of the transmit data FIFO.
  static constexpr size_t kLargestTransmit = 1536;
  static_assert(kLargestTransmit >= kMaxFrame + 3 * 4 + 2 * 5);
  static_assert(3 * kLargestTransmit <= 4608);
  // The status FIFO has 128 words; a full one stops the transmitter.
  static constexpr uint32_t kMaxUnreaped = 120;
  static constexpr uint32_t kReapBatch = 16;

  RegisterBus& bus_;
  const Lan9118Config config_;
  Lan9118Stats details_;
  MacCsr mac_;
  Phy phy_;
  uint32_t chip_id_ = 0;
  uint32_t frames_waiting_ = 0;  // status words known to be there
  size_t tx_free_bytes_ = 0;     // at least this much of the data FIFO is free
  uint32_t tx_unreaped_ = 0;     // frames whose status word was not read
  uint16_t tx_tag_ = 0;
  bool tx_wanted_ = false;  // a Transmit was refused since
  bool apply_link_ = false;
  ReceiveFilter filter_ = ReceiveFilter::kAddressed;
  base::Loopback loopback_ = base::Loopback::kOff;
  base::LinkMode applied_link_;
  bool poll_now_ = false;
};

}  // namespace drivers
