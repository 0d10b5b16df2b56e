#include "tests/support/vboard/boards/stm32f4_rmii.h"

#include <algorithm>
#include <vector>

#include "tests/support/vboard/flash_image.h"
#include "tests/support/vboard/stm32f407.h"

namespace test {
namespace {

constexpr uint32_t kChannelUsart = 3;
constexpr uint8_t kOtherAddress = 3;
constexpr uint16_t kPhyPoweredDown = 0x3900;
constexpr PhyPartner kForcedFullDuplex{
    .negotiates = false, .abilities = 0, .speed_mbit = 100, .duplex = base::Duplex::kFull};

// A fault, and what of the chip or the board it changes.
struct FaultRow {
  BoardFault fault;
  void (*set)(Ethernet& ethernet, bool is_on);
};

template <auto kMember, auto kValue>
void SetBoard(Ethernet& ethernet, bool is_on) {
  EthernetBoardFaults faults = ethernet.faults();
  const EthernetBoardFaults none;
  faults.*kMember = is_on ? kValue : none.*kMember;
  ethernet.SetFaults(faults);
}

template <auto kMember, auto kValue>
void SetMac(Ethernet& ethernet, bool is_on) {
  Stm32EthFaults faults = ethernet.mac().faults();
  const Stm32EthFaults none;
  faults.*kMember = is_on ? kValue : none.*kMember;
  ethernet.mac().SetFaults(faults);
}

void SetAddress(Ethernet& ethernet, bool is_on) {
  EthernetBoardFaults faults = ethernet.faults();
  const EthernetBoardFaults none;
  faults.phy_address = is_on ? kOtherAddress : none.phy_address;
  faults.hears_broadcast = !is_on;
  ethernet.SetFaults(faults);
}

void SetPowerDown(Ethernet& ethernet, bool is_on) {
  if (is_on) {
    ethernet.phy().Write(0, kPhyPoweredDown);
  } else {
    ethernet.PowerCycle();
  }
}

void SetNoLink(Ethernet& ethernet, bool is_on) { is_on ? ethernet.Unplug() : ethernet.PlugIn({}); }

void SetDuplexMismatch(Ethernet& ethernet, bool is_on) {
  ethernet.PlugIn(is_on ? kForcedFullDuplex : PhyPartner{});
}

using Board = EthernetBoardFaults;
using Mac = Stm32EthFaults;

// clang-format off
constexpr FaultRow kFaults[] = {
    {{"no-ref-clk", "no 50 MHz at the REF_CLK pin"}, &SetBoard<&Board::no_reference_clock, true>},
    {{"phy-address", "the PHY straps to address 3 and does not answer at 0"}, &SetAddress},
    {{"mdio-stuck-high", "nobody drives MDIO"}, &SetBoard<&Board::mdio, MdioFault::kStuckHigh>},
    {{"mdio-stuck-low", "MDIO is shorted to ground"}, &SetBoard<&Board::mdio, MdioFault::kStuckLow>},
    {{"mdio-bit-slip", "every word of MDIO comes one bit late"}, &SetBoard<&Board::mdio, MdioFault::kBitSlip>},
    {{"mdio-noise", "one of four words of MDIO has a wrong bit"}, &SetMac<&Mac::mdio_noise_every, 4u>},
    {{"phy-in-reset", "the reset pin of the PHY is held low"}, &SetBoard<&Board::phy_in_reset, true>},
    {{"phy-power-down", "the PHY is in power-down (BMCR bit 11)"}, &SetPowerDown},
    {{"phy-no-link", "no cable"}, &SetNoLink},
    {{"duplex-mismatch", "the switch is forced to 100 Mbit/s full duplex"}, &SetDuplexMismatch},
    {{"rx-crc-errors", "one of eight frames arrives damaged"}, &SetMac<&Mac::receive_crc_every, 8u>},
    {{"rx-pins-swapped", "RXD0 and RXD1 are exchanged"}, &SetMac<&Mac::swaps_receive_pins, true>},
    {{"tx-pins-open", "nothing that is sent reaches the wire"}, &SetMac<&Mac::cuts_transmit_pins, true>},
    {{"tx-underflow", "memory answers too late for one of eight frames sent"}, &SetMac<&Mac::underflow_every, 8u>},
    {{"dma-bus-error", "one of 64 accesses of the DMA to a buffer fails"}, &SetMac<&Mac::bus_error_every, 64u>},
    {{"rbu-stall", "without a buffer the receive DMA stops until it is told to go on"}, &SetMac<&Mac::stays_suspended, true>},
    {{"dead-interrupt", "the interrupt line of the MAC never rises"}, &SetMac<&Mac::dead_interrupt, true>},
};
// clang-format on

// The cable's other end goes through the board, which knows what stays when the PHY loses power.
class Port final : public NetworkPort {
 public:
  explicit Port(Ethernet& ethernet) : ethernet_(ethernet) {}
  bool Deliver(base::ConstByteSpan frame) override { return ethernet_.mac().Deliver(frame); }
  std::deque<ByteVector>& sent() override { return ethernet_.mac().sent(); }
  void PlugIn(const PhyPartner& partner) override { ethernet_.PlugIn(partner); }
  void Unplug() override { ethernet_.Unplug(); }

 private:
  Ethernet& ethernet_;
};

class Stm32f4Rmii final : public VirtualBoard {
 public:
  explicit Stm32f4Rmii(const VirtualBoardOptions& options)
      : chip_({.flash_file = "", .seed = options.seed}), port_(chip_.ethernet()) {
    chip_.LoadFlash(ReadFlashImage(options.image, FlashController::kBase, FlashController::kSize));
    chip_.PowerCycle();
    port_.PlugIn({});
    std::ranges::transform(kFaults, std::back_inserter(faults_), &FaultRow::fault);
  }

  std::string_view name() const override { return "stm32f4-rmii"; }
  bool RunSlice() override { return chip_.RunSlice(); }
  void RunFor(VirtualTime duration) override { chip_.RunFor(duration); }
  VirtualTime now() const override { return chip_.now(); }
  uint64_t instructions() const override { return chip_.instructions(); }
  void SetSerialSink(std::function<void(std::byte)> sink) override {
    chip_.usart(kChannelUsart).SetSink(std::move(sink));
  }
  void SerialReceive(base::ConstByteSpan bytes) override {
    chip_.usart(kChannelUsart).Receive(bytes);
  }
  size_t serial_unreceived() const override { return chip_.usart(kChannelUsart).waiting(); }
  NetworkPort& network() override { return port_; }
  void PowerCycle() override { chip_.PowerCycle(); }
  const std::vector<std::string>& violations() const override { return chip_.violations(); }
  std::span<const BoardFault> faults() const override { return faults_; }
  bool SetFault(std::string_view name, bool is_on) override {
    const auto* found =
        std::ranges::find(kFaults, name, [](const FaultRow& row) { return row.fault.name; });
    if (found == std::end(kFaults)) {
      return false;
    }
    found->set(chip_.ethernet(), is_on);
    return true;
  }

 private:
  Stm32f407 chip_;
  Port port_;
  std::vector<BoardFault> faults_;
};

}  // namespace

std::unique_ptr<VirtualBoard> MakeStm32f4Rmii(const VirtualBoardOptions& options) {
  return std::make_unique<Stm32f4Rmii>(options);
}

}  // namespace test
