// The kinds of target that vprobe knows.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tests/support/vprobe/target.h"

namespace test {

class Target {
 public:
  virtual ~Target() = default;
  virtual TargetBus& bus() = 0;
  virtual TargetCore& core() = 0;
};

struct TargetSettings {
  std::string argument;                  // what stands behind the first colon
  std::filesystem::path program_folder;  // of vprobe itself
  std::string nic = "user,model=lan9118";
};

// One row for each kind; `make` throws std::exception with a text for the user.
struct TargetKind {
  std::string_view name;
  std::string_view usage;
  std::string_view help;
  std::unique_ptr<Target> (*make)(const TargetSettings& settings);
};

std::span<const TargetKind> TargetKinds();

// "KIND[:ARGUMENT]"; throws std::runtime_error for an unknown kind, and what `make` throws.
std::unique_ptr<Target> MakeTarget(std::string_view text, TargetSettings settings);

}  // namespace test
