#include "drivers/enc28j60/chip_access.h"

#include <array>
#include <cassert>
#include <cstddef>

namespace drivers::enc28j60 {
namespace {

// A management frame takes 10.24 us (3.3.1), a look at MISTAT at 20 MHz 1.2 us.
constexpr int kMaxMiiLooks = 100;

constexpr uint8_t Opcode(uint8_t instruction, Register reg) {
  return static_cast<uint8_t>(instruction | reg.offset);
}

}  // namespace

uint8_t ChipAccess::Get(Register reg) {
  Select(reg);
  const std::byte opcode{Opcode(kReadControl, reg)};
  std::array<std::byte, 2> in;
  const size_t size = reg.is_mac ? 2 : 1;
  spi_.WriteThenRead({&opcode, 1}, {in.data(), size});
  return std::to_integer<uint8_t>(in[size - 1]);
}

void ChipAccess::Set(Register reg, uint8_t value) {
  Select(reg);
  Send(Opcode(kWriteControl, reg), value);
}

uint16_t ChipAccess::GetWord(Register low) {
  const uint8_t low_byte = Get(low);
  return static_cast<uint16_t>(Get(HighByte(low)) << 8 | low_byte);
}

void ChipAccess::SetWord(Register low, uint16_t value) {
  Set(low, static_cast<uint8_t>(value));
  Set(HighByte(low), static_cast<uint8_t>(value >> 8));
}

void ChipAccess::SetBits(Register reg, uint8_t bits) {
  assert(!reg.is_mac);
  Select(reg);
  Send(Opcode(kSetBits, reg), bits);
}

void ChipAccess::ClearBits(Register reg, uint8_t bits) {
  assert(!reg.is_mac);
  Select(reg);
  Send(Opcode(kClearBits, reg), bits);
}

void ChipAccess::ReadMemory(base::ByteSpan to) {
  const std::byte opcode{kReadBuffer};
  spi_.WriteThenRead({&opcode, 1}, to);
}

void ChipAccess::WriteMemory(base::ConstByteSpan from) {
  const std::byte opcode{kWriteBuffer};
  spi_.WriteTwo({&opcode, 1}, from);
}

void ChipAccess::WriteMemory(uint8_t first, base::ConstByteSpan from) {
  const std::array<std::byte, 2> head{std::byte{kWriteBuffer}, std::byte{first}};
  spi_.WriteTwo(head, from);
}

void ChipAccess::Reset() {
  const std::byte opcode{kSystemReset};
  spi_.WriteThenRead({&opcode, 1}, {});
  bank_ = 0;
}

// Only the bits that differ: neighbouring banks cost one instruction.
void ChipAccess::Select(Register reg) {
  if (reg.bank == Register::kEveryBank || reg.bank == bank_) {
    return;
  }
  const bool is_known = bank_ != Register::kEveryBank;
  const uint8_t clear = EthernetControl1::kBank & ~reg.bank & (is_known ? bank_ : 0xff);
  const uint8_t set = EthernetControl1::kBank & reg.bank & (is_known ? ~bank_ : 0xff);
  if (clear != 0) {
    Send(Opcode(kClearBits, EthernetControl1::kRegister), clear);
  }
  if (set != 0) {
    Send(Opcode(kSetBits, EthernetControl1::kRegister), set);
  }
  bank_ = reg.bank;
}

void ChipAccess::Send(uint8_t opcode, uint8_t value) {
  const std::array<std::byte, 2> out{std::byte{opcode}, std::byte{value}};
  spi_.WriteThenRead(out, {});
}

base::Result<uint16_t> ChipAccess::Read(uint8_t phy, uint8_t reg) {
  if (phy >= kPhyAddresses || reg >= kPhyRegisters) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  if (phy != 0) {
    return uint16_t{0xffff};
  }
  Set(kMiiAddress, reg);
  Set(kMiiCommand, MiiBits::kReadOnce);
  const base::Status status = WaitForMii();
  Set(kMiiCommand, 0);
  if (status != base::Status::kOk) {
    return std::unexpected(status);
  }
  return GetWord(kMiiRead);
}

base::Status ChipAccess::Write(uint8_t phy, uint8_t reg, uint16_t value) {
  if (phy >= kPhyAddresses || reg >= kPhyRegisters) {
    return base::Status::kInvalidArgument;
  }
  if (phy != 0) {
    return base::Status::kOk;
  }
  Set(kMiiAddress, reg);
  // The high byte starts the transaction (3.3.2).
  SetWord(kMiiWrite, value);
  return WaitForMii();
}

base::Status ChipAccess::WaitForMii() {
  for (int i = 0; i < kMaxMiiLooks; ++i) {
    if ((Get(kMiiStatus) & MiiBits::kBusy) == 0) {
      return base::Status::kOk;
    }
  }
  ++timeouts_;
  return base::Status::kDeadlineExceeded;
}

}  // namespace drivers::enc28j60
