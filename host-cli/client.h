// Requests, jobs and events of one board, typed.
//
//   auto link = context.client().Call<protocol::GetLink>({.interface = 0});
//   if (!link) { return context.report().Fail(link.error()); }
//
//   auto job = context.client().StartJob<protocol::Ping>(request);
//   while (auto event = job->Next()) {                    // Expected<optional<JobEvent>>
//     if (!*event) { break; }                             // ended: job->status()
//     if (auto reply = (*event)->As<protocol::PingStep>()) { ... }
//   }
//
// Ctrl-C during a job cancels it: Next goes on to deliver what the job still says until its end,
// and netctl exits with 130 whatever the command returns.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "host-cli/clock.h"
#include "host-cli/error.h"
#include "host-cli/message_port.h"
#include "protocol/events.h"
#include "protocol/methods.h"

namespace netctl {

inline constexpr base::Duration kCallTimeout = std::chrono::seconds(5);
inline constexpr base::Duration kEventTimeout = std::chrono::seconds(30);

class Client;

// What a job said.
struct JobEvent {
  uint16_t id = 0;
  std::vector<std::byte> fields;

  // The payload when this is an E; nullopt otherwise, also when it does not decode.
  template <typename E>
  std::optional<typename E::Payload> As() const {
    if (id != E::kId) {
      return std::nullopt;
    }
    auto decoded = base::DecodeExactly<typename E::Payload, base::kMessageOrder>(fields);
    return decoded ? std::optional(*decoded) : std::nullopt;
  }
};

// A job on the board. Letting go of one that runs cancels it.
class Job {
 public:
  Job(Client& client, uint16_t request) : client_(&client), request_(request) {}
  Job(Job&& other) noexcept;
  Job& operator=(Job&& other) noexcept;
  ~Job();

  // The next event; nullopt once the job has ended. kTimeout when neither came within `timeout`,
  // kChannel and kAgent when the board is gone.
  Expected<std::optional<JobEvent>> Next(base::Duration timeout = kEventTimeout);
  // Whether Next would return without waiting.
  bool has_event() const;
  // Asks the board to end the job; Next delivers the rest. No effect on a job that has ended.
  Expected<void> Cancel();
  bool ended() const { return ended_; }
  // Why it ended: kOk, kCancelled, or what the job's declaration lists.
  base::Status status() const { return status_; }

 private:
  Client* client_;
  uint16_t request_;
  bool cancelled_ = false;
  bool ended_ = false;
  base::Status status_ = base::Status::kOk;
};

class Client {
 public:
  // Opens the port at the first use; what it fails with is what Call and StartJob return.
  using Opener = std::function<Expected<std::unique_ptr<MessagePort>>(MessagePort::TextSink sink)>;
  // Nothing waits beyond `deadline` (--timeout); kNever for none.
  Client(Opener opener, base::Instant deadline) : opener_(std::move(opener)), deadline_(deadline) {}

  // One request and its answer. Error::status is set when the agent said no.
  template <typename Method>
  Expected<typename Method::Response> Call(const typename Method::Request& request = {},
                                           base::Duration timeout = kCallTimeout) {
    auto answer = Exchange(Method::kId, Encode(request), timeout);
    if (!answer) {
      return std::unexpected(answer.error());
    }
    auto response =
        base::DecodeExactly<typename Method::Response, base::kMessageOrder>(answer->fields);
    if (!response) {
      return Malformed(Method::kId);
    }
    return *response;
  }

  // Returns when the board has started the job.
  template <typename JobMethod>
  Expected<Job> StartJob(const typename JobMethod::Request& request = {},
                         base::Duration timeout = kCallTimeout) {
    auto number = Start(JobMethod::kId, Encode(request), timeout);
    if (!number) {
      return std::unexpected(number.error());
    }
    return Job(*this, *number);
  }

  // Unasked events and console text go to subscribers while anything waits.
  template <typename E>
  void OnEvent(std::function<void(const typename E::Payload&)> subscriber) {
    subscribers_[E::kId] = [subscriber = std::move(subscriber)](base::ConstByteSpan fields) {
      if (auto payload = base::DecodeExactly<typename E::Payload, base::kMessageOrder>(fields)) {
        subscriber(*payload);
      }
    };
  }
  void OnText(MessagePort::TextSink sink);
  // Text that came before, as far as a broker kept it, goes to the subscriber too.
  void AskForBacklog();

  // Takes what arrives until `deadline`, a signal, or until one of `extra` is ready (true; its
  // revents say which).
  Expected<bool> Wait(base::Instant deadline, std::span<pollfd> extra = {});

  // Opens the port if it is not open yet.
  Expected<const Peer*> Connect();
  // Lets go of the port; the next use opens a new one.
  void Disconnect();

  base::Instant deadline() const { return deadline_; }

 private:
  friend class Job;

  template <typename Request>
  static std::vector<std::byte> Encode(const Request& request) {
    std::vector<std::byte> bytes(base::kMaxWireSize<Request>);
    bytes.resize(base::Encode<base::kMessageOrder>(request, bytes).value_or(0));
    return bytes;
  }

  Expected<Message> Exchange(uint16_t method, std::vector<std::byte> fields,
                             base::Duration timeout);
  Expected<uint16_t> Start(uint16_t method, std::vector<std::byte> fields, base::Duration timeout);
  Expected<Message> AwaitAnswer(uint16_t number, base::Duration timeout);
  Expected<uint16_t> SendRequest(uint16_t method, std::vector<std::byte> fields);
  // Waits for one message and puts it where it belongs; false at the deadline or on a signal.
  Expected<bool> Pump(base::Instant deadline, std::span<pollfd> extra = {});
  void Dispatch(Message message);
  Error TimedOut(base::Instant limit) const;
  // True once after a signal: whoever waits then stops, clean-up behind it goes on.
  bool TakeInterrupt();
  static std::unexpected<Error> Malformed(uint16_t id);
  uint16_t NextNumber();

  Opener opener_;
  base::Instant deadline_;
  std::unique_ptr<MessagePort> port_;
  MessagePort::TextSink text_sink_;
  uint16_t last_number_ = 0;
  std::map<uint16_t, Message> responses_;                // by request number
  std::map<uint16_t, std::deque<JobEvent>> job_events_;  // of live jobs, by request number
  std::set<uint16_t> unwanted_;                          // requests whose answer nobody awaits
  bool interrupt_taken_ = false;
  std::map<uint16_t, std::function<void(base::ConstByteSpan)>> subscribers_;  // by event id
};

}  // namespace netctl
