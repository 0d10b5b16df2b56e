// Timers in a list sorted by time. Moving a deadline later, the common case (each ACK restarts the
// retransmission timer), is one store: the entry stays where it is and is put right when it comes
// up. A cancelled timer likewise just lapses.
#pragma once

#include <cstddef>

#include "stack/base/intrusive_list.h"
#include "stack/base/time.h"

namespace base {

class Timer : public ListNode {
 public:
  using Fire = void (*)(Timer& self, Instant now);
  explicit Timer(Fire fire) : fire_(fire) {}

  Instant deadline() const { return deadline_; }
  bool armed() const { return deadline_ != kNever; }

 private:
  friend class TimerQueue;
  Fire fire_;
  Instant deadline_ = kNever;    // when it is due
  Instant queued_for_ = kNever;  // where it stands in the list; never later than deadline_
};

// A timer that calls a member function of its owner.
template <typename Owner, void (Owner::*kFire)(Instant now)>
class MemberTimer : public Timer {
 public:
  explicit MemberTimer(Owner& owner)
      : Timer(
            [](Timer& self, Instant now) { (static_cast<MemberTimer&>(self).owner_.*kFire)(now); }),
        owner_(owner) {}

 private:
  Owner& owner_;
};

class TimerQueue {
 public:
  // Makes `timer` fire at the first Run whose `now` is at or after `deadline`. Work is proportional
  // to the number of armed timers that are due earlier, and constant when the timer was due earlier
  // already.
  void Arm(Timer& timer, Instant deadline) {
    timer.deadline_ = deadline;
    if (timer.is_linked() && timer.queued_for_ <= deadline) {
      return;
    }
    Insert(timer);
  }

  void Cancel(Timer& timer) { timer.deadline_ = kNever; }

  // Fires what is due, at most `limit` timers. A timer is disarmed before it fires and may arm
  // itself again.
  void Run(Instant now, size_t limit) {
    for (size_t i = 0; i < limit; ++i) {
      Timer* timer = timers_.first();
      if (timer == nullptr || timer->queued_for_ > now) {
        return;
      }
      timer->Unlink();
      if (timer->deadline_ > now) {
        if (timer->armed()) {
          Insert(*timer);
        }
        continue;
      }
      timer->deadline_ = kNever;
      timer->fire_(*timer, now);
    }
  }

  // When Run wants to be called next, kNever when no timer is armed. May be early, never late.
  Instant next() { return timers_.empty() ? kNever : timers_.front().queued_for_; }

 private:
  void Insert(Timer& timer) {
    timer.Unlink();
    timer.queued_for_ = timer.deadline_;
    Timer* position = timers_.first();
    while (position != nullptr && position->queued_for_ <= timer.queued_for_) {
      position = timers_.Next(*position);
    }
    if (position == nullptr) {
      timers_.PushBack(timer);
    } else {
      timers_.InsertBefore(timer, *position);
    }
  }

  IntrusiveList<Timer> timers_;
};

}  // namespace base
