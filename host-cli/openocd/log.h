// What OpenOCD says on stderr.
#pragma once

#include <string>
#include <string_view>

namespace netctl {

// Grows while an OpenOcdRpc waits.
class OpenOcdLog {
 public:
  // Its last 64 KiB, whole lines or not.
  const std::string& text() const { return text_; }
  void Clear() { text_.clear(); }
  void Add(std::string_view text);

 private:
  std::string text_;
  std::string line_;
};

}  // namespace netctl
