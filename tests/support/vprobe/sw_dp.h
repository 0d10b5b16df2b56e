// Serial wire debug port (ADIv5.2 B2, B4): what the target does with the packets on its two wires.
#pragma once

#include <cstdint>

#include "tests/support/vprobe/faults.h"
#include "tests/support/vprobe/mem_ap.h"

namespace test {

// As CMSIS-DAP reports them: the three bits on the wire, or one of its own.
enum class Ack : uint8_t { kOk = 1, kWait = 2, kFault = 4, kNone = 7, kParity = 8 };

inline constexpr uint8_t kDpIdr = 0x0;    // read
inline constexpr uint8_t kDpAbort = 0x0;  // write
inline constexpr uint8_t kDpCtrlStat = 0x4;
inline constexpr uint8_t kDpSelect = 0x8;  // write
inline constexpr uint8_t kDpResend = 0x8;  // read
inline constexpr uint8_t kDpRdBuff = 0xc;

inline constexpr uint32_t kStickyOverrun = 1u << 1;
inline constexpr uint32_t kStickyCompare = 1u << 4;
inline constexpr uint32_t kStickyError = 1u << 5;
inline constexpr uint32_t kWriteDataError = 1u << 7;
inline constexpr uint32_t kDebugPowerRequest = 1u << 28;
inline constexpr uint32_t kSystemPowerRequest = 1u << 30;

class SwDp {
 public:
  SwDp(MemAp& ap, Faults& faults, uint32_t idcode) : ap_(ap), faults_(faults), idcode_(idcode) {}

  // One clock with SWDIO driven by the probe, outside of packets: line reset (50 ones), and the
  // change from JTAG to SWD and back.
  void Clock(bool bit);

  // One packet. `address` is 0, 4, 8 or 12. AP reads are posted: `value` is the result of the one
  // before, the own one comes with the next AP read or RDBUFF.
  Ack Read(bool ap, uint8_t address, uint32_t& value);
  Ack Write(bool ap, uint8_t address, uint32_t value);

  bool powered() const { return powered_; }
  // Without power nothing is answered; when it comes back the port speaks JTAG and knows nothing.
  void SetPower(bool on);

 private:
  enum class State : uint8_t { kJtag, kUnsynchronised, kReset, kReady };

  Ack Begin(bool ap, bool read, uint8_t address);
  uint32_t ReadDp(uint8_t address);
  void WriteDp(uint8_t address, uint32_t value);
  void Abort(uint32_t value);
  bool sticky() const { return (control_ & (kStickyError | kStickyOverrun | kStickyCompare)) != 0; }
  // Only AP 0 exists. False: error of the bus, or no debug power.
  bool AccessAp(bool read, uint8_t address, uint32_t& value);

  MemAp& ap_;
  Faults& faults_;
  uint32_t idcode_;
  bool powered_ = true;
  State state_ = State::kJtag;
  uint32_t ones_ = 0;          // in a row, up to now
  uint32_t shift_ = 0;         // the last 16 bits
  uint32_t after_reset_ = 16;  // bits since 50 ones ended; 16: they may be a selection sequence
  uint32_t control_ = 0;
  uint32_t select_ = 0;
  uint32_t read_buffer_ = 0;
  uint32_t last_read_ = 0;
};

}  // namespace test
