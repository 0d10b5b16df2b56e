#include "stack/sequential/await.h"

#include "gtest/gtest.h"
#include "tests/stack/sequential/task_world.h"

namespace stack {
namespace {

using base::Status;
using std::chrono::milliseconds;

// One awaited permit; what the await gave goes to `outcome`.
Task<Status> TakeOne(TaskContext&, Permits& permits, base::Instant deadline, Status& outcome) {
  outcome = co_await Take(permits, deadline);
  co_return outcome;
}

class AwaitTest : public testing::Test {
 protected:
  base::Instant In(milliseconds delay) { return world_.now + delay; }

  void Start(base::Instant deadline) {
    EXPECT_EQ(tasks_.Spawn(TakeOne, permits_, deadline, outcome_), Status::kOk);
    world_.Settle();
  }

  TaskWorld world_;
  TaskSet<2> tasks_{world_.runtime};
  Permits permits_{world_.executor};
  Status outcome_ = Status::kUnavailable;
};

TEST_F(AwaitTest, ThatCanBeDoneAtOnceDoesNotWait) {
  permits_.count = 1;
  Start(base::kNever);
  EXPECT_EQ(outcome_, Status::kOk);
  EXPECT_EQ(permits_.attempts, 1);
  EXPECT_EQ(world_.timers.next(), base::kNever);
}

TEST_F(AwaitTest, TriesAgainWhenTheSignalIsRaised) {
  Start(base::kNever);
  EXPECT_EQ(permits_.attempts, 1);
  permits_.Add(0);
  world_.Settle();
  EXPECT_EQ(permits_.attempts, 2);
  EXPECT_EQ(outcome_, Status::kUnavailable);
  permits_.Add(1);
  EXPECT_EQ(outcome_, Status::kUnavailable);  // nothing resumes inside Notify
  world_.Settle();
  EXPECT_EQ(outcome_, Status::kOk);
  EXPECT_EQ(permits_.attempts, 3);
}

TEST_F(AwaitTest, DoesNotPoll) {
  Start(In(milliseconds(1000)));
  for (int i = 0; i < 10; ++i) {
    world_.Advance(milliseconds(50));
  }
  EXPECT_EQ(permits_.attempts, 1);
}

TEST_F(AwaitTest, PassesAFailureOn) {
  Start(base::kNever);
  permits_.failure = Status::kReset;
  permits_.changed.Notify();
  world_.Settle();
  EXPECT_EQ(outcome_, Status::kReset);
}

TEST_F(AwaitTest, EndsAtItsDeadlineAndNotBefore) {
  Start(In(milliseconds(100)));
  world_.Advance(milliseconds(99));
  EXPECT_EQ(outcome_, Status::kUnavailable);
  world_.Advance(milliseconds(1));
  EXPECT_EQ(outcome_, Status::kDeadlineExceeded);
  EXPECT_EQ(tasks_.running(), 0u);
}

TEST_F(AwaitTest, ResumesFromTheReadyQueueAndNotFromTheTimer) {
  Start(In(milliseconds(10)));
  world_.timers.Run(In(milliseconds(10)), 10);
  EXPECT_EQ(outcome_, Status::kUnavailable);
  world_.Settle();
  EXPECT_EQ(outcome_, Status::kDeadlineExceeded);
}

TEST_F(AwaitTest, WhatCameInTimeCountsWhenTheDeadlineFiresToo) {
  Start(In(milliseconds(10)));
  permits_.count = 1;  // without a notification
  world_.Advance(milliseconds(10));
  EXPECT_EQ(outcome_, Status::kOk);
}

TEST_F(AwaitTest, LeavesNoDeadlineBehind) {
  Start(In(milliseconds(10)));
  permits_.Add(1);
  world_.Settle();
  EXPECT_EQ(outcome_, Status::kOk);
  Start(In(milliseconds(50)));  // the same slot
  world_.Advance(milliseconds(20));
  EXPECT_EQ(tasks_.running(), 1u);
  world_.Advance(milliseconds(30));
  EXPECT_EQ(outcome_, Status::kDeadlineExceeded);
}

TEST_F(AwaitTest, CancelReachesATaskThatWaits) {
  Start(In(milliseconds(10)));
  tasks_.CancelAll();
  EXPECT_EQ(outcome_, Status::kUnavailable);
  world_.Settle();
  EXPECT_EQ(outcome_, Status::kCancelled);
  EXPECT_EQ(permits_.attempts, 1);
  EXPECT_EQ(tasks_.running(), 0u);
  permits_.Add(1);
  world_.Advance(milliseconds(20));
  EXPECT_EQ(permits_.attempts, 1);
}

TEST_F(AwaitTest, CancelReachesATaskThatHasNotStarted) {
  permits_.count = 1;
  EXPECT_EQ(tasks_.Spawn(TakeOne, permits_, base::kNever, outcome_), Status::kOk);
  tasks_.CancelAll();
  world_.Settle();
  EXPECT_EQ(outcome_, Status::kCancelled);
  EXPECT_EQ(permits_.count, 1);
}

TEST_F(AwaitTest, CancelReachesATaskThatWasJustWoken) {
  Start(base::kNever);
  permits_.Add(1);
  tasks_.CancelAll();
  world_.Settle();
  EXPECT_EQ(outcome_, Status::kCancelled);
  EXPECT_EQ(permits_.count, 1);
}

Task<Status> Inner(TaskContext&, Permits& permits, int& alive) {
  const Guard guard(alive);
  co_return co_await Take(permits, base::kNever);
}

Task<Status> Outer(TaskContext& context, Permits& permits, int& alive, Status& seen) {
  const Guard guard(alive);
  seen = co_await Inner(context, permits, alive);
  co_return co_await Take(permits, base::kNever);
}

TEST_F(AwaitTest, CancelUnwindsFromTheInnermostAwait) {
  int alive = 0;
  EXPECT_EQ(tasks_.Spawn(Outer, permits_, alive, outcome_), Status::kOk);
  world_.Settle();
  EXPECT_EQ(alive, 2);
  tasks_.CancelAll();
  world_.Settle();
  EXPECT_EQ(outcome_, Status::kCancelled);
  EXPECT_EQ(tasks_.last_outcome(), Status::kCancelled);
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(world_.frame_bytes(), 0u);
}

Task<Status> IgnoreEverything(TaskContext&, Permits& permits, int& alive) {
  const Guard guard(alive);
  while (true) {
    const Status ignored = co_await Take(permits, base::kNever);
    static_cast<void>(ignored);
  }
}

TEST_F(AwaitTest, ATaskThatIgnoresItsCancellationIsDestroyed) {
  int alive = 0;
  EXPECT_EQ(tasks_.Spawn(IgnoreEverything, permits_, alive), Status::kOk);
  world_.Settle();
  tasks_.CancelAll();
  world_.Settle();
  EXPECT_EQ(tasks_.running(), 0u);
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(tasks_.stats().abandoned, 1u);
  EXPECT_EQ(world_.frame_bytes(), 0u);
}

Task<Status> CancelOwnGroup(TaskContext&, TaskGroup& tasks, Permits& permits, Status& outcome) {
  tasks.CancelAll();
  outcome = co_await Take(permits, base::kNever);
  co_return outcome;
}

TEST_F(AwaitTest, ATaskMayCancelItself) {
  EXPECT_EQ(tasks_.Spawn(CancelOwnGroup, tasks_, permits_, outcome_), Status::kOk);
  world_.Settle();
  EXPECT_EQ(outcome_, Status::kCancelled);
  EXPECT_EQ(tasks_.running(), 0u);
}

TEST_F(AwaitTest, TwoTasksWaitForOneSignal) {
  Status other = Status::kUnavailable;
  Start(base::kNever);
  EXPECT_EQ(tasks_.Spawn(TakeOne, permits_, base::kNever, other), Status::kOk);
  world_.Settle();
  permits_.Add(1);
  world_.Settle();
  EXPECT_EQ(outcome_, Status::kOk);  // first come, first served
  EXPECT_EQ(other, Status::kUnavailable);
  permits_.Add(1);
  world_.Settle();
  EXPECT_EQ(other, Status::kOk);
}

Task<Status> SleepOnce(TaskContext&, base::Instant until, Status& outcome) {
  outcome = co_await Sleep(until);
  co_return outcome;
}

TEST_F(AwaitTest, SleepEndsWithTime) {
  EXPECT_EQ(tasks_.Spawn(SleepOnce, In(milliseconds(5)), outcome_), Status::kOk);
  world_.Settle();
  world_.Advance(milliseconds(4));
  EXPECT_EQ(outcome_, Status::kUnavailable);
  world_.Advance(milliseconds(1));
  EXPECT_EQ(outcome_, Status::kOk);
}

TEST_F(AwaitTest, SleepIsCancelled) {
  EXPECT_EQ(tasks_.Spawn(SleepOnce, base::kNever, outcome_), Status::kOk);
  world_.Settle();
  tasks_.CancelAll();
  world_.Settle();
  EXPECT_EQ(outcome_, Status::kCancelled);
}

Task<Status> RunTwo(TaskContext& context, Permits& permits, int& alive, Status& outcome) {
  TaskSet<2> children(context.runtime());
  for (int i = 0; i < 2; ++i) {
    const Status started = children.Spawn(Inner, permits, alive);
    if (started != Status::kOk) {
      co_return started;
    }
  }
  outcome = co_await Finished(children, base::kNever);
  co_return outcome;
}

TEST_F(AwaitTest, FinishedWaitsForEveryTaskOfASet) {
  int alive = 0;
  EXPECT_EQ(tasks_.Spawn(RunTwo, permits_, alive, outcome_), Status::kOk);
  world_.Settle();
  EXPECT_EQ(alive, 2);
  permits_.Add(1);
  world_.Settle();
  EXPECT_EQ(outcome_, Status::kUnavailable);
  permits_.Add(1);
  world_.Settle();
  EXPECT_EQ(outcome_, Status::kOk);
  EXPECT_EQ(alive, 0);
}

TEST_F(AwaitTest, ACancelledTaskTakesItsOwnSetAlong) {
  int alive = 0;
  EXPECT_EQ(tasks_.Spawn(RunTwo, permits_, alive, outcome_), Status::kOk);
  world_.Settle();
  tasks_.CancelAll();
  world_.Settle();
  EXPECT_EQ(outcome_, Status::kCancelled);
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(world_.frame_bytes(), 0u);
}

Task<Status> WaitForSlot(TaskContext&, TaskGroup& group, Status& outcome) {
  outcome = co_await FreeSlot(group, base::kNever);
  co_return outcome;
}

TEST_F(AwaitTest, FreeSlotWaitsForTheEndOfATask) {
  TaskSet<1> full(world_.runtime);
  int alive = 0;
  EXPECT_EQ(full.Spawn(Inner, permits_, alive), Status::kOk);
  EXPECT_EQ(tasks_.Spawn(WaitForSlot, full, outcome_), Status::kOk);
  world_.Settle();
  EXPECT_EQ(outcome_, Status::kUnavailable);
  permits_.Add(1);
  world_.Settle();
  EXPECT_EQ(outcome_, Status::kOk);
}

// Move-only results come through an await unharmed.
struct Box {
  explicit Box(base::Executor& executor) : changed(executor) {}
  base::Signal changed;
  int* made = nullptr;
};

auto Open(Box& box) {
  return Until(box.changed, base::kNever, [&box]() -> base::Result<Guard> {
    if (box.made == nullptr) {
      return std::unexpected(Status::kUnavailable);
    }
    return Guard(*std::exchange(box.made, nullptr));
  });
}

Task<Status> OpenAndKeep(TaskContext&, Box& box, Permits& permits) {
  const base::Result<Guard> guard = co_await Open(box);
  if (!guard) {
    co_return guard.error();
  }
  co_return co_await Take(permits, base::kNever);
}

TEST_F(AwaitTest, GivesMoveOnlyResults) {
  Box box(world_.executor);
  int alive = 0;
  EXPECT_EQ(tasks_.Spawn(OpenAndKeep, box, permits_), Status::kOk);
  world_.Settle();
  box.made = &alive;
  box.changed.Notify();
  world_.Settle();
  EXPECT_EQ(alive, 1);
  permits_.Add(1);
  world_.Settle();
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(tasks_.last_outcome(), Status::kOk);
}

}  // namespace
}  // namespace stack
