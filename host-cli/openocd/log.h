// What OpenOCD says on stderr.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace netctl {

// Grows while an OpenOcdRpc waits.
class OpenOcdLog {
 public:
  // Its last 64 KiB, whole lines or not.
  const std::string& text() const { return text_; }
  void Clear() { text_.clear(); }
  // Gets every whole line from now on.
  void OnLine(std::function<void(std::string_view line)> listener) {
    listener_ = std::move(listener);
  }
  void Add(std::string_view text);

 private:
  std::string text_;
  std::string line_;
  std::function<void(std::string_view)> listener_;
};

}  // namespace netctl
