// Start, link, interrupts, registers. Frames: receive.cc and transmit.cc.
#include "drivers/lan9118/lan9118.h"

#include <algorithm>
#include <array>

#include "drivers/lan9118/registers.h"

namespace drivers {
namespace {

using namespace lan9118;

// A soft reset takes microseconds, loading an EEPROM some milliseconds; a poll is one bus access of
// at least 50 ns.
constexpr int kMaxPolls = 200'000;

// LAN9115 to LAN9118, their successors LAN9215 to LAN9218 (which say 115a to 118a), LAN921x and
// LAN922x.
constexpr std::array<uint16_t, 13> kChips = {0x0115, 0x0116, 0x0117, 0x0118, 0x115a, 0x116a, 0x117a,
                                             0x118a, 0x9210, 0x9211, 0x9220, 0x9221, 0x218a};

constexpr uint32_t kMacBank = 0x100;

// Without registers that change something when they are read, and without those that QEMU's model
// does not have.
constexpr auto kRegisters = std::to_array<NamedRegister>({
    {"ID_REV", IdRevision::kAddress},
    {"IRQ_CFG", InterruptConfig::kAddress},
    {"INT_STS", InterruptStatus::kAddress},
    {"INT_EN", InterruptEnable::kAddress},
    {"BYTE_TEST", ByteTest::kAddress},
    {"FIFO_INT", FifoInterrupt::kAddress},
    {"RX_CFG", RxConfig::kAddress},
    {"TX_CFG", TxConfig::kAddress},
    {"HW_CFG", HardwareConfig::kAddress},
    {"RX_FIFO_INF", RxFifoInfo::kAddress},
    {"TX_FIFO_INF", TxFifoInfo::kAddress},
    {"PMT_CTRL", PowerControl::kAddress},
    {"GPIO_CFG", GpioConfig::kAddress},
    {"GPT_CFG", 0x8c},
    {"GPT_CNT", 0x90},
    {"WORD_SWAP", 0x98},
    {"FREE_RUN", 0x9c},
    {"AFC_CFG", AutoFlowConfig::kAddress},
    {"E2P_CMD", EepromCommand::kAddress},
    {"E2P_DATA", 0xb4},
    {"MAC_CR", kMacBank + kMacControl},
    {"ADDRH", kMacBank + kMacAddressHigh},
    {"ADDRL", kMacBank + kMacAddressLow},
    {"HASHH", kMacBank + kMacHashHigh},
    {"HASHL", kMacBank + kMacHashLow},
    {"MII_ACC", kMacBank + kMacMiiAccess},
    {"MII_DATA", kMacBank + kMacMiiData},
    {"FLOW", kMacBank + kMacFlow},
});

bool IsNamedRegister(uint32_t address) {
  return std::ranges::find(kRegisters, address, &NamedRegister::address) != kRegisters.end();
}

}  // namespace

Lan9118::Lan9118(RegisterBus& bus, base::PbufPools& pools, const Lan9118Config& config)
    : EthernetDriver(pools),
      bus_(bus),
      config_(config),
      mac_(bus, details_.bus_timeouts),
      phy_(mac_, config.phy_address) {}

base::Capabilities Lan9118::capabilities() const {
  return {.sums_received_frames = true,
          .mac_loopback = config_.mac_loopback,
          .phy_loopback = true,
          .receive_window_frames = kReceiveWindowFrames};
}

base::Status Lan9118::DoStart(const base::MacAddress& address) {
  RETURN_IF_ERROR(WakeUp());
  chip_id_ = Get<IdRevision>().raw;
  if (std::ranges::find(kChips, IdRevision{chip_id_}.chip()) == kChips.end()) {
    return base::Status::kNotFound;
  }
  applied_link_ = {};
  RETURN_IF_ERROR(ResetChip());
  RETURN_IF_ERROR(Configure(address));
  phy_.EnableInterrupts();
  phy_.Start();
  poll_now_ = true;
  return base::Status::kOk;
}

// A sleeping chip answers at PMT_CTRL and BYTE_TEST alone, and a write to BYTE_TEST wakes it
// (3.10.2.3).
base::Status Lan9118::WakeUp() {
  if ((Get<PowerControl>().raw & PowerControl::kReady) == 0) {
    Set(ByteTest{0});
  }
  const bool ready =
      Await([this] { return (Get<PowerControl>().raw & PowerControl::kReady) != 0; });
  if (Get<ByteTest>().raw != ByteTest::kExpected) {
    return base::Status::kNotFound;
  }
  return ready ? base::Status::kOk : base::Status::kDeadlineExceeded;
}

base::Status Lan9118::ResetChip() {
  Set(HardwareConfig{HardwareConfig::kSoftReset});
  const bool is_reset =
      Await([this] { return (Get<HardwareConfig>().raw & HardwareConfig::kSoftReset) == 0; });
  if (!is_reset) {
    return base::Status::kDeadlineExceeded;
  }
  // The EEPROM would write its address over ours.
  const bool is_loaded =
      Await([this] { return (Get<EepromCommand>().raw & EepromCommand::kBusy) == 0; });
  return is_loaded ? base::Status::kOk : base::Status::kDeadlineExceeded;
}

base::Status Lan9118::Configure(const base::MacAddress& address) {
  Set(HardwareConfig{HardwareConfig::kMustBeOne | HardwareConfig::kTxFifo5Kb});
  Set(GpioConfig{GpioConfig::kLeds});
  Set(AutoFlowConfig{AutoFlowConfig::kLevels});
  Set(FifoInterrupt{FifoInterrupt::kStatusAtOnce});
  Set(InterruptEnable{0});
  Set(InterruptStatus{0xffff'ffff});
  Set(InterruptConfig{InterruptLine()});
  // Two bytes in front put the IP header on a word.
  Set(RxConfig::WithOffset(kReceiveHeadroom));
  RETURN_IF_ERROR(mac_.WriteMac(kMacAddressHigh, AddressHigh(address)));
  RETURN_IF_ERROR(mac_.WriteMac(kMacAddressLow, AddressLow(address)));
  frames_waiting_ = 0;
  tx_free_bytes_ = 0;
  tx_unreaped_ = 0;
  RETURN_IF_ERROR(ApplyLink());
  Set(TxConfig{TxConfig::kOn});
  return base::Status::kOk;
}

uint32_t Lan9118::InterruptLine() const {
  return config_.interrupt_active_high ? InterruptConfig::kActiveHigh | InterruptConfig::kPushPull
                                       : 0;
}

void Lan9118::SetReceiveFilter(ReceiveFilter filter) {
  filter_ = filter;
  apply_link_ = true;
  poll_now_ = true;
}

base::Status Lan9118::ApplyLink() {
  uint32_t control = MacControl::kTransmit | MacControl::kReceive;
  control |= applied_link_.duplex == base::Duplex::kFull ? MacControl::kFullDuplex
                                                         : MacControl::kIgnoreOwn;
  if (loopback_ == base::Loopback::kMac) {
    control |= MacControl::kLoopback;
  }
  if (filter_ == ReceiveFilter::kAllMulticast) {
    control |= MacControl::kAllMulticast;
  } else if (filter_ == ReceiveFilter::kEverything) {
    control |= MacControl::kPromiscuous;
  }
  const bool pause = applied_link_.pause;
  RETURN_IF_ERROR(mac_.WriteMac(kMacFlow, pause ? MacFlow::kLongestPause | MacFlow::kEnable : 0));
  Set(AutoFlowConfig{AutoFlowConfig::kLevels | (pause ? AutoFlowConfig::kAnyFrame : 0)});
  RETURN_IF_ERROR(mac_.WriteMac(kMacControl, control));
  apply_link_ = false;
  return base::Status::kOk;
}

base::Instant Lan9118::DoPoll(base::Instant now, base::LinkMode& link) {
  if (!poll_now_ && now < phy_.next_poll()) {
    return phy_.next_poll();
  }
  poll_now_ = false;
  Repair();
  ReapStatuses();
  counters().rx_overrun += Get<RxDropped>().raw;
  const base::Instant next = phy_.Poll(now);
  link = phy_.link();
  if (loopback_ == base::Loopback::kMac) {
    link = {.state = base::LinkState::kUp, .speed_mbit = 100, .duplex = base::Duplex::kFull};
  }
  if (link != applied_link_) {
    applied_link_ = link;
    apply_link_ = true;
  }
  // A MAC that does not take its settings is no link; the next poll tries again.
  if (apply_link_ && ApplyLink() != base::Status::kOk) {
    link = {};
  }
  return next;
}

base::Status Lan9118::DoSetLoopback(base::Loopback loopback) {
  if (loopback == base::Loopback::kMac && !config_.mac_loopback) {
    return base::Status::kUnimplemented;
  }
  loopback_ = loopback;
  apply_link_ = true;
  phy_.SetLoopback(loopback == base::Loopback::kPhy);
  poll_now_ = true;
  return base::Status::kOk;
}

// After a receiver or transmitter error the FIFOs are out of step with the frames in them, which
// only a reset heals (5.3.3). The PHY keeps its link.
void Lan9118::Repair() {
  const auto status = Get<InterruptStatus>();
  const bool receiver = status.has(Interrupts::kReceiverError);
  const bool transmitter = status.has(Interrupts::kTransmitterError);
  if (!receiver && !transmitter) {
    return;
  }
  details_.rx_restarts += receiver ? 1 : 0;
  details_.tx_restarts += transmitter ? 1 : 0;
  if (ResetChip() != base::Status::kOk || Configure(address()) != base::Status::kOk) {
    apply_link_ = true;
  }
}

void Lan9118::OnInterrupt() { Set(InterruptConfig{InterruptLine()}); }

bool Lan9118::ArmInterrupt() {
  // What is taken back first and looked at afterwards cannot get lost in between.
  const auto status = Get<InterruptStatus>();
  constexpr uint32_t kLevels = Interrupts::kRxStatusLevel | Interrupts::kTxStatusLevel;
  Set(InterruptStatus{status.raw & (kLevels | Interrupts::kPhy)});
  bool work = HasFrame();
  if (status.has(Interrupts::kPhy)) {
    work = true;
    if (phy_.AcknowledgeInterrupt() != base::Status::kOk) {
      phy_.CheckNow();
    }
  }
  if (status.has(Interrupts::kReceiverError | Interrupts::kTransmitterError)) {
    work = true;
    poll_now_ = true;
  }
  if (tx_wanted_ && DoTransmitRoom() != 0) {
    work = true;
    tx_wanted_ = false;
  }
  if (work) {
    return false;
  }
  constexpr uint32_t kAlways = Interrupts::kRxStatusLevel | Interrupts::kPhy |
                               Interrupts::kReceiverError | Interrupts::kTransmitterError;
  Set(InterruptEnable{kAlways | (tx_wanted_ ? Interrupts::kTxStatusLevel : 0)});
  Set(InterruptConfig{InterruptLine() | InterruptConfig::kEnable});
  return true;
}

uint32_t Lan9118::ReadChip(uint32_t address) { return bus_.Read(address); }

void Lan9118::WriteChip(uint32_t address, uint32_t value) { bus_.Write(address, value); }

std::span<const NamedRegister> Lan9118::registers() const { return kRegisters; }

base::Result<uint32_t> Lan9118::ReadRegister(uint32_t address) {
  if (!IsNamedRegister(address)) {
    return std::unexpected(base::Status::kNotFound);
  }
  if (address < kMacBank) {
    return ReadChip(address);
  }
  return mac_.ReadMac(static_cast<uint8_t>(address - kMacBank));
}

base::Status Lan9118::WriteRegister(uint32_t address, uint32_t value) {
  if (!IsNamedRegister(address)) {
    return base::Status::kNotFound;
  }
  if (address < kMacBank) {
    WriteChip(address, value);
    return base::Status::kOk;
  }
  return mac_.WriteMac(static_cast<uint8_t>(address - kMacBank), value);
}

template <typename Condition>
bool Lan9118::Await(Condition&& condition) {
  for (int i = 0; i < kMaxPolls; ++i) {
    if (condition()) {
      return true;
    }
  }
  ++details_.bus_timeouts;
  return false;
}

}  // namespace drivers
