// The registers by name, without those that change something when they are read (PHSTAT1, PHIR).
#include <algorithm>
#include <array>

#include "drivers/enc28j60/enc28j60.h"
#include "drivers/enc28j60/registers.h"

namespace drivers {
namespace {

using namespace enc28j60;

constexpr uint32_t kPair = 0x100;
constexpr uint32_t kMacFlag = 0x200;
constexpr uint32_t kPhy = 0x400;
constexpr uint8_t kFirstCommon = 0x1b;

constexpr uint32_t Byte(Register reg) {
  const uint32_t bank = reg.bank == Register::kEveryBank ? 0 : reg.bank;
  return bank << 5 | reg.offset | (reg.is_mac ? kMacFlag : 0);
}
constexpr uint32_t Pair(Register low) { return Byte(low) | kPair; }

constexpr auto kRegisters = std::to_array<NamedRegister>({
    {"EIE", Byte(Interrupts::kEnable)},
    {"EIR", Byte(Interrupts::kFlags)},
    {"ESTAT", Byte(EthernetStatus::kRegister)},
    {"ECON2", Byte(EthernetControl2::kRegister)},
    {"ECON1", Byte(EthernetControl1::kRegister)},
    {"ERDPT", Pair(kReadPointer)},
    {"EWRPT", Pair(kWritePointer)},
    {"ETXST", Pair(kTransmitStart)},
    {"ETXND", Pair(kTransmitEnd)},
    {"ERXST", Pair(kReceiveStart)},
    {"ERXND", Pair(kReceiveEnd)},
    {"ERXRDPT", Pair(kReceiveReadPointer)},
    {"ERXWRPT", Pair(kReceiveWritePointer)},
    {"ERXFCON", Byte(ReceiveFilters::kRegister)},
    {"EPKTCNT", Byte(kPacketCount)},
    {"MACON1", Byte(MacControl1::kRegister)},
    {"MACON3", Byte(MacControl3::kRegister)},
    {"MACON4", Byte(MacControl4::kRegister)},
    {"MABBIPG", Byte(kBackToBackGap)},
    {"MAIPG", Pair(kInterFrameGap)},
    {"MACLCON1", Byte(Mac(2, 0x08))},
    {"MACLCON2", Byte(Mac(2, 0x09))},
    {"MAMXFL", Pair(kLongestFrame)},
    {"MICMD", Byte(kMiiCommand)},
    {"MIREGADR", Byte(kMiiAddress)},
    {"MIWR", Pair(kMiiWrite)},
    {"MIRD", Pair(kMiiRead)},
    {"MISTAT", Byte(kMiiStatus)},
    {"MAADR1", Byte(kMacAddress[0])},
    {"MAADR2", Byte(kMacAddress[1])},
    {"MAADR3", Byte(kMacAddress[2])},
    {"MAADR4", Byte(kMacAddress[3])},
    {"MAADR5", Byte(kMacAddress[4])},
    {"MAADR6", Byte(kMacAddress[5])},
    {"EREVID", Byte(kRevision)},
    {"ECOCON", Byte(Eth(3, 0x15))},
    {"EFLOCON", Byte(Eth(3, 0x17))},
    {"EPAUS", Pair(Eth(3, 0x18))},
    {"PHCON1", kPhy | 0x00},
    {"PHID1", kPhy | 0x02},
    {"PHID2", kPhy | 0x03},
    {"PHCON2", kPhy | PhyControl2::kAddress},
    {"PHSTAT2", kPhy | 0x11},
    {"PHIE", kPhy | PhyInterruptEnable::kAddress},
    {"PHLCON", kPhy | PhyLeds::kAddress},
});

bool IsNamedRegister(uint32_t address) {
  return std::ranges::find(kRegisters, address, &NamedRegister::address) != kRegisters.end();
}

constexpr Register RegisterAt(uint32_t address) {
  const auto offset = static_cast<uint8_t>(address & 0x1f);
  if (offset >= kFirstCommon) {
    return Common(offset);
  }
  return {static_cast<uint8_t>(address >> 5 & 3), offset, (address & kMacFlag) != 0};
}
static_assert(RegisterAt(Byte(kMiiStatus)) == kMiiStatus);
static_assert(RegisterAt(Pair(kLongestFrame)) == kLongestFrame);
static_assert(RegisterAt(Byte(EthernetControl1::kRegister)) == EthernetControl1::kRegister);

}  // namespace

std::span<const NamedRegister> Enc28j60::registers() const { return kRegisters; }

base::Result<uint32_t> Enc28j60::ReadRegister(uint32_t address) {
  if (!IsNamedRegister(address)) {
    return std::unexpected(base::Status::kNotFound);
  }
  if ((address & kPhy) != 0) {
    return chip_.Read(0, static_cast<uint8_t>(address & 0x1f));
  }
  const Register reg = RegisterAt(address);
  return (address & kPair) != 0 ? chip_.GetWord(reg) : chip_.Get(reg);
}

base::Status Enc28j60::WriteRegister(uint32_t address, uint32_t value) {
  if (!IsNamedRegister(address)) {
    return base::Status::kNotFound;
  }
  if ((address & kPhy) != 0) {
    return chip_.Write(0, static_cast<uint8_t>(address & 0x1f), static_cast<uint16_t>(value));
  }
  const Register reg = RegisterAt(address);
  if ((address & kPair) != 0) {
    chip_.SetWord(reg, static_cast<uint16_t>(value));
  } else {
    chip_.Set(reg, static_cast<uint8_t>(value));
  }
  // It may have been ECON1, which holds the bank.
  chip_.ForgetBank();
  return base::Status::kOk;
}

}  // namespace drivers
