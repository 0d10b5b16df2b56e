#include "host-cli/client.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "host-cli/interrupt.h"

namespace netctl {
namespace {

// How long a job may take to end after it was cancelled.
constexpr base::Duration kCancelTimeout = std::chrono::seconds(3);
// Events that may wait for a Next().
constexpr size_t kMaxQueuedEvents = 16384;

Error AgentError(base::Status status) {
  Error error{ExitCodeOf(status), std::string(base::StatusName(status)), {}, status};
  if (status == base::Status::kUnimplemented) {
    error.message = "this board cannot do that";
  }
  return error;
}

}  // namespace

Job::Job(Job&& other) noexcept
    : client_(std::exchange(other.client_, nullptr)),
      request_(other.request_),
      cancelled_(other.cancelled_),
      ended_(other.ended_),
      status_(other.status_) {}

Job& Job::operator=(Job&& other) noexcept {
  std::swap(client_, other.client_);
  std::swap(request_, other.request_);
  std::swap(cancelled_, other.cancelled_);
  std::swap(ended_, other.ended_);
  std::swap(status_, other.status_);
  return *this;
}

Job::~Job() {
  if (client_ == nullptr) {
    return;
  }
  if (!ended_) {
    // The session's end cancels it too; without one the board would work on for nobody.
    static_cast<void>(Cancel());
  }
  client_->job_events_.erase(request_);
}

bool Job::has_event() const {
  const auto queue = client_->job_events_.find(request_);
  return queue != client_->job_events_.end() && !queue->second.empty();
}

Expected<std::optional<JobEvent>> Job::Next(base::Duration timeout) {
  base::Instant limit = std::min(Now() + timeout, client_->deadline_);
  while (!ended_) {
    if (has_event()) {
      JobEvent event = std::move(client_->job_events_[request_].front());
      client_->job_events_[request_].pop_front();
      const auto end = event.As<protocol::JobEnded>();
      if (!end) {
        return event;
      }
      ended_ = true;
      status_ = end->status;
      break;
    }
    if (client_->TakeInterrupt()) {
      if (auto cancelled = Cancel(); !cancelled) {
        return std::unexpected(cancelled.error());
      }
      limit = Now() + kCancelTimeout;
    }
    if (Now() >= limit) {
      return std::unexpected(client_->TimedOut(limit));
    }
    if (auto pumped = client_->Pump(limit); !pumped) {
      return std::unexpected(pumped.error());
    }
  }
  return std::nullopt;
}

Expected<void> Job::Cancel() {
  if (ended_ || cancelled_) {
    return {};
  }
  cancelled_ = true;
  auto number = client_->SendRequest(protocol::CancelJob::kId,
                                     Client::Encode(protocol::JobReference{request_}));
  if (!number) {
    return std::unexpected(number.error());
  }
  client_->unwanted_.insert(*number);
  return {};
}

void Client::OnText(MessagePort::TextSink sink) {
  text_sink_ = std::move(sink);
  if (port_ != nullptr) {
    port_->set_text_sink(text_sink_);
  }
}

void Client::AskForBacklog() {
  if (port_ != nullptr) {
    port_->AskForBacklog();
  }
}

Expected<const Peer*> Client::Connect() {
  if (port_ == nullptr) {
    auto port = opener_(text_sink_);
    if (!port) {
      return std::unexpected(port.error());
    }
    port_ = std::move(*port);
  }
  return &port_->peer();
}

void Client::Disconnect() {
  port_.reset();
  responses_.clear();
  job_events_.clear();
  unwanted_.clear();
}

// Skips 0, which means unasked.
uint16_t Client::NextNumber() {
  last_number_ = static_cast<uint16_t>(last_number_ == 0xffff ? 1 : last_number_ + 1);
  return last_number_;
}

Expected<uint16_t> Client::SendRequest(uint16_t method, std::vector<std::byte> fields) {
  if (auto connected = Connect(); !connected) {
    return std::unexpected(connected.error());
  }
  const uint16_t number = NextNumber();
  auto sent = port_->Send({{.id = method, .request = number}, std::move(fields)});
  if (!sent) {
    return std::unexpected(sent.error());
  }
  return number;
}

Expected<Message> Client::Exchange(uint16_t method, std::vector<std::byte> fields,
                                   base::Duration timeout) {
  const auto number = SendRequest(method, std::move(fields));
  if (!number) {
    return std::unexpected(number.error());
  }
  return AwaitAnswer(*number, timeout);
}

Expected<uint16_t> Client::Start(uint16_t method, std::vector<std::byte> fields,
                                 base::Duration timeout) {
  const auto number = SendRequest(method, std::move(fields));
  if (!number) {
    return number;
  }
  // Events travel on another stream and may overtake the answer.
  job_events_[*number];
  if (const auto answer = AwaitAnswer(*number, timeout); !answer) {
    job_events_.erase(*number);
    return std::unexpected(answer.error());
  }
  return number;
}

Expected<Message> Client::AwaitAnswer(uint16_t number, base::Duration timeout) {
  const base::Instant limit = std::min(Now() + timeout, deadline_);
  while (!responses_.contains(number)) {
    if (TakeInterrupt()) {
      unwanted_.insert(number);
      return Fail(*Interrupted(), "interrupted");
    }
    if (Now() >= limit) {
      unwanted_.insert(number);
      return std::unexpected(TimedOut(limit));
    }
    if (auto pumped = Pump(limit); !pumped) {
      return std::unexpected(pumped.error());
    }
  }
  Message answer = std::move(responses_.extract(number).mapped());
  if (answer.header.status != base::Status::kOk) {
    return std::unexpected(AgentError(answer.header.status));
  }
  return answer;
}

bool Client::TakeInterrupt() {
  if (!Interrupted() || interrupt_taken_) {
    return false;
  }
  interrupt_taken_ = true;
  return true;
}

Expected<bool> Client::Pump(base::Instant deadline, std::span<pollfd> extra) {
  auto message = port_->Receive(std::min(deadline, deadline_), extra);
  if (!message) {
    return std::unexpected(message.error());
  }
  if (!*message) {
    return false;
  }
  Dispatch(std::move(**message));
  return true;
}

void Client::Dispatch(Message message) {
  const uint16_t number = message.header.request;
  if (message.header.kind == protocol::MessageKind::kResponse) {
    if (unwanted_.erase(number) == 0) {
      responses_.insert_or_assign(number, std::move(message));
    }
    return;
  }
  if (number == 0) {
    if (const auto found = subscribers_.find(message.header.id); found != subscribers_.end()) {
      found->second(message.fields);
    }
    return;
  }
  const auto job = job_events_.find(number);
  if (job == job_events_.end()) {
    return;
  }
  if (job->second.size() >= kMaxQueuedEvents) {
    spdlog::warn("an event of request {} was dropped: nobody takes them", number);
    return;
  }
  job->second.push_back({.id = message.header.id, .fields = std::move(message.fields)});
}

Expected<bool> Client::Wait(base::Instant deadline, std::span<pollfd> extra) {
  if (auto connected = Connect(); !connected) {
    return std::unexpected(connected.error());
  }
  const auto is_ready = [](const pollfd& fd) { return fd.revents != 0; };
  while (true) {
    auto pumped = Pump(deadline, extra);
    if (!pumped) {
      return pumped;
    }
    if (std::ranges::any_of(extra, is_ready)) {
      return true;
    }
    if (TakeInterrupt() || Now() >= std::min(deadline, deadline_)) {
      return false;
    }
  }
}

Error Client::TimedOut(base::Instant limit) const {
  if (limit >= deadline_) {
    return {ExitCode::kTimeout, "the command did not finish within --timeout", {}, {}};
  }
  return {ExitCode::kTimeout, "the board did not answer in time", {}, {}};
}

std::unexpected<Error> Client::Malformed(uint16_t id) {
  return Fail(ExitCode::kAgent,
              fmt::format("the answer to request 0x{:04x} does not fit its definition", id),
              "flash the agent that belongs to this netctl");
}

}  // namespace netctl
