// Status and Result: what can happen, as values.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

namespace base {

// What a user must be told apart. The same values travel on the host <-> agent wire, so numbers are
// never reused.
enum class [[nodiscard]] Status : uint8_t {
  kOk = 0,
  kUnavailable = 1,        // not now; try again when something changed
  kResourceExhausted = 2,  // a bounded table, queue or pool is full
  kInvalidArgument = 3,
  kDataLoss = 4,  // a check sequence or a comparison failed
  kDeadlineExceeded = 5,
  kNotFound = 6,
  kUnimplemented = 7,  // this hardware or build cannot do it
  kRefused = 8,        // the peer said no (TCP RST to a SYN, DHCP NAK, DNS REFUSED)
  kReset = 9,          // the peer ended an established connection with RST
  kClosed = 10,        // end of stream
  kUnreachable = 11,   // no route, no neighbour, or ICMP said so
  kBusy = 12,          // somebody else holds it
  kCancelled = 13,
};
inline constexpr uint8_t kStatusCount = 14;

template <typename T>
using Result = std::expected<T, Status>;

// The status in the field's own words, for example "deadline exceeded".
constexpr std::string_view StatusName(Status status) {
  constexpr std::string_view kNames[kStatusCount] = {"ok",
                                                     "unavailable",
                                                     "resource exhausted",
                                                     "invalid argument",
                                                     "data loss",
                                                     "deadline exceeded",
                                                     "not found",
                                                     "unimplemented",
                                                     "refused",
                                                     "reset",
                                                     "closed",
                                                     "unreachable",
                                                     "busy",
                                                     "cancelled"};
  const auto index = static_cast<uint8_t>(status);
  return index < kStatusCount ? kNames[index] : std::string_view("unknown");
}

// Ends the calling function, which returns a Status or a Result, with the first failure.
#define RETURN_IF_ERROR(expression)                        \
  if (const ::base::Status status_if_error = (expression); \
      status_if_error != ::base::Status::kOk) {            \
    return ::base::internal::Failure(status_if_error);     \
  }                                                        \
  static_assert(true)

namespace internal {
// Converts to Status and to any Result<T>, so that RETURN_IF_ERROR serves both.
class Failure {
 public:
  constexpr explicit Failure(Status status) : status_(status) {}
  constexpr operator Status() const { return status_; }
  template <typename T>
  constexpr operator Result<T>() const {
    return std::unexpected(status_);
  }

 private:
  Status status_;
};
}  // namespace internal

}  // namespace base
