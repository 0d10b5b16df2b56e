// vboard: runs the firmware image of a board on models of its chips. See --help.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "tests/support/vboard/program/image.h"
#include "tests/support/vboard/program/options.h"
#include "tests/support/vboard/program/runner.h"

namespace {

constexpr int kViolations = 1;
constexpr int kFailed = 2;

const test::VirtualBoardType& FindBoard(std::string_view name) {
  const auto types = test::virtual_board_types();
  const auto found = std::ranges::find(types, name, &test::VirtualBoardType::name);
  if (found != types.end()) {
    return *found;
  }
  std::string known;
  for (const test::VirtualBoardType& type : types) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", type.name);
  }
  throw std::runtime_error(fmt::format("no virtual board '{}'; there is: {}", name, known));
}

void List(const std::string& board) {
  if (board.empty()) {
    for (const test::VirtualBoardType& type : test::virtual_board_types()) {
      std::puts(std::string(type.name).c_str());
    }
    return;
  }
  const test::VirtualBoardType& type = FindBoard(board);
  const std::string image = test::FindBoardImage(type.name).string();
  const std::unique_ptr<test::VirtualBoard> made = type.make({.image = image});
  for (const test::BoardFault& fault : made->faults()) {
    std::puts(fmt::format("{:<24} {}", fault.name, fault.text).c_str());
  }
}

int Run(test::VboardOptions& options) {
  const test::VirtualBoardType& type = FindBoard(options.board);
  std::string& image = options.settings.image;
  if (image.empty()) {
    image = test::FindBoardImage(type.name).string();
  } else if (!std::filesystem::exists(image)) {
    throw std::runtime_error(fmt::format("firmware image {} does not exist", image));
  }
  const std::unique_ptr<test::VirtualBoard> board = type.make(options.settings);
  test::Runner(*board, options).Run();
  for (const std::string& text : board->violations()) {
    std::fprintf(stderr, "vboard: %s: %s\n", options.board.c_str(), text.c_str());
  }
  return options.is_strict && !board->violations().empty() ? kViolations : 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    test::VboardOptions options = test::ParseVboardOptions({argv + 1, argv + argc});
    if (options.wants_help) {
      std::fputs(test::VboardHelp().c_str(), stdout);
      return 0;
    }
    if (options.wants_list) {
      List(options.board);
      return 0;
    }
    return Run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "vboard: %s; see vboard --help\n", error.what());
    return kFailed;
  }
}
