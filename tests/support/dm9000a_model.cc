#include "tests/support/dm9000a_model.h"

#include <algorithm>

#include "tests/support/vboard/hex.h"

namespace test {
namespace {

using namespace dm9000a_model;

constexpr uint8_t kRevisionB = 0x1a;
constexpr uint16_t kFloating = 0xffff;
constexpr uint8_t kUpperGarbage = 0x5c;  // SD15 to SD8 carry nothing of a register
// Pauses between two cycles, of the 50 MHz clock (10.3.1, 10.3.2); of a memory command it is the
// whole cycle that takes at least one.
constexpr VirtualTime kClock = 20'000;
constexpr VirtualTime kPauseAfterIndex = kClock;
constexpr VirtualTime kPauseAfterRegister = 2 * kClock;
constexpr VirtualTime kPauseAfterPrefetch = 4 * kClock;
constexpr VirtualTime kPauseAfterMemory = kClock - Dm9000aModel::kShortestStrobe;

constexpr uint8_t kForeignProduct = 0x10;  // of 0x9010

constexpr std::array<BoardFault, 9> kFaults = {{
    {"no-chip", "the DM9000A is not there: its data bus floats"},
    {"wrong-id", "the chip on the bus says that it is a DM9010"},
    {"rx-pointer-lost", "some received packets begin with a wrong ready byte"},
    {"phy-powered-down", "the PHY stays powered down whatever GPR says"},
    {"int-dead", "the INT pin is not connected"},
    {"no-link", "the cable is out"},
    {"duplex-mismatch", "the partner is fixed at 100 Mbit/s full duplex and does not negotiate"},
    {"rx-overflow-stuck", "after an overflow the receiver takes nothing until it is reset"},
    {"tx-stall", "requested packets never leave"},
}};

PhyOptions InternalPhy(Violations& violations) {
  PhyOptions options;
  options.id = 0x0181'b8a0;
  options.vendor = PhyVendor::kDm9161;
  options.undefined = 0;  // a user may read any register
  options.violations = &violations;
  return options;
}

}  // namespace

std::span<const BoardFault> Dm9000aModel::faults() { return kFaults; }

Dm9000aModel::Dm9000aModel(const BoardClock& clock, Violations& violations,
                           const Dm9000aOptions& options)
    : clock_(clock), violations_(violations), options_(options), phy_(InternalPhy(violations)) {
  for (const RegisterInfo& info : kRegisters) {
    exists_[info.address] = true;
    writable_[info.address] = info.writable;
  }
  if (options_.revision == kRevisionB) {
    writable_[kRcr] |= 0x80;  // HASHALL
  }
  PowerOn();
}

void Dm9000aModel::PowerOn() {
  uint8_t fill = 0x35;
  for (std::byte& byte : memory_) {
    byte = static_cast<std::byte>(fill);
    fill = static_cast<uint8_t>(fill * 5 + 1);
  }
  phy_ = PhyModel(InternalPhy(violations_));
  reset_until_ = 0;
  powering_until_ = 0;
  mii_end_ = 0;
  arrivals_.clear();
  Reset(true);
  registers_[kChipr] = options_.revision;
  PlugPartner();
}

// NCR.RST and power-on (6.1). What has left for the wire is gone.
void Dm9000aModel::Reset(bool is_power_on) {
  for (const RegisterInfo& info : kRegisters) {
    if (is_power_on || !info.survives_reset) {
      registers_[info.address] = info.reset;
    }
  }
  mrr_ = 0;
  mwr_ = 0;
  rwpa_ = kRxStart;
  trpa_ = 0;
  filled_ = 0;
  memory_[kRxStart] = std::byte{0};
  is_fetched_ = false;
  is_refetched_ = false;
  tx_ = {};
  next_is_second_ = false;
  paused_until_ = 0;
  has_paused_partner_ = false;
  is_overflow_stuck_ = false;
}

void Dm9000aModel::WriteIndex(uint8_t index) {
  if (faults_.no_chip) {
    return;
  }
  index_ = index;
  is_refetched_ = false;
  needed_pause_ = kPauseAfterIndex;
}

VirtualTime Dm9000aModel::PauseAfter(bool is_write) const {
  if (is_write) {
    return index_ == kMwcmd ? kPauseAfterMemory : kPauseAfterRegister;
  }
  if (index_ == kMrcmd) {
    return kPauseAfterMemory;
  }
  return index_ == kMrcmdx ? kPauseAfterPrefetch : kPauseAfterRegister;
}

bool Dm9000aModel::IsAwake(const char* what) {
  const VirtualTime now = clock_.now();
  if (now < reset_until_ && index_ != kNcr) {
    violations_.Add("DM9000A: register " + Hex(index_) + what + " within 10 us of NCR.RST");
    return false;
  }
  if (now < powering_until_ && options_.revision == kRevisionB) {
    violations_.Add("DM9000B: register " + Hex(index_) + what + " within 1 ms of GPR.PHYPD = 0");
    return false;
  }
  return true;
}

uint16_t Dm9000aModel::ReadData(uint32_t width) {
  if (faults_.no_chip) {
    return width == 1 ? kFloating & 0xff : kFloating;
  }
  Advance();
  needed_pause_ = PauseAfter(false);
  if (width > options_.bus_bytes) {
    violations_.Add("DM9000A: 16-bit read on an 8-bit bus");
  }
  if (!IsAwake(" read")) {
    return 0;
  }
  if (index_ >= kMrcmdx && index_ <= kMrcmd) {
    return ReadMemory(index_, width);
  }
  const uint8_t value = ReadRegister(index_);
  return static_cast<uint16_t>(width == 1 ? value : kUpperGarbage << 8 | value);
}

void Dm9000aModel::WriteData(uint32_t width, uint16_t value) {
  if (faults_.no_chip) {
    return;
  }
  Advance();
  needed_pause_ = PauseAfter(true);
  if (width > options_.bus_bytes) {
    violations_.Add("DM9000A: 16-bit write on an 8-bit bus");
  }
  if (!IsAwake(" written")) {
    return;
  }
  if (index_ == kMwcmdx || index_ == kMwcmd) {
    WriteMemory(index_, width, value);
    return;
  }
  WriteRegister(index_, static_cast<uint8_t>(value));
}

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

bool Dm9000aModel::is_interrupting() {
  Advance();
  return !faults_.int_dead && !faults_.no_chip &&
         (registers_[kIsr] & registers_[kImr] & kIsrEvents) != 0;
}

void Dm9000aModel::Advance() {
  const VirtualTime now = clock_.now();
  if (tx_.is_busy && tx_.end <= now) {
    FinishTransmit();
  }
  while (!arrivals_.empty() && arrivals_.front().at <= now) {
    const Arrival arrival = std::move(arrivals_.front());
    arrivals_.pop_front();
    Store(arrival);
  }
  if (next_link_check_ <= now) {
    UpdateLink();
  }
}

VirtualTime Dm9000aModel::next_event() const {
  const VirtualTime arrival = arrivals_.empty() ? kNever : arrivals_.front().at;
  return std::min({tx_.is_busy ? tx_.end : kNever, arrival, next_link_check_});
}

bool Dm9000aModel::SetFault(std::string_view name, bool is_on) {
  struct Entry {
    std::string_view name;
    bool Faults::* flag;
  };
  static constexpr auto kEntries = std::to_array<Entry>({
      {"no-chip", &Faults::no_chip},
      {"wrong-id", &Faults::wrong_id},
      {"rx-pointer-lost", &Faults::rx_pointer_lost},
      {"phy-powered-down", &Faults::phy_powered_down},
      {"int-dead", &Faults::int_dead},
      {"no-link", &Faults::no_link},
      {"duplex-mismatch", &Faults::duplex_mismatch},
      {"rx-overflow-stuck", &Faults::rx_overflow_stuck},
      {"tx-stall", &Faults::tx_stall},
  });
  const auto found = std::ranges::find(kEntries, name, &Entry::name);
  if (found == kEntries.end()) {
    return false;
  }
  faults_.*(found->flag) = is_on;
  stored_ = 0;
  collided_ = 0;
  if (!faults_.rx_overflow_stuck) {
    is_overflow_stuck_ = false;
  }
  if (!faults_.tx_stall && tx_.is_busy && tx_.end == kNever) {
    tx_.end = clock_.now();
  }
  if (name == "no-link" || name == "duplex-mismatch" || name == "phy-powered-down") {
    PlugPartner();
  }
  return true;
}

}  // namespace test
