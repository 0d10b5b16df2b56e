// The DM9000A as its datasheet describes it: index and data port, registers, 16 KiB of packet
// memory, MAC and PHY, on the time of a board. Strict: what the datasheet forbids is a violation.
//
//   0x0000 transmit, 3 KiB: packets I and II in turn   0x0c00 receive ring, 13 KiB   0x4000
//
//   receive ring: [ready 0x01 | checksums][status][length, 2 bytes][frame][FCS][pad]...[0x00]
//                  ^ MRR (the host reads)                                              ^ RWPA
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>

#include "tests/support/dm9000a_model_registers.h"
#include "tests/support/phy_model.h"
#include "tests/support/vboard/board_clock.h"
#include "tests/support/vboard/network_port.h"
#include "tests/support/vboard/violations.h"
#include "tests/support/vboard/virtual_board.h"

namespace test {

struct Dm9000aOptions {
  uint32_t bus_bytes = 2;   // pin EECS at reset: 2, or 1
  uint8_t revision = 0x19;  // CHIPR; 0x1a is a DM9000B
  // True: a frame arrives when it has passed the wire. False: at once.
  bool paces_wire = false;
  // The datasheet says that NSR clears by reading or by writing ones; some chips keep it on
  // reading.
  bool nsr_clears_by_read = true;
};

class Dm9000aModel final : public NetworkPort {
 public:
  static constexpr uint32_t kMemorySize = 0x4000;
  static constexpr uint32_t kRxStart = 0x0c00;
  static constexpr uint32_t kRxSize = kMemorySize - kRxStart;
  static constexpr VirtualTime kResetTime = 10 * kMicrosecond;  // NCR.RST
  static constexpr VirtualTime kPhyPowerUp = kMillisecond;      // GPR.0, DM9000B
  static constexpr VirtualTime kPhyAccess = 30 * kMicrosecond;  // 64 bits and some of MDC
  static constexpr VirtualTime kEepromAccess = 200 * kMicrosecond;

  Dm9000aModel(const BoardClock& clock, Violations& violations, const Dm9000aOptions& options = {});

  // The two ports. `width` is that of the access in bytes.
  void WriteIndex(uint8_t index);
  uint8_t ReadIndex() const { return index_; }
  uint16_t ReadData(uint32_t width);
  void WriteData(uint32_t width, uint16_t value);
  // How long IOR# and IOW# have to stay inactive before the next cycle, and active in one (10.3).
  VirtualTime needed_pause() const { return needed_pause_; }
  static constexpr VirtualTime kShortestStrobe = 10'000;
  // The pins: INT asserted, and its level with the polarity of INTCR.
  bool is_interrupting();
  bool interrupt_level() {
    return is_interrupting() != ((registers_[dm9000a_model::kIntcr] & 1) != 0);
  }

  void PowerOn();
  // Everything up to now has happened.
  void Advance();
  VirtualTime next_event() const;

  // NetworkPort
  bool Deliver(base::ConstByteSpan frame) override { return DeliverWith(frame, 0); }
  std::deque<ByteVector>& sent() override { return sent_; }
  void PlugIn(const PhyPartner& partner) override;
  void Unplug() override;

  // A frame that arrives with these bits of RSR: CRC, alignment or symbol errors.
  bool DeliverWith(base::ConstByteSpan frame, uint8_t status);
  // The next `count` frames leave with these bits in TSR I or II and never reach the wire.
  void FailTransmits(uint8_t status, uint32_t count) { fail_status_ = status, fail_ = count; }

  static std::span<const BoardFault> faults();
  bool SetFault(std::string_view name, bool is_on);

  PhyModel& phy() { return phy_; }
  uint8_t reg(uint8_t address) const { return registers_[address]; }
  uint32_t read_pointer() const { return mrr_; }
  uint32_t write_pointer() const { return mwr_; }
  uint32_t receive_pointer() const { return rwpa_; }
  uint32_t resets() const { return resets_; }
  uint32_t overflows() const { return overflows_; }
  uint32_t pauses_sent() const { return pauses_sent_; }
  bool is_transmitting() const { return tx_.is_busy; }

