#include "tests/support/vprobe/faults.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace test {
namespace {

constexpr std::string_view kSeparators = ": ";

// The text up to the next separator, which is taken away.
std::string_view TakeWord(std::string_view& text) {
  const size_t end = text.find_first_of(kSeparators);
  const std::string_view word = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return word;
}

std::optional<uint64_t> Number(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

bool Faults::Set(std::string_view text) {
  std::string_view name = TakeWord(text);
  std::optional<uint64_t> delay;
  if (const size_t equals = name.find('='); equals != std::string_view::npos) {
    delay = Number(name.substr(equals + 1));
    name = name.substr(0, equals);
    if (name != "slow" || !delay) {
      return false;
    }
  }
  const auto known = std::ranges::find(kFaultNames, name);
  if (known == kFaultNames.end()) {
    return false;
  }
  const auto kind = static_cast<FaultKind>(known - kFaultNames.begin());
  uint64_t every = 1;
  uint64_t count = kind == FaultKind::kUnplug ? 1 : std::numeric_limits<uint64_t>::max();
  for (uint64_t* const argument : {&every, &count}) {
    if (text.empty()) {
      break;
    }
    const std::optional<uint64_t> value = Number(TakeWord(text));
    if (!value) {
      return false;
    }
    *argument = *value;
  }
  if (!text.empty()) {
    return false;
  }
  delay_ = delay ? std::chrono::microseconds(*delay) : delay_;
  Set(kind, every, count);
  return true;
}

void Faults::Set(FaultKind kind, uint64_t every, uint64_t count) {
  plans_[static_cast<size_t>(kind)] = {.every = every, .left = count};
}

bool Faults::Happens(FaultKind kind) {
  Plan& plan = plans_[static_cast<size_t>(kind)];
  if (plan.every == 0 || plan.left == 0 || random_() % plan.every != 0) {
    return false;
  }
  --plan.left;
  ++injected_[static_cast<size_t>(kind)];
  return true;
}

}  // namespace test
