// An agent by table: what a test says a request is answered with.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "protocol/message.h"

namespace test {

// A message that owns its bytes.
struct AgentMessage {
  protocol::MessageHeader header;
  std::vector<std::byte> fields;
};

template <base::Described T>
std::vector<std::byte> FieldsOf(const T& value) {
  std::vector<std::byte> bytes(base::kMaxWireSize<T> + 1);
  bytes.resize(base::Encode<base::kMessageOrder>(value, bytes).value());
  return bytes;
}

class FakeAgent {
 public:
  // Every M is answered with `answer`: a response, or a status.
  template <typename M>
  void Answer(const base::Result<typename M::Response>& answer) {
    On<M>([answer](const typename M::Request&) { return answer; });
  }
  // M gets no answer at all.
  template <typename M>
  void Mute() {
    handlers_[M::kId] = [](const AgentMessage&) { return std::vector<AgentMessage>(); };
  }
  // M is answered with fields that are not those of its response.
  template <typename M>
  void AnswerRaw(std::vector<std::byte> fields) {
    handlers_[M::kId] = [fields](const AgentMessage& request) {
      return std::vector{Response(request, base::Status::kOk, fields)};
    };
  }
  // M is answered by what `handler` returns.
  template <typename M>
  void On(std::function<base::Result<typename M::Response>(const typename M::Request&)> handler) {
    handlers_[M::kId] = [handler](const AgentMessage& request) {
      const auto decoded = protocol::DecodeRequest<M>({request.header, request.fields});
      const auto result =
          decoded ? handler(*decoded)
                  : base::Result<typename M::Response>(std::unexpected(decoded.error()));
      return std::vector{Response(request, result.has_value() ? base::Status::kOk : result.error(),
                                  result ? FieldsOf(*result) : std::vector<std::byte>())};
    };
  }

  // The job J starts and says `events` (made by Event); it ends with `end`, or runs until it is
  // cancelled when that is kUnavailable.
  template <typename J>
  void OnJob(std::vector<AgentMessage> events, base::Status end = base::Status::kOk) {
    handlers_[J::kId] = [this, events, end](const AgentMessage& request) {
      std::vector<AgentMessage> out{Response(request, base::Status::kOk, {})};
      for (AgentMessage event : events) {
        event.header.request = request.header.request;
        out.push_back(std::move(event));
      }
      if (end == base::Status::kUnavailable) {
        running_.push_back(request.header.request);
      } else {
        out.push_back(JobEnd(request.header.request, end));
      }
      return out;
    };
  }
  template <typename E>
  static AgentMessage Event(const typename E::Payload& payload) {
    return {{.kind = protocol::MessageKind::kEvent, .id = E::kId}, FieldsOf(payload)};
  }

  // What the agent says to `request`. Unknown methods are unimplemented.
  std::vector<AgentMessage> Ask(const AgentMessage& request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    if (request.header.id == protocol::CancelJob::kId) {
      return Cancel(request);
    }
    const auto handler = handlers_.find(request.header.id);
    if (handler == handlers_.end()) {
      return {Response(request, base::Status::kUnimplemented, {})};
    }
    return handler->second(request);
  }

  // Every request so far.
  std::vector<AgentMessage> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  size_t running_jobs() const {
    const std::lock_guard lock(mutex_);
    return running_.size();
  }

 private:
  using Handler = std::function<std::vector<AgentMessage>(const AgentMessage&)>;

  static AgentMessage Response(const AgentMessage& request, base::Status status,
                               std::vector<std::byte> fields) {
    return {{.kind = protocol::MessageKind::kResponse,
             .status = status,
             .id = request.header.id,
             .request = request.header.request},
            std::move(fields)};
  }
  static AgentMessage JobEnd(uint16_t request, base::Status status) {
    AgentMessage event = Event<protocol::JobEnded>({.status = status});
    event.header.request = request;
    return event;
  }
  std::vector<AgentMessage> Cancel(const AgentMessage& request) {
    const auto job = protocol::DecodeRequest<protocol::CancelJob>({request.header, request.fields});
    if (!job || std::erase(running_, job->request) == 0) {
      return {Response(request, base::Status::kNotFound, {})};
    }
    return {Response(request, base::Status::kOk, {}),
            JobEnd(job->request, base::Status::kCancelled)};
  }

  mutable std::mutex mutex_;
  std::map<uint16_t, Handler> handlers_;
  std::vector<AgentMessage> requests_;
  std::vector<uint16_t> running_;  // jobs that wait for their cancellation
};

}  // namespace test
