// The command line of vboard.
#pragma once

#include <string>
#include <vector>

#include "agent/boards/sim/port_forward.h"
#include "tests/support/vboard/virtual_board.h"

namespace test {

struct VboardOptions {
  std::string board;
  VirtualBoardOptions settings;
  std::string tap;  // empty: user-mode network
  std::vector<agent::sim::PortForward> forwards;
  std::vector<std::string> faults;
  std::string control;  // path of a socket; empty: none
  bool is_strict = true;
  bool wants_list = false;
  bool wants_help = false;
};

// Throws std::runtime_error that says what is wrong.
VboardOptions ParseVboardOptions(const std::vector<std::string>& arguments);

std::string VboardHelp();

}  // namespace test
