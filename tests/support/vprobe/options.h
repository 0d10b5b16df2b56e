// The command line of vprobe.
#pragma once

#include <string>
#include <vector>

#include "tests/support/vprobe/session.h"

namespace test {

struct VprobeOptions {
  SessionSettings session;
  TargetSettings target_settings;
  std::string target;
  std::vector<std::string> command;
  bool help = false;
};

// Throws std::runtime_error that says what is wrong.
VprobeOptions ParseVprobeOptions(const std::vector<std::string>& arguments);

std::string VprobeHelp();

}  // namespace test
