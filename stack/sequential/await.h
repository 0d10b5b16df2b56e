// What a coroutine waits for: an operation that returns kUnavailable until it can be done, or time.
//
// GCC 12 miscompiles some temporaries in co_await expressions: await a named call with references
// and plain values as arguments, and take the outcome into a variable.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include "stack/base/executor.h"
#include "stack/base/result.h"
#include "stack/base/time.h"
#include "stack/sequential/task.h"
#include "stack/sequential/task_context.h"
#include "stack/sequential/task_set.h"

namespace stack {

// Awaits the outcome of an operation.
//
//   co_await Until(socket.changed(), deadline, [&] { return socket.Receive(out); })
//
// Calls `attempt` at once, and while it returns kUnavailable again each time `signal` is raised. It
// gives what `attempt` returned; kDeadlineExceeded when `deadline` passed and a last attempt
// returned kUnavailable; kCancelled, without an attempt, when the task is cancelled. The signal
// outlives the await.
template <std::invocable Operation>
class [[nodiscard]] Until : public Await {
 public:
  using T = std::invoke_result_t<Operation>;
  static_assert(Outcome<T>);

  Until(base::Signal& signal, base::Instant deadline, Operation attempt)
      : Await(&Until::TryOnce, &signal, deadline), attempt_(std::move(attempt)) {}

  T await_resume() {
    if (interruption() != base::Status::kOk) {
      return Failed<T>(interruption());
    }
    return std::move(outcome_);
  }

 private:
  static bool TryOnce(Await& self) {
    Until& until = static_cast<Until&>(self);
    until.outcome_ = until.attempt_();
    return StatusOf(until.outcome_) != base::Status::kUnavailable;
  }

  Operation attempt_;
  T outcome_ = Failed<T>(base::Status::kUnavailable);
};

// Awaits a point in time: kOk, or kCancelled.
class [[nodiscard]] Sleep : public Await {
 public:
  explicit Sleep(base::Instant until) : Await([](Await&) { return false; }, nullptr, until) {}

  base::Status await_resume() const {
    return interruption() == base::Status::kDeadlineExceeded ? base::Status::kOk : interruption();
  }
};

// Awaits the end of all tasks of `group`: kOk, kDeadlineExceeded or kCancelled.
inline auto Finished(TaskGroup& group, base::Instant deadline) {
  return Until(group.changed(), deadline, [&group] {
    return group.running() == 0 ? base::Status::kOk : base::Status::kUnavailable;
  });
}

// Awaits a free slot of `group`: kOk, kDeadlineExceeded or kCancelled.
inline auto FreeSlot(TaskGroup& group, base::Instant deadline) {
  return Until(group.changed(), deadline, [&group] {
    return group.running() < group.capacity() ? base::Status::kOk : base::Status::kUnavailable;
  });
}

}  // namespace stack
