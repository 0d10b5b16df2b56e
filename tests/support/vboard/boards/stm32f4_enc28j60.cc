#include "tests/support/vboard/boards/stm32f4_enc28j60.h"

#include <algorithm>
#include <vector>

#include "tests/support/enc28j60_model.h"
#include "tests/support/vboard/flash_image.h"
#include "tests/support/vboard/stm32f407.h"

namespace test {
namespace {

constexpr uint32_t kChannelUsart = 3;
constexpr char kSelectPort = 'A';
constexpr uint32_t kSelectPin = 4;
constexpr char kControlPort = 'C';
constexpr uint32_t kInterruptPin = 4;
constexpr uint32_t kResetPin = 5;
constexpr uint32_t kSlowdown = 8;
constexpr BoardFault kSpiTooSlow = {
    "spi-too-slow", "SCK has an eighth of its rate, too slow for this ENC28J60 (erratum 1)"};

// The ENC28J60 on the wires of the board; time passes for it as for the blocks of the chip.
class SpiEthernet final : public Peripheral {
 public:
  SpiEthernet(Stm32f407& chip, uint32_t seed)
      : chip_(chip), ethernet_({.seed = seed, .is_paced = true}, chip.clock(), chip.record()) {
    chip_.Attach(*this);
    chip_.spi1().SetPeer(
        [this](std::byte out, const SpiClock& clock) { return Exchange(out, clock); });
    chip_.gpio(kSelectPort).AddOutputListener([this](uint32_t pin, bool is_high) {
      if (pin == kSelectPin) {
        OnSelect(is_high);
      }
    });
    chip_.gpio(kControlPort).AddOutputListener([this](uint32_t pin, bool is_high) {
      if (pin == kResetPin) {
        ethernet_.SetResetPin(is_high);
        DriveInterrupt();
      }
    });
    DriveInterrupt();
  }

  Enc28j60Model& ethernet() { return ethernet_; }
  void SetTooSlow(bool is_on) {
    slowdown_ = is_on ? kSlowdown : 1;
    chip_.spi1().SetSlowdown(slowdown_);
    ethernet_.SetRevision(is_on ? Enc28j60Revision::kB4 : Enc28j60Revision::kB7);
    ethernet_.SetUnreliable(is_on);
  }

  // Peripheral: it has no registers on the bus. A reset of the chip lets go of all pins.
  void Reset() override {
    ethernet_.Release();
    ethernet_.SetResetPin(true);
    DriveInterrupt();
  }
  uint32_t Read(uint32_t) override { return 0; }
  void Write(uint32_t, uint32_t) override {}
  void Advance() override {
    ethernet_.Advance();
    DriveInterrupt();
  }
  VirtualTime next_event() const override { return ethernet_.next_event(); }

 private:
  std::byte Exchange(std::byte out, const SpiClock& clock) {
    if (ethernet_.is_selected() && (clock.polarity || clock.phase)) {
      chip_.record().Add("ENC28J60: SPI mode is not 0");
    }
    // What the firmware has set counts, not what the board makes of it.
    ethernet_.SetSpiRate(clock.hertz * slowdown_);
    const std::byte in = ethernet_.Exchange(out);
    DriveInterrupt();
    return in;
  }
  void OnSelect(bool is_high) {
    if (chip_.spi1().is_busy()) {
      chip_.record().Add("ENC28J60: CS changes while the SPI moves a byte");
    }
    is_high ? ethernet_.Deselect() : ethernet_.Select();
    DriveInterrupt();
  }
  void DriveInterrupt() {
    chip_.gpio(kControlPort).SetInput(kInterruptPin, ethernet_.interrupt_pin());
  }

  Stm32f407& chip_;
  Enc28j60Model ethernet_;
  uint32_t slowdown_ = 1;
};

class Stm32f4Enc28j60 final : public VirtualBoard {
 public:
  explicit Stm32f4Enc28j60(const VirtualBoardOptions& options)
      : chip_({.flash_file = "", .seed = options.seed}), spi_ethernet_(chip_, options.seed) {
    chip_.LoadFlash(ReadFlashImage(options.image, FlashController::kBase, FlashController::kSize));
    PowerCycle();
    network().PlugIn({});
    faults_.assign(Enc28j60Model::faults().begin(), Enc28j60Model::faults().end());
    faults_.push_back(kSpiTooSlow);
  }

  std::string_view name() const override { return "stm32f4-enc28j60"; }
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
  NetworkPort& network() override { return spi_ethernet_.ethernet(); }
  void PowerCycle() override {
    chip_.PowerCycle();
    spi_ethernet_.ethernet().PowerOn();
  }
  const std::vector<std::string>& violations() const override { return chip_.violations(); }
  std::span<const BoardFault> faults() const override { return faults_; }
  bool SetFault(std::string_view name, bool is_on) override {
    if (name == kSpiTooSlow.name) {
      spi_ethernet_.SetTooSlow(is_on);
      return true;
    }
    return spi_ethernet_.ethernet().SetFault(name, is_on);
  }

 private:
  Stm32f407 chip_;
  SpiEthernet spi_ethernet_;
  std::vector<BoardFault> faults_;
};

}  // namespace

std::unique_ptr<VirtualBoard> MakeStm32f4Enc28j60(const VirtualBoardOptions& options) {
  return std::make_unique<Stm32f4Enc28j60>(options);
}

}  // namespace test
