#include "host-cli/session_port.h"

#include <fmt/format.h>

#include "host-cli/clock.h"
#include "host-cli/enum_name.h"
#include "host-cli/interrupt.h"

namespace netctl {
namespace {

constexpr base::Duration kSendTimeout = std::chrono::seconds(5);
constexpr base::Duration kExplainTimeout = std::chrono::seconds(2);

// Polls the runner once; what it fails with, and kInterrupted on a signal.
Expected<void> Step(SessionRunner& runner, base::Instant deadline) {
  const auto next = runner.Process();
  if (!next) {
    return std::unexpected(next.error());
  }
  std::vector<pollfd> fds;
  runner.AddPollFds(fds);
  if (PollUntil(fds, std::min(deadline, *next))) {
    return Fail(Interrupted().value_or(ExitCode::kInterrupted), "interrupted");
  }
  return {};
}

}  // namespace

Expected<void> AwaitSession(SessionRunner& runner, base::Instant deadline) {
  while (!runner.established()) {
    if (Now() >= deadline) {
      return Fail(ExitCode::kTimeout,
                  fmt::format("no session with the agent on {} within --timeout",
                              runner.channel().describe()));
    }
    if (const auto stepped = Step(runner, deadline); !stepped) {
      return stepped;
    }
  }
  return {};
}

Expected<void> SendWhenRoom(SessionRunner& runner, const Message& message) {
  const base::Instant limit = Now() + kSendTimeout;
  while (true) {
    const base::Status status = runner.Send(message);
    if (status == base::Status::kOk) {
      return {};
    }
    if (status == base::Status::kInvalidArgument) {
      return Fail(ExitCode::kAgent,
                  fmt::format("a request of {} bytes is larger than this agent takes",
                              message.fields.size()));
    }
    if (Now() >= limit) {
      return Fail(ExitCode::kTimeout, "the board takes no requests");
    }
    if (const auto stepped = Step(runner, limit); !stepped) {
      return stepped;
    }
  }
}

Expected<std::unique_ptr<MessagePort>> SessionPort::Open(std::unique_ptr<Channel> channel,
                                                         bool takeover, base::Instant deadline,
                                                         TextSink sink) {
  std::unique_ptr<SessionPort> port(new SessionPort(std::move(channel), std::move(sink)));
  port->runner_.Connect(takeover);
  if (const auto opened = AwaitSession(port->runner_, deadline); !opened) {
    return std::unexpected(opened.error());
  }
  port->peer_ = port->runner_.peer();
  return port;
}

Expected<void> SessionPort::Send(const Message& message) { return SendWhenRoom(runner_, message); }

Expected<std::optional<Message>> SessionPort::Receive(base::Instant deadline,
                                                      std::span<pollfd> extra) {
  auto message = WaitForMessage(runner_, deadline, extra);
  if (!message && runner_.lost_by_agent()) {
    return std::unexpected(Explain(message.error()));
  }
  return message;
}

// The agent forgot the session: a new one tells whether the board restarted, and why.
Error SessionPort::Explain(const Error& lost) {
  const uint32_t boot = peer_.boot_counter;
  runner_.Connect(false);
  if (!AwaitSession(runner_, Now() + kExplainTimeout)) {
    return lost;
  }
  const protocol::HelloReply& reply = runner_.hello_reply();
  if (reply.boot_counter == boot) {
    return {ExitCode::kBusy,
            "another program opened a session on the board's channel",
            "share the board: netctl target start",
            {}};
  }
  return {ExitCode::kAgent,
          fmt::format("the board restarted (cause: {}); what became of an open command is unknown",
                      EnumName(reply.reset_cause)),
          "netctl console shows what it prints",
          {}};
}

}  // namespace netctl
