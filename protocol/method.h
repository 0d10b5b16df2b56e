// Method<id, Request, Response>: what can be asked, with types that follow from the name.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "stack/base/fields.h"

namespace protocol {

// A message without members.
struct Empty {
  static constexpr base::FieldList<> kFields{};
  constexpr bool operator==(const Empty&) const = default;
};

// A request and its one response.
template <uint16_t kMethodId, base::Described RequestType, base::Described ResponseType>
struct Method {
  static constexpr uint16_t kId = kMethodId;
  using Request = RequestType;
  using Response = ResponseType;
};

// A request that takes long: its response only says that it started. Progress and results are
// events that carry the request's number; JobEnded is the last of them. CancelJob ends it early.
template <uint16_t kMethodId, base::Described RequestType>
struct Job : Method<kMethodId, RequestType, Empty> {};

// What the agent sends unasked, or for a job.
template <uint16_t kEventId, base::Described PayloadType>
struct Event {
  static constexpr uint16_t kId = kEventId;
  using Payload = PayloadType;
};

template <typename... T>
struct TypeList {
  static constexpr size_t kSize = sizeof...(T);
};

template <typename... T>
consteval bool IdsAreUnique(TypeList<T...>) {
  std::array<uint16_t, sizeof...(T)> ids{T::kId...};
  std::sort(ids.begin(), ids.end());
  return std::adjacent_find(ids.begin(), ids.end()) == ids.end();
}

// Calls visit(std::type_identity<T>{}) for every T of the list.
template <typename... T, typename Visitor>
constexpr void ForEachType(TypeList<T...>, Visitor&& visit) {
  (visit(std::type_identity<T>{}), ...);
}

}  // namespace protocol
