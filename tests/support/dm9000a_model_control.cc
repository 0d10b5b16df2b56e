// The DM9000A model's registers (datasheet chapter 6).
#include <utility>

#include "tests/support/dm9000a_model.h"
#include "tests/support/vboard/hex.h"

namespace test {
namespace {

using namespace dm9000a_model;

constexpr uint8_t kForeignProduct = 0x10;  // of 0x9010

}  // namespace

uint8_t Dm9000aModel::ReadRegister(uint8_t address) {
  if (!exists_[address] || address == kMwcmd || address == kMwcmdx) {
    violations_.Add("DM9000A: no register to read at " + Hex(address));
    return 0;
  }
  switch (address) {
    case kNcr: {
      const bool is_full = mode().duplex == base::Duplex::kFull && mode().is_up();
      const bool is_resetting = clock_.now() < reset_until_;
      return static_cast<uint8_t>((registers_[kNcr] & ~(kNcrReset | kNcrFullDuplex)) |
                                  (is_full ? kNcrFullDuplex : 0) | (is_resetting ? kNcrReset : 0));
    }
    case kNsr:
      return ReadNetworkStatus();
    case kRocr:
      return std::exchange(registers_[kRocr], uint8_t{0});
    case kFcr: {
      const uint8_t value = registers_[kFcr];
      registers_[kFcr] &= static_cast<uint8_t>(~kFcrPaused);
      return value | (clock_.now() < paused_until_ ? kFcrPausedCurrent : 0);
    }
    case kEpcr:
      return registers_[kEpcr] | (is_mii_busy() ? kEpcrBusy : 0);
    case kVidl + 2:
      return faults_.wrong_id ? kForeignProduct : registers_[kVidl + 2];
    case kTrpal:
    case kTrpal + 1:
      return static_cast<uint8_t>(trpa_ >> (8 * (address - kTrpal)));
    case kRwpal:
    case kRwpal + 1:
      return static_cast<uint8_t>(rwpa_ >> (8 * (address - kRwpal)));
    case kMrrl:
    case kMrrh:
      return static_cast<uint8_t>(mrr_ >> (8 * (address - kMrrl)));
    case kMwrl:
    case kMwrh:
      return static_cast<uint8_t>(mwr_ >> (8 * (address - kMwrl)));
    case kIsr:
      return registers_[kIsr] | (options_.bus_bytes == 1 ? kIsr8Bit : 0);
    default:
      break;
  }
  if ((address == kEpdrl || address == kEpdrh) && is_mii_busy()) {
    violations_.Add("DM9000A: EPDR read while EPCR.ERRE is set");
  }
  return registers_[address];
}

uint8_t Dm9000aModel::ReadNetworkStatus() {
  UpdateLink();
  const base::LinkMode link = mode();
  const uint8_t value = static_cast<uint8_t>(registers_[kNsr] | (link.is_up() ? kNsrLink : 0) |
                                             (link.speed_mbit == 10 ? kNsrSpeed10 : 0));
  if (options_.nsr_clears_by_read) {
    registers_[kNsr] &= kNsrRxOverflow;
  }
  return value;
}

bool Dm9000aModel::IsWritable(uint8_t address, uint8_t value) {
  if (!exists_[address] || writable_[address] == 0) {
    violations_.Add("DM9000A: no register to write at " + Hex(address));
    return false;
  }
  if ((value & ~writable_[address]) != 0) {
    violations_.Add("DM9000A: reserved bits of register " + Hex(address) + " written with " +
                    Hex(value));
  }
  return true;
}

void Dm9000aModel::WriteRegister(uint8_t address, uint8_t value) {
  if (!IsWritable(address, value)) {
    return;
  }
  value &= writable_[address];
  switch (address) {
    case kNcr:
      WriteControl(value);
      return;
    case kNsr:
      registers_[kNsr] &= static_cast<uint8_t>(~(value & (kNsrWake | kNsrTx1End | kNsrTx2End)));
      return;
    case kTcr: {
      const bool requests = (value & kTcrRequest) != 0;
      registers_[kTcr] = static_cast<uint8_t>((value & ~kTcrRequest) | (tx_.is_busy ? 1 : 0));
      if (requests) {
        RequestTransmit();
      }
      return;
    }
    case kFcr:
      registers_[kFcr] = value & (kFcrPauseEnable | kFcrEnable | 0x18);
      pauses_sent_ += (value & kFcrPauseNow) != 0 ? 1 : 0;
      return;
    case kEpcr:
      WriteAccessControl(value);
      return;
    case kEpar:
    case kEpdrl:
    case kEpdrh:
      if (is_mii_busy()) {
        violations_.Add("DM9000A: EPAR or EPDR written while EPCR.ERRE is set");
      }
      registers_[address] = value;
      return;
    case kGpr:
      WritePhyPower(value);
      return;
    case kRcscsr:
      registers_[kRcscsr] = static_cast<uint8_t>((registers_[kRcscsr] & 0xfc) | (value & 3));
      return;
    default:
      WriteMemoryRegister(address, value);
  }
}

void Dm9000aModel::WriteMemoryRegister(uint8_t address, uint8_t value) {
  switch (address) {
    case kMrrl:
    case kMrrh:
      SetPointer(mrr_, address == kMrrh, value);
      is_fetched_ = false;
      return;
    case kMwrl:
    case kMwrh:
      SetPointer(mwr_, address == kMwrh, value);
      return;
    case kTxpll:
    case kTxplh:
      if (tx_.is_busy) {
        violations_.Add("DM9000A: TXPL written while the packet before is sent (9.3)");
      }
      registers_[address] = value;
      return;
    case kIsr:
      registers_[kIsr] &= static_cast<uint8_t>(~(value & kIsrEvents));
      return;
    case kImr:
      WriteInterruptMask(value);
      return;
    default:
      registers_[address] = value;
  }
}

void Dm9000aModel::WriteControl(uint8_t value) {
  if ((value & kNcrReset) != 0) {
    Reset(false);
    ++resets_;
    reset_until_ = clock_.now() + kResetTime;
  } else if (clock_.now() < reset_until_) {
    violations_.Add("DM9000A: NCR written within 10 us of NCR.RST");
  }
  if ((value & kNcrLoopback) == kNcrLoopback) {
    violations_.Add("DM9000A: NCR.LBK 11 is reserved");
  }
  registers_[kNcr] = static_cast<uint8_t>(value & ~kNcrReset);
}

void Dm9000aModel::WriteInterruptMask(uint8_t value) {
  // Setting PAR puts MRRH to where the receive ring starts.
  if ((value & ~registers_[kImr] & kImrWrap) != 0) {
    mrr_ = kRxStart | (mrr_ & 0xff);
    is_fetched_ = false;
  }
  registers_[kImr] = value;
}

void Dm9000aModel::WritePhyPower(uint8_t value) {
  const bool was_down = (registers_[kGpr] & 1) != 0;
  registers_[kGpr] = value;
  if (was_down && (value & 1) == 0) {
    powering_until_ = clock_.now() + kPhyPowerUp;
    PlugPartner();  // negotiates from here on
  }
  UpdateLink();
}

void Dm9000aModel::SetPointer(uint32_t& pointer, bool is_high, uint8_t value) {
  const uint32_t shift = is_high ? 8 : 0;
  pointer = ((pointer & ~(0xffu << shift)) | uint32_t{value} << shift) & (kMemorySize - 1);
}

}  // namespace test
