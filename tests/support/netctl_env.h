// The real command line against a fake agent: arguments in, output and exit code out.
//
//   NetctlEnv env;
//   env.agent().Answer<protocol::GetInfo>(info);
//   env.ExpectOutput({"info"}, "board              mps2\n...");
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host-cli/exit_code.h"
#include "tests/support/fake_agent.h"

namespace test {

// A folder of its own as working, runtime and configuration directory, no variable of the user's;
// everything is put back at the end.
class CleanEnvironment {
 public:
  CleanEnvironment();
  ~CleanEnvironment();
  CleanEnvironment(const CleanEnvironment&) = delete;
  CleanEnvironment& operator=(const CleanEnvironment&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  void Set(const std::string& name, const std::string& value);
  void Write(const std::string& file, const std::string& text) const;

 private:
  std::filesystem::path folder_;
  std::filesystem::path previous_;
  std::map<std::string, std::optional<std::string>> saved_;
};

struct Outcome {
  netctl::ExitCode code = netctl::ExitCode::kOk;
  std::string out;
  std::string err;
};

// Runs one command line with real channels.
Outcome RunNetctl(const std::vector<std::string>& arguments);

class NetctlEnv {
 public:
  FakeAgent& agent() { return agent_; }
  CleanEnvironment& environment() { return environment_; }
  // What the board prints as soon as it is opened.
  void set_console_text(std::string text) { console_text_ = std::move(text); }
  // The board is gone behind the first `messages` it sends.
  void LoseBoardAfter(size_t messages) { lose_after_ = messages; }
  // The first message that is waited for does not come; a signal does.
  void InterruptWait(int signal) { interrupt_ = signal; }

  Outcome Run(const std::vector<std::string>& arguments);
  // Exit code 0, and exactly `out` on stdout.
  void ExpectOutput(const std::vector<std::string>& arguments, const std::string& out);
  void ExpectExit(const std::vector<std::string>& arguments, netctl::ExitCode code);

  // How often a board was opened, and with which channel last.
  int opened() const { return opened_; }
  const std::string& channel() const { return channel_; }

 private:
  CleanEnvironment environment_;
  FakeAgent agent_;
  std::string console_text_;
  std::optional<size_t> lose_after_;
  int interrupt_ = 0;
  int opened_ = 0;
  std::string channel_;
};

}  // namespace test
