// How something waits for something: Waiter, Signal and the ready queue.
//
// A socket raises a Signal when its state changed; the waiters of that signal move to the
// Executor's ready queue, and the main loop runs them. Nothing is ever resumed from inside stack
// code. Level-triggered: a woken waiter looks again.
#pragma once

#include <cstddef>

#include "stack/base/intrusive_list.h"
#include "stack/base/time.h"

namespace base {

// One thing that waits. In at most one list at a time: a signal's or the ready queue.
class Waiter : public ListNode {
 public:
  using Run = void (*)(Waiter& self);
  explicit Waiter(Run run) : run_(run) {}

 private:
  friend class Executor;
  Run run_;
};

// A waiter that calls a member function of its owner.
template <typename Owner, void (Owner::*kRun)()>
class MemberWaiter : public Waiter {
 public:
  explicit MemberWaiter(Owner& owner)
      : Waiter([](Waiter& self) { (static_cast<MemberWaiter&>(self).owner_.*kRun)(); }),
        owner_(owner) {}

 private:
  Owner& owner_;
};

// The ready queue, and the deadlines of those who wait with one.
class Executor {
 public:
  // Puts `waiter` into the ready queue, taking it out of the list that it was in.
  void Ready(Waiter& waiter) { ready_.PushBack(waiter); }

  // Runs at most `limit` ready waiters, in order. Returns true when more are ready.
  bool RunReady(size_t limit) {
    for (size_t i = 0; i < limit; ++i) {
      Waiter* waiter = ready_.PopFront();
      if (waiter == nullptr) {
        return false;
      }
      waiter->run_(*waiter);
    }
    return !ready_.empty();
  }

  bool idle() const { return ready_.empty(); }

 private:
  IntrusiveList<Waiter> ready_;
};

// "Something changed here."
class Signal {
 public:
  // `executor` outlives the signal.
  explicit Signal(Executor& executor) : executor_(&executor) {}

  void Wait(Waiter& waiter) { waiters_.PushBack(waiter); }

  // Moves every waiter to the ready queue.
  void Notify() {
    while (Waiter* waiter = waiters_.PopFront()) {
      executor_->Ready(*waiter);
    }
  }

  Executor& executor() { return *executor_; }

 private:
  Executor* executor_;
  IntrusiveList<Waiter> waiters_;
};

}  // namespace base
