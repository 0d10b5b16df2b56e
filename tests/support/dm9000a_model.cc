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
