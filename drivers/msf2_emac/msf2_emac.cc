// Start, link, interrupts, registers. Frames: frames.cc.
#include "drivers/msf2_emac/msf2_emac.h"

#include <algorithm>
#include <array>
#include <bit>

namespace drivers {
namespace {

using namespace msf2_emac;

// The FIFO's modules answer within some cycles of the slowest clock, 2.5 MHz at 10 Mbit/s.
constexpr int kMaxPolls = 1'000;
constexpr uint32_t kLongestFrame = stack::EthernetDriver::kMaxFrame + 4;

constexpr auto kRegisters = std::to_array<NamedRegister>({
    {"CFG1", Config1::kAddress},
    {"CFG2", Config2::kAddress},
    {"IFG", 0x08},
    {"HALF_DUPLEX", 0x0c},
    {"MAX_FRAME_LENGTH", MaxFrame::kAddress},
    {"MII_CONFIG", MiiConfig::kAddress},
    {"MII_COMMAND", MiiCommand::kAddress},
    {"MII_ADDRESS", MiiAddress::kAddress},
    {"MII_STATUS", kMiiRead},
    {"MII_INDICATORS", MiiIndicators::kAddress},
    {"INTERFACE_CTRL", InterfaceControl::kAddress},
    {"STATION_ADDRESS1", kStation1},
    {"STATION_ADDRESS2", kStation2},
    {"FIFO_CFG0", FifoConfig0::kAddress},
    {"FIFO_CFG1", 0x4c},
    {"FIFO_CFG2", 0x50},
    {"FIFO_CFG3", 0x54},
    {"FIFO_CFG4", FifoConfig4::kAddress},
    {"FIFO_CFG5", FifoConfig5::kAddress},
    {"DMA_TX_CTRL", TransmitControl::kAddress},
    {"DMA_TX_DESC", kTransmitDescriptor},
    {"DMA_TX_STATUS", TransmitStatus::kAddress},
    {"DMA_RX_CTRL", ReceiveControl::kAddress},
    {"DMA_RX_DESC", kReceiveDescriptor},
    {"DMA_RX_STATUS", ReceiveStatus::kAddress},
    {"DMA_IRQ_MASK", InterruptMask::kAddress},
    {"DMA_IRQ", kInterruptStatus},
});

bool IsNamedRegister(uint32_t address) {
  return std::ranges::find(kRegisters, address, &NamedRegister::address) != kRegisters.end();
}

}  // namespace

Msf2Emac::Msf2Emac(RegisterBus& bus, base::PbufPools& pools, const Msf2EmacRing& receive,
                   const Msf2EmacRing& transmit, const Msf2EmacConfig& config)
    : EthernetDriver(pools),
      bus_(bus),
      receive_(receive),
      transmit_(transmit),
      config_(config),
      management_(bus, details_.bus_timeouts),
      phy_(management_, config.phy_address) {}

base::Capabilities Msf2Emac::capabilities() const {
  return {.sums_received_frames = true,
          .dma = true,
          .mac_loopback = true,
          .phy_loopback = config_.phy_loopback,
          .receive_window_frames = static_cast<uint16_t>(receive_.descriptors.size())};
}

base::Status Msf2Emac::DoStart(const base::MacAddress& address) {
  applied_link_ = {};
  RETURN_IF_ERROR(ResetMac());
  RETURN_IF_ERROR(Configure(address));
  phy_.Start();
  poll_now_ = true;
  return base::Status::kOk;
}

// The MAC has no id. Its reset bit stays set until it is cleared, which tells that it is there.
base::Status Msf2Emac::ResetMac() {
  Set(TransmitControl{0});
  Set(ReceiveControl{0});
  Set(InterruptMask{0});
  Set(Config1{Config1::kReset | Config1::kResetParts});
  if ((Get<Config1>().raw & Config1::kReset) == 0) {
    return base::Status::kNotFound;
  }
  Set(InterfaceControl{InterfaceControl::kReset});
  Set(FifoConfig0{FifoConfig0::kReset});
  Set(Config1{0});
  Set(InterfaceControl{0});
  Set(FifoConfig0{0});
  return base::Status::kOk;
}

base::Status Msf2Emac::Configure(const base::MacAddress& address) {
  Set(MiiConfig{MiiConfig::kDivideBy28});
  SetStation(address);
  Set(MaxFrame{kLongestFrame});
  RETURN_IF_ERROR(EnableFifos());
  Set(FifoConfig4{FrameKind::kBad});
  PrepareRings();
  ApplyLink();
  Set(ReceiveControl{DmaControl::kEnable});
  return base::Status::kOk;
}

base::Status Msf2Emac::EnableFifos() {
  Set(FifoConfig0{FifoConfig0::kEnable});
  for (int i = 0; i < kMaxPolls; ++i) {
    if ((Get<FifoConfig0>().raw & FifoConfig0::kEnabled) == FifoConfig0::kEnabled) {
      return base::Status::kOk;
    }
  }
  ++details_.bus_timeouts;
  return base::Status::kDeadlineExceeded;
}

// The octets that are sent last stand on top.
void Msf2Emac::SetStation(const base::MacAddress& address) {
  const auto& o = address.octets;
  uint32_t first = static_cast<uint32_t>(o[5]) << 24 | static_cast<uint32_t>(o[4]) << 16 |
                   static_cast<uint32_t>(o[3]) << 8 | o[2];
  uint32_t second = static_cast<uint32_t>(o[1]) << 24 | static_cast<uint32_t>(o[0]) << 16;
  if (config_.first_octet_on_top) {
    first = static_cast<uint32_t>(o[0]) << 24 | static_cast<uint32_t>(o[1]) << 16 |
            static_cast<uint32_t>(o[2]) << 8 | o[3];
    second = static_cast<uint32_t>(o[4]) << 24 | static_cast<uint32_t>(o[5]) << 16;
  }
  bus_.Write(kStation1, first);
  bus_.Write(kStation2, second);
}

void Msf2Emac::ApplyLink() {
  const bool full = applied_link_.duplex == base::Duplex::kFull;
  const bool fast = applied_link_.speed_mbit != 10;
  if (config_.set_line_speed != nullptr) {
    config_.set_line_speed(fast ? 100 : 10);
  }
  Set(InterfaceControl{fast ? InterfaceControl::k100Mbit : 0});
  Set(Config2{Config2::kPreamble7 | Config2::kNibbles | Config2::kPadAndCrc | Config2::kCrc |
              (full ? Config2::kFullDuplex : 0)});
  Set(FifoConfig5{(FrameKind::kAll & ~FrameKind::kBad) | FifoConfig5::kDropShort |
                  (full ? 0 : FifoConfig5::kHalfDuplex)});
  uint32_t control = Config1::kTransmit | Config1::kReceive;
  control |= loopback_ == base::Loopback::kMac ? Config1::kLoopback : 0;
  control |= applied_link_.pause ? Config1::kTransmitPause | Config1::kReceivePause : 0;
  Set(Config1{control});
}

base::Instant Msf2Emac::DoPoll(base::Instant now, base::LinkMode& link) {
  if (!poll_now_ && now < phy_.next_poll()) {
    return phy_.next_poll();
  }
  poll_now_ = false;
  Repair();
  DoReapTransmitted();
  const base::Instant next = phy_.Poll(now);
  link = phy_.link();
  if (loopback_ == base::Loopback::kMac) {
    link = {.state = base::LinkState::kUp, .speed_mbit = 100, .duplex = base::Duplex::kFull};
  }
  if (link != applied_link_) {
    applied_link_ = link;
    ApplyLink();
  }
  return next;
}

base::Status Msf2Emac::DoSetLoopback(base::Loopback loopback) {
  if (loopback == base::Loopback::kPhy && !config_.phy_loopback) {
    return base::Status::kUnimplemented;
  }
  loopback_ = loopback;
  phy_.SetLoopback(loopback == base::Loopback::kPhy);
  ApplyLink();
  poll_now_ = true;
  return base::Status::kOk;
}

// A DMA that met a bus error stays where it is; the frames in both rings are lost.
void Msf2Emac::Repair() {
  const bool receive = Get<ReceiveStatus>().has(DmaStatus::kBusError);
  const bool transmit = Get<TransmitStatus>().has(DmaStatus::kBusError);
  if (!receive && !transmit) {
    return;
  }
  details_.rx_bus_errors += receive ? 1 : 0;
  details_.tx_bus_errors += transmit ? 1 : 0;
  counters().rx_errors += receive ? 1 : 0;
  counters().tx_errors += transmit ? 1 : 0;
  if (ResetMac() != base::Status::kOk || Configure(address()) != base::Status::kOk) {
    poll_now_ = true;
  }
}

void Msf2Emac::OnInterrupt() { Set(InterruptMask{0}); }

bool Msf2Emac::ArmInterrupt() {
  DoReapTransmitted();
  if (HasFrame()) {
    return false;
  }
  if (tx_wanted_ && DoTransmitRoom() != 0) {
    tx_wanted_ = false;
    return false;
  }
  const auto received = Get<ReceiveStatus>();
  if (received.has(DmaStatus::kOverflow)) {
    RestartReceiver();
  }
  if (received.has(DmaStatus::kBusError) || Get<TransmitStatus>().has(DmaStatus::kBusError)) {
    poll_now_ = true;
    return false;
  }
  constexpr uint32_t kAlways = InterruptMask::kReceived | InterruptMask::kOverflow |
                               InterruptMask::kReceiveBusError | InterruptMask::kTransmitBusError;
  Set(InterruptMask{kAlways | (tx_wanted_ ? InterruptMask::kSent : 0)});
  return true;
}

std::span<const NamedRegister> Msf2Emac::registers() const { return kRegisters; }

base::Result<uint32_t> Msf2Emac::ReadRegister(uint32_t address) {
  if (!IsNamedRegister(address)) {
    return std::unexpected(base::Status::kNotFound);
  }
  return bus_.Read(address);
}

base::Status Msf2Emac::WriteRegister(uint32_t address, uint32_t value) {
  if (!IsNamedRegister(address)) {
    return base::Status::kNotFound;
  }
  bus_.Write(address, value);
  return base::Status::kOk;
}

}  // namespace drivers
