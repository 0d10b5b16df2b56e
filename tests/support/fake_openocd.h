// OpenOCD's Tcl port without OpenOCD: a channel that answers read_memory and write_memory from
// memory of its own, and anything else as a test says.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <sys/eventfd.h>

#include "host-cli/channels/channel.h"
#include "host-cli/unique_fd.h"

namespace test {

// What the test sees and sets, also while netctl owns the channel.
struct FakeOpenOcdState {
  std::map<uint32_t, uint8_t> memory;
  std::vector<std::string> scripts;     // in the order they came
  std::vector<std::string> accesses{};  // "read 0x20000000 32 4"
  uint32_t fault_address = 0xffffffff;  // nothing is there
  int failures = 0;                     // so many commands fail before the target answers again
  // A result, or an error for `catch`; nullopt: as usual.
  std::function<std::optional<std::string>(const std::string& script)> answer;
  bool silent = false;                    // takes commands and says nothing
  std::string before_answer;              // bytes that come first
  std::optional<std::string> raw_answer;  // instead of the answer, without its end
  std::string end_reason;                 // not empty: the process is gone
  bool accepts = true;                    // takes bytes at all
};

class FakeOpenOcd : public netctl::Channel {
 public:
  explicit FakeOpenOcd(std::shared_ptr<FakeOpenOcdState> state)
      : state_(std::move(state)), ready_(::eventfd(1, EFD_CLOEXEC)) {}

  void AddPollFds(std::vector<pollfd>& fds, bool) const override {
    // Never ready: whoever waits for more waits until its deadline.
    fds.push_back({ready_.get(), 0, 0});
  }
  netctl::Expected<size_t> Read(base::ByteSpan out) override {
    if (output_.empty() && !state_->end_reason.empty()) {
      return netctl::Fail(netctl::ExitCode::kChannel, state_->end_reason);
    }
    // Piece by piece, as a pipe may deliver it.
    const size_t piece = state_->raw_answer ? out.size() : 7;
    const size_t size = std::min({out.size(), output_.size() - taken_, piece});
    std::copy_n(std::as_bytes(std::span(output_)).begin() + static_cast<ptrdiff_t>(taken_), size,
                out.begin());
    taken_ += size;
    if (taken_ == output_.size()) {
      output_.clear();
      taken_ = 0;
    }
    return size;
  }
  netctl::Expected<size_t> Write(base::ConstByteSpan data) override {
    if (!state_->accepts) {
      return 0;
    }
    input_.append(reinterpret_cast<const char*>(data.data()), data.size());
    for (size_t end = 0; (end = input_.find('\x1a')) != std::string::npos;) {
      Answer(input_.substr(0, end));
      input_.erase(0, end + 1);
    }
    return data.size();
  }
  std::string describe() const override { return "fake OpenOCD"; }

 private:
  // list netctl.1 [catch {SCRIPT} netctl_result] $netctl_result
  void Answer(const std::string& line) {
    static const std::regex kForm(
        R"(^list (netctl\.\d+) \[catch \{([^]*)\} netctl_result\] \$netctl_result$)");
    std::smatch match;
    if (state_->silent || !std::regex_match(line, match, kForm)) {
      return;
    }
    state_->scripts.push_back(match[2]);
    output_ += state_->before_answer;
    if (state_->raw_answer) {
      output_ += *state_->raw_answer;
      return;
    }
    std::string result;
    const int code = Run(match[2], result);
    output_ += fmt::format("{} {} {{{}}}\x1a", match[1].str(), code, result);
  }

  int Run(const std::string& script, std::string& result) {
    if (state_->answer) {
      if (auto answer = state_->answer(script)) {
        result = *answer;
        return result.starts_with("error") ? 1 : 0;
      }
    }
    if (script == "set netctl_at") {
      result = at_;
      return 0;
    }
    if (state_->failures > 0) {
      --state_->failures;
      result = "read_memory: failed to read memory";
      return 1;
    }
    static const std::regex kAccess(
        R"((?:set netctl_at (0x[0-9a-f]+); )?(read|write)_memory (0x[0-9a-f]+) (\d+) (?:(\d+)|\{([^}]*)\}))");
    for (auto i = std::sregex_iterator(script.begin(), script.end(), kAccess);
         i != std::sregex_iterator(); ++i) {
      if (i->str(1) != "") {
        at_ = i->str(1);
      }
      if (!Access(*i, result)) {
        result = "failed to access memory";
        return 1;
      }
    }
    return 0;
  }

  bool Access(const std::smatch& access, std::string& result) {
    const auto address = static_cast<uint32_t>(std::stoul(access[3], nullptr, 16));
    const uint32_t width = static_cast<uint32_t>(std::stoul(access[4])) / 8;
    state_->accesses.push_back(fmt::format("{} {} {} {}", access.str(2), access.str(3),
                                           access.str(4), access.str(5) + access.str(6)));
    if (address == state_->fault_address) {
      return false;
    }
    std::string units;
    if (access[2] == "read") {
      for (unsigned long i = 0; i < std::stoul(access[5]); ++i) {
        uint32_t value = 0;
        for (uint32_t byte = width; byte-- > 0;) {
          value = value << 8 | state_->memory[static_cast<uint32_t>(address + i * width + byte)];
        }
        units += fmt::format("{}{:#x}", i == 0 ? "" : " ", value);
      }
    } else {
      std::istringstream values(access[6]);
      uint32_t to = address;
      for (std::string word; values >> word;) {
        auto value = static_cast<uint32_t>(std::stoul(word, nullptr, 16));
        for (uint32_t byte = 0; byte < width; ++byte, value >>= 8) {
          state_->memory[to++] = static_cast<uint8_t>(value);
        }
      }
    }
    result += fmt::format("{}{{{}}}", result.empty() ? "" : " ", units);
    return true;
  }

  std::shared_ptr<FakeOpenOcdState> state_;
  netctl::UniqueFd ready_;
  std::string input_;
  std::string output_;
  size_t taken_ = 0;  // of output_
  std::string at_ = "0x0";
};

}  // namespace test
