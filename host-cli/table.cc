#include "host-cli/table.h"

#include <algorithm>

namespace netctl {

size_t DisplayWidth(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::vector<size_t> Table::Widths() const {
  std::vector<size_t> widths;
  const auto grow = [&widths](size_t column, std::string_view text) {
    widths.resize(std::max(widths.size(), column + 1));
    widths[column] = std::max(widths[column], DisplayWidth(text));
  };
  for (size_t i = 0; i < headings_.size(); ++i) {
    grow(i, headings_[i]);
  }
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) {
      grow(i, row[i].text);
    }
  }
  return widths;
}

}  // namespace netctl
