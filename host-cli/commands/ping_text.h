// The lines of iputils ping.
#pragma once

#include <string>

#include "host-cli/report.h"
#include "protocol/messages/ping.h"

namespace netctl {

class PingText {
 public:
  // Prints the first line.
  PingText(Report& report, std::string host, const protocol::PingRequest& request);

  // With -q counted only, as ping does.
  void Step(const protocol::PingReply& reply);
  // The statistics.
  void End(const protocol::PingTotals& totals);

 private:
  void Count(uint32_t rtt_us);
  void Show(const protocol::PingReply& reply);
  void ShowReply(const protocol::PingReply& reply);

  Report& report_;
  std::string host_;
  uint32_t count_ = 0;
  uint64_t minimum_us_ = ~uint64_t{0};
  uint64_t maximum_us_ = 0;
  uint64_t sum_us_ = 0;
  double sum_of_squares_ = 0;
};

// As ping prints a time: "0.505", "1.23", "23.4", "123" milliseconds.
std::string PingTime(uint64_t microseconds);

}  // namespace netctl
