#include "tests/support/netctl_env.h"

#include <csignal>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <system_error>

#include <gtest/gtest.h>

#include "host-cli/app.h"
#include "host-cli/clock.h"
#include "host-cli/interrupt.h"
#include "host-cli/open_port.h"

namespace test {
namespace {

constexpr const char* kVariables[] = {
    "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "HOME",         "NETCTL_TARGET",       "NETCTL_LOCK_DIR",
    "NO_COLOR",        "FORCE_COLOR",     "TERM",         "NETCTL_FIRMWARE_DIR", "NETCTL_AGENT_SIM",
    "NETCTL_QEMU",     "NETCTL_VBOARD",   "SPDLOG_LEVEL",
};

netctl::ReportOutput Into(Outcome& outcome) {
  return {.out = [&outcome](std::string_view text) { outcome.out += text; },
          .err = [&outcome](std::string_view text) { outcome.err += text; }};
}

// Answers at once; waiting for what will not come jumps to the deadline.
class FakePort : public netctl::MessagePort {
 public:
  FakePort(FakeAgent& agent, std::optional<size_t> lose_after, int interrupt)
      : agent_(agent), lose_after_(lose_after), interrupt_(interrupt) {
    peer_.board = "fake";
    peer_.boot_counter = 1;
    peer_.via = "a fake";
  }

  netctl::Expected<void> Send(const netctl::Message& message) override {
    for (AgentMessage& answer : agent_.Ask({message.header, message.fields})) {
      waiting_.push_back({answer.header, std::move(answer.fields)});
    }
    return {};
  }

  netctl::Expected<std::optional<netctl::Message>> Receive(base::Instant deadline,
                                                           std::span<pollfd>) override {
    if (lose_after_ && *lose_after_ == 0) {
      return netctl::Fail(netctl::ExitCode::kChannel, "a fake was lost: test");
    }
    if (!waiting_.empty()) {
      if (lose_after_) {
        --*lose_after_;
      }
      netctl::Message message = std::move(waiting_.front());
      waiting_.pop_front();
      return message;
    }
    if (interrupt_ != 0) {
      netctl::SimulateInterrupt(std::exchange(interrupt_, 0));
      return std::nullopt;
    }
    EXPECT_NE(deadline, base::kNever) << "a wait without a bound";
    while (netctl::Now() < deadline) {
      ::poll(nullptr, 0, 1);
    }
    return std::nullopt;
  }

  void set_text_sink(TextSink) override {}
  const netctl::Peer& peer() const override { return peer_; }

 private:
  FakeAgent& agent_;
  std::optional<size_t> lose_after_;
  int interrupt_;
  netctl::Peer peer_;
  std::deque<netctl::Message> waiting_;
};

}  // namespace

CleanEnvironment::CleanEnvironment() : previous_(std::filesystem::current_path()) {
  std::signal(SIGPIPE, SIG_IGN);  // as netctl's main has it
  std::string pattern = (std::filesystem::temp_directory_path() / "netctl-test-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  for (const char* name : kVariables) {
    const char* value = std::getenv(name);
    saved_[name] = value == nullptr ? std::nullopt : std::optional<std::string>(value);
    ::unsetenv(name);
  }
  Set("XDG_RUNTIME_DIR", folder_.string());
  Set("XDG_CONFIG_HOME", (folder_ / "config").string());
  Set("HOME", folder_.string());
  std::filesystem::current_path(folder_);
}

CleanEnvironment::~CleanEnvironment() {
  std::filesystem::current_path(previous_);
  for (const auto& [name, value] : saved_) {
    if (value) {
      ::setenv(name.c_str(), value->c_str(), 1);
    } else {
      ::unsetenv(name.c_str());
    }
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void CleanEnvironment::Set(const std::string& name, const std::string& value) {
  ::setenv(name.c_str(), value.c_str(), 1);
}

void CleanEnvironment::Write(const std::string& file, const std::string& text) const {
  std::filesystem::create_directories((folder_ / file).parent_path());
  std::ofstream(folder_ / file) << text;
}

Outcome RunNetctl(const std::vector<std::string>& arguments) {
  Outcome outcome;
  outcome.code =
      netctl::RunCommandLine(arguments, {.output = Into(outcome), .open = netctl::OpenPort});
  return outcome;
}

Outcome NetctlEnv::Run(const std::vector<std::string>& arguments) {
  Outcome outcome;
  outcome.code = netctl::RunCommandLine(
      arguments, {.output = Into(outcome),
                  .open = [this](const netctl::Target& target, const netctl::GlobalOptions&,
                                 base::Instant, const netctl::MessagePort::TextSink& sink)
                      -> netctl::Expected<std::unique_ptr<netctl::MessagePort>> {
                    ++opened_;
                    channel_ = target.channel;
                    if (sink && !console_text_.empty()) {
                      sink(console_text_);
                    }
                    return std::make_unique<FakePort>(agent_, lose_after_, interrupt_);
                  }});
  netctl::SimulateInterrupt(0);
  return outcome;
}

void NetctlEnv::ExpectOutput(const std::vector<std::string>& arguments, const std::string& out) {
  const Outcome outcome = Run(arguments);
  EXPECT_EQ(outcome.code, netctl::ExitCode::kOk) << outcome.err;
  EXPECT_EQ(outcome.out, out);
}

void NetctlEnv::ExpectExit(const std::vector<std::string>& arguments, netctl::ExitCode code) {
  const Outcome outcome = Run(arguments);
  EXPECT_EQ(netctl::ToInt(outcome.code), netctl::ToInt(code)) << outcome.out << outcome.err;
}

}  // namespace test
