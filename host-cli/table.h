// A table: aligned columns for people, an array of objects for programs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host-cli/json.h"

namespace netctl {

enum class Style : uint8_t { kPlain, kBold, kDim, kGood, kWarning, kBad };

struct Cell {
  std::string text;
  Style style = Style::kPlain;
  bool right = false;  // aligned to the right: numbers

  Cell(std::string cell_text, Style cell_style = Style::kPlain)  // NOLINT
      : text(std::move(cell_text)), style(cell_style) {}
  Cell(const char* cell_text) : text(cell_text) {}       // NOLINT
  Cell(std::string_view cell_text) : text(cell_text) {}  // NOLINT
  template <std::integral T>
  Cell(T number) : text(std::to_string(number)), right(true) {}  // NOLINT
};

class Table {
 public:
  explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}

  void Row(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }

  // Lines, two blanks between columns, nothing behind the last; `paint` gets text and style.
  template <typename Paint>
  std::string Format(Paint&& paint) const;

 private:
  std::vector<size_t> Widths() const;

  std::vector<std::string> headings_;
  std::vector<std::vector<Cell>> rows_;
};

// Columns that `text` takes on a terminal: code points.
size_t DisplayWidth(std::string_view text);

template <typename Paint>
std::string Table::Format(Paint&& paint) const {
  const std::vector<size_t> widths = Widths();
  const auto line = [&](const std::vector<Cell>& cells) {
    std::string out;
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string pad(widths[i] - DisplayWidth(cells[i].text), ' ');
      const std::string text = paint(cells[i].style, cells[i].text);
      const bool last = i + 1 == cells.size();
      out += cells[i].right ? pad + text : last ? text : text + pad;
      out += last ? "\n" : "  ";
    }
    return out;
  };
  std::string out;
  if (!headings_.empty()) {
    std::vector<Cell> headings;
    for (size_t i = 0; i < headings_.size(); ++i) {
      headings.emplace_back(headings_[i], Style::kDim);
      headings.back().right = !rows_.empty() && i < rows_[0].size() && rows_[0][i].right;
    }
    out += line(headings);
  }
  for (const auto& row : rows_) {
    out += line(row);
  }
  return out;
}

}  // namespace netctl
