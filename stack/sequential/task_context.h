// One running task: the chain of coroutines from the one that was spawned to the one that waits.
//
//   Spawn -> ready queue -> Run: root --co_await--> child --co_await--> Until
//                                                                        | waits on a Signal and a
//   main loop: Executor::RunReady -> Wake -> attempt again -> Run <------+ Timer of the TaskContext
//
// A coroutine never resumes another one: it leaves the next handle here and returns to Run, so that
// the depth of the processor's stack does not depend on what the coroutines do.
#pragma once

#include <coroutine>
#include <cstdint>

#include "stack/base/executor.h"
#include "stack/base/result.h"
#include "stack/base/time.h"
#include "stack/base/timer_queue.h"
#include "stack/sequential/arena.h"

namespace stack {

// What every task of a program shares. The referents outlive all tasks.
struct Runtime {
  FrameArena& arena;
  base::Executor& executor;
  base::TimerQueue& timers;
};

class TaskContext;
class TaskGroup;

// What an awaiter is to its task: something to try, and until when. Lives in a coroutine frame.
class Await {
 public:
  Await(const Await&) = delete;
  Await& operator=(const Await&) = delete;

  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  bool await_suspend(std::coroutine_handle<Promise> coroutine);

 protected:
  // True when there is an outcome; false to be called again after the signal was raised.
  using Attempt = bool (*)(Await& self);
  // `signal` is null when only time passes.
  Await(Attempt attempt, base::Signal* signal, base::Instant deadline)
      : attempt_(attempt), signal_(signal), deadline_(deadline) {}
  ~Await() = default;

  // kOk when the outcome is the attempt's, else kDeadlineExceeded or kCancelled.
  base::Status interruption() const { return interruption_; }

 private:
  friend class TaskContext;

  Attempt attempt_;
  base::Signal* signal_;
  base::Instant deadline_;
  base::Status interruption_ = base::Status::kOk;
};

// The first parameter of every coroutine (behind the object of a member function). A slot of a
// TaskGroup, which makes, starts and ends it.
class TaskContext : private base::Waiter, private base::Timer {
 public:
  TaskContext();
  ~TaskContext() { Destroy(); }

  Runtime& runtime() { return *runtime_; }
  bool running() const { return root_ != nullptr; }
  bool cancelled() const { return cancelled_; }

  // The await that the task stands at, and every later one, returns kCancelled. A task that goes on
  // awaiting all the same is destroyed after kMaxCancelledAwaits.
  void Cancel();

  static constexpr uint8_t kMaxCancelledAwaits = 32;

  // For the promise and awaiters. Suspend returns false when `await` has its outcome already and
  // `coroutine` goes on at once.
  bool Suspend(Await& await, std::coroutine_handle<> coroutine);
  void Transfer(std::coroutine_handle<> next) { next_ = next; }

 private:
  friend class TaskGroup;

  // Takes over the suspended coroutine `root`, which leaves its outcome in `outcome`.
  void Start(std::coroutine_handle<> root, const base::Status& outcome);
  void Destroy();

  void Wake();
  void Resume(base::Status interruption);
  void Run();

  Runtime* runtime_ = nullptr;
  TaskGroup* group_ = nullptr;
  std::coroutine_handle<> root_;
  std::coroutine_handle<> next_;
  const base::Status* outcome_ = nullptr;
  Await* waiting_ = nullptr;
  bool timed_out_ = false;
  bool cancelled_ = false;
  uint8_t cancelled_awaits_ = 0;
};

template <typename Promise>
bool Await::await_suspend(std::coroutine_handle<Promise> coroutine) {
  return coroutine.promise().context().Suspend(*this, coroutine);
}

}  // namespace stack