 private:
  struct Arrival {
    VirtualTime at = 0;
    ByteVector frame;
    uint8_t status = 0;
  };
  struct Transmission {
    bool is_busy = false;
    bool is_second = false;  // packet II
    uint32_t length = 0;
    VirtualTime end = kNever;
  };
  struct Faults {
    bool no_chip = false;
    bool wrong_id = false;
    bool rx_pointer_lost = false;
    bool phy_powered_down = false;
    bool int_dead = false;
    bool no_link = false;
    bool duplex_mismatch = false;
    bool rx_overflow_stuck = false;
    bool tx_stall = false;
  };

  VirtualTime PauseAfter(bool is_write) const;

  // dm9000a_model.cc
  void Reset(bool is_power_on);
  bool IsAwake(const char* what);
  uint8_t ReadRegister(uint8_t address);
  uint8_t ReadNetworkStatus();
  void WriteRegister(uint8_t address, uint8_t value);
  bool IsWritable(uint8_t address, uint8_t value);
  void WriteControl(uint8_t value);
  void WriteInterruptMask(uint8_t value);
  void WritePhyPower(uint8_t value);
  void SetPointer(uint32_t& pointer, bool is_high, uint8_t value);

  // dm9000a_model_memory.cc
  uint16_t ReadMemory(uint8_t command, uint32_t width);
  void WriteMemory(uint8_t command, uint32_t width, uint16_t value);
  void CheckWidth(uint32_t width);
  uint16_t Load(uint32_t address) const;
  uint32_t Advanced(uint32_t pointer, uint32_t start, uint32_t end) const;

  // dm9000a_model_mii.cc
  bool is_phy_powered() const;
  bool is_mii_busy() const;
  void WriteAccessControl(uint8_t value);
  void AccessPhy(bool is_write);
  void UpdateTime();
  void UpdateLink();
  base::LinkMode mode();
  void PlugPartner();

  // dm9000a_model_receive.cc
  bool IsWanted(base::ConstByteSpan frame, uint8_t status) const;
  bool Store(const Arrival& arrival);
  void CountOverflow();
  uint32_t rx_used() const;
  void Put(std::byte value);
  bool TakePause(base::ConstByteSpan frame);
  void SendPauses();

  // dm9000a_model_transmit.cc
  void RequestTransmit();
  void FinishTransmit();
  void Launch(ByteVector frame, uint8_t& status);
  uint32_t tx_used() const;
  VirtualTime WireTime(size_t bytes);

  const BoardClock& clock_;
  Violations& violations_;
  Dm9000aOptions options_;
  Faults faults_;

  uint8_t index_ = 0;
  VirtualTime needed_pause_ = 0;
  std::array<uint8_t, 256> registers_{};
  std::array<bool, 256> exists_{};
  std::array<uint8_t, 256> writable_{};
  std::array<std::byte, kMemorySize> memory_{};
  VirtualTime reset_until_ = 0;
  VirtualTime powering_until_ = 0;
  uint32_t resets_ = 0;

  uint32_t mrr_ = 0;
  uint32_t mwr_ = 0;
  uint32_t rwpa_ = kRxStart;
  uint32_t trpa_ = 0;
  uint16_t fetched_ = 0;
  bool is_fetched_ = false;    // fetched_ is what stands at mrr_
  bool is_refetched_ = false;  // MRCMDX was read since the index was written

  PhyModel phy_;
  std::optional<PhyPartner> partner_;
  VirtualTime mii_end_ = 0;
  VirtualTime next_link_check_ = 0;
  bool was_up_ = false;

  Transmission tx_;
  bool next_is_second_ = false;
  uint32_t filled_ = 0;  // bytes behind trpa_ that belong to packets
  VirtualTime paused_until_ = 0;
  std::deque<ByteVector> sent_;
  std::deque<Arrival> arrivals_;
  VirtualTime wire_free_ = 0;
  uint8_t fail_status_ = 0;
  uint32_t fail_ = 0;
  uint32_t overflows_ = 0;
  uint32_t pauses_sent_ = 0;
  bool has_paused_partner_ = false;
  bool is_overflow_stuck_ = false;
  uint32_t stored_ = 0;    // frames since the fault rx-pointer-lost
  uint32_t collided_ = 0;  // frames at the wrong duplex mode
};

}  // namespace test
