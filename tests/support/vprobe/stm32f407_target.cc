#include "tests/support/vprobe/stm32f407_target.h"

#include <cstdio>

#include "tests/support/vboard/flash_image.h"
#include "tests/support/vboard/stm32f407.h"

namespace test {
namespace {

constexpr std::string_view kFlashOption = "flash=";

struct Arguments {
  std::string image;
  std::string flash_file;
};

Arguments Split(const std::string& text) {
  if (text.starts_with(kFlashOption)) {
    return {.image = "", .flash_file = text.substr(kFlashOption.size())};
  }
  const size_t option = text.find(":" + std::string(kFlashOption));
  if (option == std::string::npos) {
    return {.image = text, .flash_file = ""};
  }
  return {.image = text.substr(0, option),
          .flash_file = text.substr(option + 1 + kFlashOption.size())};
}

class Stm32f407Target final : public Target {
 public:
  explicit Stm32f407Target(const Arguments& arguments)
      : board_({.flash_file = arguments.flash_file}) {
    if (!arguments.image.empty()) {
      board_.LoadFlash(
          ReadFlashImage(arguments.image, FlashController::kBase, FlashController::kSize));
      board_.PowerCycle();
    }
  }
  ~Stm32f407Target() override {
    for (const std::string& text : board_.violations()) {
      std::fprintf(stderr, "stm32f407: %s\n", text.c_str());
    }
  }
  TargetBus& bus() override { return board_; }
  TargetCore& core() override { return board_; }

 private:
  Stm32f407 board_;
};

}  // namespace

std::unique_ptr<Target> MakeStm32f407Target(const TargetSettings& settings) {
  return std::make_unique<Stm32f407Target>(Split(settings.argument));
}

}  // namespace test
