// What the firmware did that the chip's manual forbids.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace test {

class Violations {
 public:
  static constexpr size_t kMaxTexts = 100;

  // Each text is kept once, and no more than kMaxTexts of them.
  void Add(std::string text) {
    if (texts_.size() < kMaxTexts && std::ranges::find(texts_, text) == texts_.end()) {
      texts_.push_back(std::move(text));
    }
  }
  void Clear() { texts_.clear(); }
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::vector<std::string> texts_;
};

}  // namespace test
