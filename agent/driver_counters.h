// The counters that a driver adds to the common ones, with their names, so that the host shows
// counters that it has never heard of.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "protocol/messages/stats.h"
#include "stack/base/fields.h"

namespace agent {

class DriverCounters {
 public:
  using Values = base::Bounded<uint32_t, 32>;

  virtual void ReadValues(Values& values) const = 0;
  virtual void ReadNames(protocol::DriverCounterNames& names) const = 0;
  virtual void Reset() = 0;

 protected:
  ~DriverCounters() = default;
};

// Structs of 32-bit counters with kFields. Drivers only ever add to them, so a reset keeps the
// values of that moment and shows differences.
template <base::Described... Stats>
class CountersOf final : public DriverCounters {
 public:
  // The structs outlive this object.
  explicit CountersOf(const Stats&... stats) : stats_(stats...) {}

  void ReadValues(Values& values) const override {
    ReadNow(values);
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] -= base_[i];
    }
  }
  void ReadNames(protocol::DriverCounterNames& names) const override {
    names.names.count = 0;
    VisitAll([&](std::string_view name, uint32_t) { names.names.Append(base::Text<24>(name)); });
  }
  void Reset() override { ReadNow(base_); }

 private:
  void ReadNow(Values& values) const {
    values.count = 0;
    VisitAll([&](std::string_view, uint32_t value) { values.Append(value); });
  }
  template <typename Visitor>
  void VisitAll(Visitor&& visit) const {
    std::apply([&](const auto&... stats) { (base::ForEachField(stats, visit), ...); }, stats_);
  }

  static_assert((size_t{0} + ... + Stats::kFields.kSize) <= Values::kCapacity);

  std::tuple<const Stats&...> stats_;
  Values base_;
};

}  // namespace agent
