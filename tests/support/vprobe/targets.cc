#include "tests/support/vprobe/targets.h"

#include <algorithm>
#include <stdexcept>

#include "tests/support/vprobe/array_target.h"
#include "tests/support/vprobe/qemu_target.h"
#include "tests/support/vprobe/stm32f407_target.h"

namespace test {
namespace {

// clang-format off
constexpr TargetKind kKinds[] = {
    {"array", "array[:ADDRESS:SIZE]", "plain memory (hexadecimal; 20000000:10000), no core behind it", MakeArrayTarget},
    {"qemu", "qemu[:IMAGE]", "QEMU's mps2-an386 with this firmware; its PSRAM at 0x21000000, live", MakeQemuTarget},
    {"stm32f407", "stm32f407[:IMAGE][:flash=FILE]", "virtual STM32F407, IMAGE in its flash memory; FILE keeps that memory", MakeStm32f407Target},
};
// clang-format on

}  // namespace

std::span<const TargetKind> TargetKinds() { return kKinds; }

std::unique_ptr<Target> MakeTarget(std::string_view text, TargetSettings settings) {
  const size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const auto kind = std::ranges::find(kKinds, name, &TargetKind::name);
  if (kind == std::end(kKinds)) {
    throw std::runtime_error("no such target: " + std::string(text));
  }
  settings.argument = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  return kind->make(settings);
}

}  // namespace test
