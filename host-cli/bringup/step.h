// A bring-up is a table of steps, in order; each gets what the ones before it found out.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host-cli/context.h"
#include "host-cli/peer/peer_address.h"
#include "protocol/methods.h"

namespace netctl {

enum class Verdict : uint8_t { kPass, kFail, kError, kSkip };

struct StepResult {
  Verdict verdict = Verdict::kPass;
  std::string figure{};           // what was measured, or what went wrong: one line
  std::string advice{};           // of a step that did not pass: what to try next
  ExitCode code = ExitCode::kOk;  // of kError: what the whole command ends with
};

struct BringUpOptions {
  uint8_t interface = 0;
  std::string peer;
  base::Duration perf_time = std::chrono::seconds(2);  // each direction
  uint32_t http_bytes = 4 * 1024 * 1024;
  double min_mbit = 0;
  base::Duration link_wait = std::chrono::seconds(10);
};

// What the steps share.
struct BringUp {
  Context& context;
  const BringUpOptions& options;
  protocol::Info info{};
  protocol::PhyFound phy{};
  protocol::IpStatus ip{};
  protocol::PoolReport pools_before{};
  std::optional<PeerAddress> peer{};

  Client& client() const { return context.client; }
  const protocol::InterfaceInfo& interface() const { return info.interfaces[options.interface]; }
};

struct Step {
  const char* name;       // unique
  const char* classname;  // of the JUnit report, behind "bringup."
  const char* needs;      // name of the step that must not have failed; nullptr: none
  StepResult (*run)(BringUp&);
};

// THE table: steps.cc.
std::span<const Step> BringUpSteps();

// Makes results.
StepResult Passed(std::string figure);
StepResult Failed(std::string figure, std::string advice);
StepResult Skipped(std::string why);
// The board or the channel failed rather than the test.
StepResult FromError(const Error& error, std::string advice = {});

}  // namespace netctl
