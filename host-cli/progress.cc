#include "host-cli/progress.h"

#include <algorithm>

#include <fmt/format.h>

namespace netctl {
namespace {

constexpr base::Duration kRedraw = std::chrono::milliseconds(100);
constexpr uint64_t kBarWidth = 24;

std::string Bar(uint64_t done, uint64_t total) {
  const uint64_t filled = std::min(done, total) * kBarWidth / total;
  return fmt::format("[{}{}] {:3}%", std::string(filled, '#'), std::string(kBarWidth - filled, '.'),
                     std::min(done, total) * 100 / total);
}

}  // namespace

Progress::Progress(Report& report, std::string what, uint64_t total)
    : report_(report), what_(std::move(what)), total_(total) {
  report_.progress_ = this;
}

Progress::~Progress() {
  Clear();
  report_.progress_ = nullptr;
}

void Progress::Update(uint64_t done, base::Instant now, std::string_view detail) {
  if (!report_.options_.show_progress || report_.options_.quiet || now < next_draw_) {
    return;
  }
  next_draw_ = now + kRedraw;
  const std::string amount = total_ == 0 ? std::to_string(done) : Bar(done, total_);
  report_.output_.err(fmt::format("\r{} {} {}\x1b[K", what_, amount, detail));
  visible_ = true;
}

void Progress::Clear() {
  if (visible_) {
    report_.output_.err("\r\x1b[K");
    visible_ = false;
  }
  next_draw_ = {};
}

}  // namespace netctl
