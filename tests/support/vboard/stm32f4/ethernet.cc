#include "tests/support/vboard/stm32f4/ethernet.h"

#include <algorithm>
#include <array>

namespace test {

// DS8626 table 9, as far as the 100-pin package has them.
struct EthernetPin {
  char port;
  uint32_t number;
  bool is_fast_output;
};

namespace {

constexpr EthernetPin kReferenceClock[] = {{'A', 1, false}};
constexpr EthernetPin kManagement[] = {{'A', 2, false}, {'C', 1, false}};
constexpr EthernetPin kReceive[] = {{'A', 7, false}, {'C', 4, false}, {'C', 5, false}};
constexpr EthernetPin kTransmit[] = {{'B', 11, true}, {'B', 12, true}, {'B', 13, true}};
constexpr uint32_t kFunction = 11;
constexpr uint32_t kSlowestSpeed = 2;  // OSPEEDR for 50 MHz (DS8626 table 50)

constexpr uint32_t kMacBit = 25;
constexpr uint32_t kTransmitClockBit = 26;
constexpr uint32_t kReceiveClockBit = 27;
constexpr uint32_t kAhb1Reset = Rcc::kAhb1Enable - Rcc::kToReset;

// A user may read any register.
PhyOptions Ksz8081(Violations& violations) {
  return {
      .id = 0x0022'1560, .vendor = PhyVendor::kKsz8081, .undefined = 0, .violations = &violations};
}

}  // namespace

Ethernet::Ethernet(const Parts& parts)
    : parts_(parts),
      phy_(Ksz8081(parts.violations)),
      memory_(parts.ram_base, parts.ram, parts.violations),
      mac_({.clock = parts.clock,
            .memory = memory_,
            .mdio = mdio_,
            .phy = phy_,
            .violations = parts.violations},
           MakeWiring()) {
  ConnectPhy();
}

Stm32EthWiring Ethernet::MakeWiring() {
  return {
      .has_transmit_clock =
          [this] {
            return parts_.rcc.IsSet(Rcc::kAhb1Enable, kTransmitClockBit) && has_reference_clock();
          },
      .has_receive_clock =
          [this] {
            return parts_.rcc.IsSet(Rcc::kAhb1Enable, kReceiveClockBit) && has_reference_clock();
          },
      .has_management_pins = [this] { return AreRouted(kManagement); },
      .has_transmit_pins = [this] { return AreRouted(kTransmit); },
      .has_receive_pins = [this] { return AreRouted(kReceive); },
      .hears_phy_address =
          [this](uint8_t address) { return address != 0 || faults_.hears_broadcast; }};
}

bool Ethernet::AreRouted(std::span<const EthernetPin> pins) const {
  return std::ranges::all_of(pins, [this](const EthernetPin& pin) {
    const Gpio& port = parts_.ports.at(static_cast<size_t>(pin.port - 'A'));
    if (pin.is_fast_output && port.speed(pin.number) < kSlowestSpeed) {
      parts_.violations.Add("ETH: an output of RMII is slower than 50 MHz (OSPEEDR)");
    }
    return port.IsRoutedTo(pin.number, kFunction);
  });
}

// With MII selected the MAC waits for clocks that this board does not have.
bool Ethernet::has_reference_clock() {
  return is_rmii() && AreRouted(kReferenceClock) && !faults_.no_reference_clock &&
         !faults_.phy_in_reset;
}

// RM0090 9.2.2: under reset of the MAC and before its clocks are on.
void Ethernet::CheckSelect() {
  was_rmii_ = is_rmii();
  const bool is_clocked = parts_.rcc.IsSet(Rcc::kAhb1Enable, kMacBit) ||
                          parts_.rcc.IsSet(Rcc::kAhb1Enable, kTransmitClockBit) ||
                          parts_.rcc.IsSet(Rcc::kAhb1Enable, kReceiveClockBit);
  if (is_clocked) {
    parts_.violations.Add("SYSCFG_PMC.MII_RMII_SEL changed with the clocks of the MAC on");
  }
  if (!parts_.rcc.IsSet(kAhb1Reset, kMacBit)) {
    parts_.violations.Add("SYSCFG_PMC.MII_RMII_SEL changed while the MAC is not held in reset");
  }
}

void Ethernet::ConnectPhy() {
  mdio_ = MdioModel();
  mdio_.SetFault(faults_.phy_in_reset ? MdioFault::kStuckHigh : faults_.mdio);
  mdio_.Attach(faults_.phy_address, phy_);
}

void Ethernet::SetFaults(const EthernetBoardFaults& faults) {
  const bool loses_power = faults.phy_in_reset != faults_.phy_in_reset;
  faults_ = faults;
  if (loses_power) {
    PowerCycle();
  } else {
    ConnectPhy();
  }
}

void Ethernet::PowerCycle() {
  phy_ = PhyModel(Ksz8081(parts_.violations));
  ConnectPhy();
  if (partner_ && !faults_.phy_in_reset) {
    mac_.PlugIn(*partner_);
  }
}

void Ethernet::PlugIn(const PhyPartner& partner) {
  partner_ = partner;
  if (!faults_.phy_in_reset) {
    mac_.PlugIn(partner);
  }
}

void Ethernet::Unplug() {
  partner_.reset();
  mac_.Unplug();
}

}  // namespace test
