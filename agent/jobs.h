// Requests that take long. A job is a coroutine that sends events; it ends by itself, when the host
// cancels it, or when the session that started it is gone.
//
//   Start -> running --returns--> ended -> last events and JobEnded are sent -> slot free
//               | Cancel, or session gone: every await returns kCancelled
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "agent/core.h"
#include "protocol/frame.h"
#include "protocol/message.h"
#include "stack/sequential/await.h"
#include "stack/sequential/task.h"
#include "stack/sequential/task_set.h"

namespace agent {

// Where events go: a session of a control channel.
class EventPort {
 public:
  // kUnavailable: no room now; room_changed() is raised when another try may succeed. kClosed: no
  // session.
  virtual base::Status SendMessage(protocol::Stream stream, base::ConstByteSpan message) = 0;
  virtual base::Signal& room_changed() = 0;
  // Memory to encode an event in, protocol::kMaxEvent bytes, until SendMessage returns.
  virtual base::ByteSpan event_memory() = 0;

 protected:
  ~EventPort() = default;
};

// All events of a job travel on one stream, so that JobEnded stays the last. Jobs with much data
// use the one that has credit of its own, so that they cannot hold up the others.
template <typename J>
inline constexpr protocol::Stream kStreamOf = protocol::Stream::kEvents;
template <>
inline constexpr protocol::Stream kStreamOf<protocol::CaptureFrames> = protocol::Stream::kBulk;
template <>
inline constexpr protocol::Stream kStreamOf<protocol::GetHttp> = protocol::Stream::kBulk;
template <>
inline constexpr protocol::Stream kStreamOf<protocol::SendBlocks> = protocol::Stream::kBulk;

// One running job, as its coroutine sees it.
class Job {
 public:
  Job(Core& core, EventPort& port) : core_(core), port_(port), tasks_(core.runtime) {}
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  Core& core() { return core_; }

  // kUnavailable: no room now. kClosed: the session is gone.
  template <typename E>
  base::Status TrySend(const typename E::Payload& payload) {
    if (orphan_) {
      return base::Status::kClosed;
    }
    const auto size = protocol::EncodeEvent<E>(payload, request_, port_.event_memory());
    if (!size) {
      return size.error();
    }
    return port_.SendMessage(stream_, port_.event_memory().first(*size));
  }

  // Sends `payload` in front of JobEnded, whenever there is room: for totals, also of a job that
  // was cancelled. At most kLastEvents bytes in all, more is dropped.
  template <typename E>
  void SendLast(const typename E::Payload& payload) {
    const auto size = protocol::EncodeEvent<E>(payload, request_, port_.event_memory());
    if (size) {
      KeepLast(port_.event_memory().first(*size));
    }
  }

  base::Signal& room_changed() { return port_.room_changed(); }

  static constexpr size_t kLastEvents = 160;

 private:
  friend class Jobs;
  enum class State : uint8_t { kFree, kActive };

  void KeepLast(base::ConstByteSpan message);
  // True when everything that was kept has been sent.
  bool SendKept();
  // True when the slot is free again.
  bool Finish();

  Core& core_;
  EventPort& port_;
  stack::TaskSet<1> tasks_;
  State state_ = State::kFree;
  bool orphan_ = false;  // its session is gone
  uint16_t request_ = 0;
  protocol::Stream stream_ = protocol::Stream::kEvents;
  // Whole messages, each behind its 16-bit size.
  std::array<std::byte, kLastEvents> kept_;
  size_t kept_begin_ = 0;
  size_t kept_end_ = 0;
};

// Sends an event, and waits for room as long as it takes: kOk, kClosed, kCancelled.
template <typename E>
auto SendEvent(Job& job, const typename E::Payload& payload) {
  return stack::Until(job.room_changed(), base::kNever,
                      [&job, &payload] { return job.TrySend<E>(payload); });
}

template <typename Request>
using JobFunction = stack::Task<base::Status> (*)(stack::TaskContext& context, Job& job,
                                                  Request request);

// The jobs of one control channel.
class Jobs {
 public:
  // `slots` outlives this object.
  explicit Jobs(std::span<Job> slots) : slots_(slots) {}

  // kResourceExhausted: all slots are in use, or no memory for the coroutine. kInvalidArgument: a
  // job of this request's number runs.
  template <typename Request>
  base::Status Start(uint16_t number, protocol::Stream stream, JobFunction<Request> run,
                     const Request& request) {
    const base::Result<Job*> job = Claim(number, stream);
    if (!job) {
      return job.error();
    }
    const base::Status started = (*job)->tasks_.Spawn(run, **job, request);
    (*job)->state_ = started == base::Status::kOk ? Job::State::kActive : Job::State::kFree;
    return started;
  }

  // kNotFound: no such job, or it has ended.
  base::Status Cancel(uint16_t number);
  // The session is gone: all jobs end, nothing more is sent for them.
  void Abandon();
  // Reports jobs that have ended, as far as the session has room.
  void Poll();

  size_t capacity() const { return slots_.size(); }
  size_t active() const;

 private:
  base::Result<Job*> Claim(uint16_t number, protocol::Stream stream);

  std::span<Job> slots_;
};

// The memory of kCount jobs.
template <size_t kCount>
class JobStorage {
 public:
  JobStorage(Core& core, EventPort& port)
      : JobStorage(core, port, std::make_index_sequence<kCount>{}) {}
  std::span<Job> slots() { return slots_; }

 private:
  template <size_t... kIndex>
  JobStorage(Core& core, EventPort& port, std::index_sequence<kIndex...>)
      : slots_{((void)kIndex, Job(core, port))...} {}

  std::array<Job, kCount> slots_;
};

}  // namespace agent
