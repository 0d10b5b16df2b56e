#include "host-cli/openocd/rpc.h"

#include <array>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "host-cli/clock.h"
#include "host-cli/interrupt.h"
#include "host-cli/message_source.h"
#include "host-cli/openocd/tcl.h"

namespace netctl {
namespace {

constexpr char kEnd = '\x1a';
// OpenOCD's own limit of a line; more is no answer of it.
constexpr size_t kLongestAnswer = 4U << 20;

// "netctl.7 0 {...}" behind any garbage: the code and the result.
std::optional<std::pair<std::string, std::string>> ParseAnswer(std::string_view text,
                                                               std::string_view tag) {
  const size_t found = text.find(tag);
  if (found == std::string_view::npos) {
    return std::nullopt;
  }
  auto list = ParseTclList(text.substr(found));
  if (!list || list->size() != 3) {
    return std::nullopt;
  }
  return std::pair(std::move((*list)[1]), std::move((*list)[2]));
}

}  // namespace

RpcResult<std::string> OpenOcdRpc::Call(std::string_view script, base::Instant deadline) {
  if (!broken_.empty()) {
    return std::unexpected(RpcError{RpcError::Kind::kLost, broken_});
  }
  const std::string tag = fmt::format("netctl.{} ", ++number_);
  // A variable of ours, and no name that a configuration may use.
  const auto sent =
      Send(fmt::format("list {}[catch {{{}}} netctl_result] $netctl_result{}", tag, script, kEnd),
           deadline);
  if (!sent) {
    return std::unexpected(sent.error());
  }
  spdlog::trace("openocd <- {}", script);
  while (true) {
    const auto text = Receive(deadline);
    if (!text) {
      return std::unexpected(text.error());
    }
    auto answer = ParseAnswer(*text, tag);
    if (!answer) {
      spdlog::debug("openocd: skipped {} bytes that are no answer", text->size());
      if (Now() >= deadline) {
        return std::unexpected(RpcError{RpcError::Kind::kTimeout, "OpenOCD does not answer"});
      }
      continue;
    }
    spdlog::trace("openocd -> {} {}", answer->first, answer->second);
    if (answer->first != "0") {
      return std::unexpected(RpcError{RpcError::Kind::kScript, std::move(answer->second)});
    }
    return std::move(answer->second);
  }
}

RpcResult<void> OpenOcdRpc::Send(std::string_view text, base::Instant deadline) {
  base::ConstByteSpan left = std::as_bytes(std::span(text));
  while (!left.empty()) {
    const auto taken = channel_->Write(left);
    if (!taken) {
      return std::unexpected(Lost(taken.error()));
    }
    left = left.subspan(*taken);
    if (left.empty()) {
      break;
    }
    if (const auto waited = Wait(true, deadline); !waited) {
      broken_ = waited.error().message;
      return waited;
    }
  }
  return {};
}

RpcResult<std::string> OpenOcdRpc::Receive(base::Instant deadline) {
  size_t searched = 0;
  while (true) {
    const size_t end = received_.find(kEnd, searched);
    if (end != std::string::npos) {
      std::string text = received_.substr(0, end);
      received_.erase(0, end + 1);
      return text;
    }
    if (received_.size() > kLongestAnswer) {
      return std::unexpected(
          Lost({ExitCode::kChannel, "what answers there is no OpenOCD: no end of line", {}, {}}));
    }
    searched = received_.size();
    std::array<std::byte, 16384> chunk;
    const auto size = channel_->Read(chunk);
    if (!size) {
      return std::unexpected(Lost(size.error()));
    }
    received_.append(reinterpret_cast<const char*>(chunk.data()), *size);
    if (*size == 0) {
      if (const auto waited = Wait(false, deadline); !waited) {
        return std::unexpected(waited.error());
      }
    }
  }
}

RpcResult<void> OpenOcdRpc::Wait(bool want_write, base::Instant deadline) {
  if (Now() >= deadline) {
    return std::unexpected(RpcError{RpcError::Kind::kTimeout, "OpenOCD does not answer"});
  }
  std::vector<pollfd> fds;
  channel_->AddPollFds(fds, want_write);
  if (PollUntil(fds, deadline)) {
    return std::unexpected(RpcError{RpcError::Kind::kInterrupted, "interrupted by a signal"});
  }
  return {};
}

RpcError OpenOcdRpc::Lost(const Error& error) {
  broken_ = error.message;
  return {RpcError::Kind::kLost, error.message};
}

}  // namespace netctl
