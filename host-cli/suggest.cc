#include "host-cli/suggest.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace netctl {
namespace {

// Edits (insert, delete, replace, swap of neighbours) between two words.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) {
    last[j] = j;
  }
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string DidYouMean(std::string_view word, std::span<const std::string> known) {
  constexpr size_t kLongestWord = 64;
  if (word.size() > kLongestWord) {
    return {};
  }
  const std::string* best = nullptr;
  size_t best_distance = std::max<size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const size_t distance = EditDistance(word, candidate);
    const bool begins = word.size() > 1 && candidate.starts_with(word);
    if (distance < best_distance || (begins && best == nullptr)) {
      best = &candidate;
      best_distance = std::min(distance, best_distance);
    }
  }
  return best == nullptr ? std::string() : fmt::format(" (did you mean '{}'?)", *best);
}

}  // namespace netctl
