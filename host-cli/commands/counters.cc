#include "host-cli/commands/counters.h"

#include <algorithm>
#include <type_traits>

#include "host-cli/format.h"
#include "host-cli/pattern.h"
#include "protocol/methods.h"

namespace netctl {
namespace {

// Every integer below `object`, with dotted names.
template <typename T>
void Flatten(const std::string& prefix, const T& object, std::vector<Counter>& list) {
  base::ForEachField(object, [&](std::string_view name, const auto& member) {
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (base::Described<Member>) {
      Flatten(prefix + std::string(name) + ".", member, list);
    } else if constexpr (std::is_integral_v<Member>) {
      list.push_back({prefix + std::string(name), member, sizeof(Member) * 8});
    }
  });
}

Expected<void> AppendDriver(Context& context, uint8_t interface,
                            const protocol::InterfaceStats& stats, std::vector<Counter>& list) {
  if (stats.driver.empty()) {
    return {};
  }
  const auto names = context.client.Call<protocol::DescribeDriver>({.interface = interface});
  if (!names) {
    return std::unexpected(names.error());
  }
  for (size_t i = 0; i < stats.driver.size(); ++i) {
    const std::string name =
        i < names->names.size() ? fmt::format("{}", names->names[i]) : std::to_string(i);
    list.push_back({fmt::format("eth{}.driver.{}", interface, name), stats.driver[i]});
  }
  return {};
}

}  // namespace

void Counters::Keep(std::string_view pattern) {
  std::erase_if(
      list, [pattern](const Counter& counter) { return !MatchesPattern(counter.name, pattern); });
}

Counters Counters::Since(const Counters& before) const {
  Counters delta = *this;
  for (Counter& counter : delta.list) {
    const uint64_t difference = counter.value - before.Value(counter.name);
    counter.value =
        counter.bits < 64 ? difference & ((uint64_t{1} << counter.bits) - 1) : difference;
  }
  return delta;
}

uint64_t Counters::Value(std::string_view name) const {
  const auto found = std::ranges::find(list, name, &Counter::name);
  return found == list.end() ? 0 : found->value;
}

Expected<Counters> ReadCounters(Context& context) {
  const auto report = context.client.Call<protocol::GetStats>();
  if (!report) {
    return std::unexpected(report.error());
  }
  Counters counters{.time_us = report->time_us, .list = {}};
  for (uint8_t i = 0; i < report->interfaces.size(); ++i) {
    Flatten(fmt::format("eth{}.", i), report->interfaces[i].ethernet, counters.list);
    if (const auto added = AppendDriver(context, i, report->interfaces[i], counters.list); !added) {
      return std::unexpected(added.error());
    }
  }
  Flatten("", report->stack, counters.list);
  Flatten("channel.", report->channel, counters.list);
  return counters;
}

}  // namespace netctl
