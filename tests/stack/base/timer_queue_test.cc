#include "stack/base/timer_queue.h"

#include <memory>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace test {
namespace {

using base::FromMicroseconds;
using base::Instant;

struct Recorder : base::Timer {
  explicit Recorder(int number = 0)
      : Timer([](Timer& self, Instant now) { static_cast<Recorder&>(self).fired.push_back(now); }),
        id(number) {}
  int id;
  std::vector<Instant> fired;
};

TEST(TimerQueue, FiresOnceAtItsTime) {
  base::TimerQueue queue;
  Recorder timer;
  queue.Arm(timer, FromMicroseconds(10));
  EXPECT_EQ(queue.next(), FromMicroseconds(10));
  queue.Run(FromMicroseconds(9), 10);
  EXPECT_TRUE(timer.fired.empty());
  queue.Run(FromMicroseconds(10), 10);
  queue.Run(FromMicroseconds(20), 10);
  EXPECT_EQ(timer.fired, std::vector<Instant>{FromMicroseconds(10)});
  EXPECT_FALSE(timer.armed());
  EXPECT_EQ(queue.next(), base::kNever);
}

TEST(TimerQueue, MovedLaterItFiresLater) {
  base::TimerQueue queue;
  Recorder timer;
  queue.Arm(timer, FromMicroseconds(10));
  queue.Arm(timer, FromMicroseconds(30));
  queue.Run(FromMicroseconds(20), 10);
  EXPECT_TRUE(timer.fired.empty());
  EXPECT_EQ(queue.next(), FromMicroseconds(30));
  queue.Run(FromMicroseconds(30), 10);
  EXPECT_EQ(timer.fired.size(), 1u);
}

TEST(TimerQueue, MovedEarlierItFiresEarlier) {
  base::TimerQueue queue;
  Recorder timer;
  queue.Arm(timer, FromMicroseconds(30));
  queue.Arm(timer, FromMicroseconds(10));
  EXPECT_EQ(queue.next(), FromMicroseconds(10));
  queue.Run(FromMicroseconds(10), 10);
  EXPECT_EQ(timer.fired.size(), 1u);
}

TEST(TimerQueue, CancelledItDoesNotFire) {
  base::TimerQueue queue;
  Recorder timer;
  queue.Arm(timer, FromMicroseconds(10));
  queue.Cancel(timer);
  EXPECT_FALSE(timer.armed());
  queue.Run(FromMicroseconds(100), 10);
  EXPECT_TRUE(timer.fired.empty());
  EXPECT_EQ(queue.next(), base::kNever);
  queue.Arm(timer, FromMicroseconds(110));
  queue.Run(FromMicroseconds(110), 10);
  EXPECT_EQ(timer.fired.size(), 1u);
}

TEST(TimerQueue, WorkOfOneRunIsBounded) {
  base::TimerQueue queue;
  std::array<Recorder, 5> timers;
  for (Recorder& timer : timers) {
    queue.Arm(timer, FromMicroseconds(10));
  }
  queue.Run(FromMicroseconds(10), 3);
  EXPECT_EQ(std::ranges::count_if(timers, &Recorder::armed), 2);
  EXPECT_LE(queue.next(), FromMicroseconds(10));
  queue.Run(FromMicroseconds(10), 3);
  EXPECT_EQ(std::ranges::count_if(timers, &Recorder::armed), 0);
}

TEST(TimerQueue, ADestroyedTimerLeaves) {
  base::TimerQueue queue;
  {
    Recorder timer;
    queue.Arm(timer, FromMicroseconds(10));
  }
  EXPECT_EQ(queue.next(), base::kNever);
  queue.Run(FromMicroseconds(10), 10);
}

struct Periodic {
  explicit Periodic(base::TimerQueue& timers) : queue(timers), timer(*this) {}
  void OnTimer(Instant now) {
    ++fired;
    queue.Arm(timer, now + base::Duration(10));
  }
  base::TimerQueue& queue;
  int fired = 0;
  base::MemberTimer<Periodic, &Periodic::OnTimer> timer;
};

TEST(MemberTimer, CallsItsOwnerWhichMayArmAgain) {
  base::TimerQueue queue;
  Periodic periodic(queue);
  queue.Arm(periodic.timer, FromMicroseconds(10));
  for (int64_t now = 0; now <= 100; ++now) {
    queue.Run(FromMicroseconds(now), 10);
  }
  EXPECT_EQ(periodic.fired, 10);
}

// Against a model that sorts.
TEST(TimerQueue, EveryTimerFiresAtTheFirstRunAtOrAfterItsDeadline) {
  EXPECT_TRUE(rc::check("timers", [] {
    base::TimerQueue queue;
    constexpr size_t kTimers = 5;
    std::array<Recorder, kTimers> timers;
    std::array<Instant, kTimers> deadlines;
    deadlines.fill(base::kNever);
    int64_t now = 0;
    const int steps = *rc::gen::inRange(0, 60);
    for (int step = 0; step < steps; ++step) {
      const auto index = *rc::gen::inRange<size_t>(0, kTimers);
      const int action = *rc::gen::inRange(0, 5);
      if (action <= 2) {
        deadlines[index] = FromMicroseconds(now + *rc::gen::inRange(0, 50));
        queue.Arm(timers[index], deadlines[index]);
      } else if (action == 3) {
        deadlines[index] = base::kNever;
        queue.Cancel(timers[index]);
      }
      now += *rc::gen::inRange(0, 20);
      const Instant at = FromMicroseconds(now);
      Instant earliest = base::kNever;
      for (const Instant deadline : deadlines) {
        earliest = base::Earlier(earliest, deadline);
      }
      RC_ASSERT(queue.next() <= earliest);  // never late
      queue.Run(at, 100);
      for (size_t i = 0; i < kTimers; ++i) {
        RC_ASSERT(timers[i].fired.size() == (deadlines[i] <= at ? 1u : 0u));
        if (deadlines[i] <= at) {
          deadlines[i] = base::kNever;
          timers[i].fired.clear();
        }
        RC_ASSERT(timers[i].armed() == (deadlines[i] != base::kNever));
      }
    }
  }));
}

}  // namespace
}  // namespace test
