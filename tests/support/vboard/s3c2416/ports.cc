#include "tests/support/vboard/s3c2416/ports.h"

#include "tests/support/vboard/hex.h"

namespace test::s3c2416 {
namespace {

constexpr uint32_t kGpfdat = 0x54;
constexpr uint32_t kExtint0 = 0x88;
constexpr uint32_t kEintmask = 0xa4;
constexpr uint32_t kEintpend = 0xa8;
constexpr uint32_t kEnd = 0x110;

constexpr uint32_t kEint7 = 1u << 7;
constexpr uint32_t kEint4To7 = 0xf0;
constexpr uint32_t kEint8To23 = 0x00ff'ff00;
constexpr uint32_t kFunctionEint = 2;

// EXTINT0, of EINT7.
constexpr uint32_t kLowLevel = 0;
constexpr uint32_t kHighLevel = 1;

}  // namespace

void Ports::Reset() {
  registers_ = {};
  registers_.at(0) = 0x0fff'ffff;
  registers_.at(kEintmask / 4) = 0x00ff'fff0;
}

uint32_t Ports::Function(char letter, uint32_t pin) const {
  const auto port = static_cast<uint32_t>(letter - 'A');
  return Reg(port * 0x10) >> (2 * pin) & 3;
}

void Ports::DriveEint7(bool is_high) {
  const bool rises = is_high && !eint7_;
  const bool falls = !is_high && eint7_;
  eint7_ = is_high;
  if (Function('F', 7) != kFunctionEint) {
    return;
  }
  const uint32_t method = Reg(kExtint0) >> 28 & 7;  // 01x falling, 10x rising, 11x both
  if ((rises && (method & 4) != 0) || (falls && (method & 2) != 0)) {
    registers_.at(kEintpend / 4) |= kEint7;
  }
  LatchLevel();
}

void Ports::LatchLevel() {
  const uint32_t method = Reg(kExtint0) >> 28 & 7;
  const bool is_level = (method == kHighLevel && eint7_) || (method == kLowLevel && !eint7_);
  if (is_level && Function('F', 7) == kFunctionEint) {
    registers_.at(kEintpend / 4) |= kEint7;
  }
}

bool Ports::asks_eint4_to_7() const { return (Reg(kEintpend) & ~Reg(kEintmask) & kEint4To7) != 0; }

bool Ports::asks_eint8_to_23() const {
  return (Reg(kEintpend) & ~Reg(kEintmask) & kEint8To23) != 0;
}

uint32_t Ports::Read(uint32_t offset) {
  if (offset >= kEnd) {
    violations_.Add("no register of the ports at offset " + Hex(offset));
    return 0;
  }
  if (offset == kGpfdat) {
    return (Reg(offset) & ~kEint7) | (eint7_ ? kEint7 : 0);
  }
  return Reg(offset);
}

void Ports::Write(uint32_t offset, uint32_t value) {
  if (offset >= kEnd) {
    violations_.Add("no register of the ports to write at offset " + Hex(offset));
    return;
  }
  if (offset == kEintpend) {
    registers_.at(offset / 4) &= ~value;
  } else {
    registers_.at(offset / 4) = value;
  }
  LatchLevel();
}

}  // namespace test::s3c2416
