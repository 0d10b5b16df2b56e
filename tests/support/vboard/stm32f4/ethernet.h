// The Ethernet of an STM32F407 with what it depends on, clocks, RMII select and pins, and the PHY
// of the board, a KSZ8081 that makes REF_CLK.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "tests/support/stm32_eth_model.h"
#include "tests/support/vboard/stm32f4/gpio.h"
#include "tests/support/vboard/stm32f4/rcc.h"
#include "tests/support/vboard/stm32f4/register_file.h"
#include "tests/support/vboard/stm32f4/sram_dma.h"

namespace test {

// How the board differs from a good one.
struct EthernetBoardFaults {
  bool no_reference_clock = false;
  bool phy_in_reset = false;    // does not answer, makes no clock
  uint8_t phy_address = 1;      // as strapped; a KSZ8081 also answers at 0
  bool hears_broadcast = true;  // false: strapped not to
  MdioFault mdio = MdioFault::kNone;
};

class Ethernet {
 public:
  static constexpr uint32_t kBase = 0x4002'8000;
  static constexpr uint32_t kInterrupt = 61;

  struct Parts {
    const BoardClock& clock;
    const Rcc& rcc;
    RegisterFile& syscfg;
    const std::deque<Gpio>& ports;
    uint32_t ram_base;
    base::ByteSpan ram;
    Violations& violations;
  };
  explicit Ethernet(const Parts& parts);

  Stm32EthModel& mac() { return mac_; }
  PhyModel& phy() { return phy_; }
  const EthernetBoardFaults& faults() const { return faults_; }
  void SetFaults(const EthernetBoardFaults& faults);
  // The PHY loses its settings; the cable stays.
  void PowerCycle();
  void PlugIn(const PhyPartner& partner);
  void Unplug();
  void OnChipReset() { was_rmii_ = is_rmii(); }
  // Behind each write to a register of the chip.
  void OnChipWrite() {
    if (is_rmii() != was_rmii_) {
      CheckSelect();
    }
  }

 private:
  bool is_rmii() { return (parts_.syscfg.Peek(kPmc) >> kRmiiBit & 1) != 0; }
  void CheckSelect();
  void ConnectPhy();
  bool has_reference_clock();
  bool AreRouted(std::span<const struct EthernetPin> pins) const;
  Stm32EthWiring MakeWiring();

  static constexpr uint32_t kPmc = 0x04;
  static constexpr uint32_t kRmiiBit = 23;

  Parts parts_;
  EthernetBoardFaults faults_;
  bool was_rmii_ = false;
  std::optional<PhyPartner> partner_;
  PhyModel phy_;
  MdioModel mdio_;
  SramDma memory_;
  Stm32EthModel mac_;
};

}  // namespace test
