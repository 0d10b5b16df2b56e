#include "tests/support/vboard/boards/stm32f4_serial.h"

#include "tests/support/vboard/flash_image.h"
#include "tests/support/vboard/stm32f407.h"

namespace test {
namespace {

constexpr uint32_t kUsart = 3;

class NoCable final : public NetworkPort {
 public:
  bool Deliver(base::ConstByteSpan) override { return false; }
  std::deque<ByteVector>& sent() override { return sent_; }
  void PlugIn(const PhyPartner&) override {}
  void Unplug() override {}

 private:
  std::deque<ByteVector> sent_;
};

class Stm32f4Serial final : public VirtualBoard {
 public:
  explicit Stm32f4Serial(const VirtualBoardOptions& options)
      : chip_({.flash_file = {}, .seed = options.seed}) {
    if (!options.image.empty()) {
      chip_.LoadFlash(
          ReadFlashImage(options.image, FlashController::kBase, FlashController::kSize));
      chip_.PowerCycle();
    }
  }

  std::string_view name() const override { return "stm32f4-rmii"; }
  bool RunSlice() override { return chip_.RunSlice(); }
  void RunFor(VirtualTime duration) override { chip_.RunFor(duration); }
  VirtualTime now() const override { return chip_.now(); }
  uint64_t instructions() const override { return 0; }
  void SetSerialSink(std::function<void(std::byte)> sink) override {
    chip_.usart(kUsart).SetSink(std::move(sink));
  }
  void SerialReceive(base::ConstByteSpan bytes) override { chip_.usart(kUsart).Receive(bytes); }
  size_t serial_unreceived() const override { return waiting(); }
  NetworkPort& network() override { return network_; }
  void PowerCycle() override { chip_.PowerCycle(); }
  const std::vector<std::string>& violations() const override { return chip_.violations(); }
  std::span<const BoardFault> faults() const override { return {}; }
  bool SetFault(std::string_view, bool) override { return false; }

 private:
  size_t waiting() const { return const_cast<Stm32f407&>(chip_).usart(kUsart).waiting(); }

  Stm32f407 chip_;
  NoCable network_;
};

}  // namespace

std::unique_ptr<VirtualBoard> MakeStm32f4Serial(const VirtualBoardOptions& options) {
  return std::make_unique<Stm32f4Serial>(options);
}

}  // namespace test
