#include "stack/sequential/task.h"

#include "gtest/gtest.h"
#include "stack/sequential/await.h"
#include "stack/sequential/task_set.h"
#include "tests/stack/sequential/task_world.h"

namespace stack {
namespace {

using base::Status;

Task<Status> Return(TaskContext&, Status status) { co_return status; }

Task<Status> Note(TaskContext&, int& runs) {
  ++runs;
  co_return Status::kOk;
}

TEST(TaskSet, RunsATaskFromTheReadyQueueOnly) {
  TaskWorld world;
  TaskSet<1> tasks(world.runtime);
  int runs = 0;
  EXPECT_EQ(tasks.Spawn(Note, runs), Status::kOk);
  EXPECT_EQ(runs, 0);
  EXPECT_EQ(tasks.running(), 1u);
  world.Settle();
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(tasks.running(), 0u);
  EXPECT_EQ(world.frame_bytes(), 0u);
}

TEST(TaskSet, CountsOutcomes) {
  TaskWorld world;
  TaskSet<2> tasks(world.runtime);
  EXPECT_EQ(tasks.Spawn(Return, Status::kOk), Status::kOk);
  EXPECT_EQ(tasks.Spawn(Return, Status::kReset), Status::kOk);
  world.Settle();
  EXPECT_EQ(tasks.stats().started, 2u);
  EXPECT_EQ(tasks.stats().succeeded, 1u);
  EXPECT_EQ(tasks.stats().failed, 1u);
  EXPECT_EQ(tasks.last_outcome(), Status::kReset);
}

TEST(TaskSet, HoldsNoMoreThanItsSlots) {
  TaskWorld world;
  TaskSet<2> tasks(world.runtime);
  Permits permits(world.executor);
  const auto wait = [](TaskContext& context, Permits& what) -> Task<Status> {
    // A plain function behind a lambda: the closure is no parameter of the coroutine.
    struct Body {
      static Task<Status> Run(TaskContext&, Permits& awaited) {
        co_return co_await Take(awaited, base::kNever);
      }
    };
    return Body::Run(context, what);
  };
  EXPECT_EQ(tasks.Spawn(wait, permits), Status::kOk);
  EXPECT_EQ(tasks.Spawn(wait, permits), Status::kOk);
  EXPECT_EQ(tasks.Spawn(wait, permits), Status::kResourceExhausted);
  EXPECT_EQ(tasks.stats().no_slot, 1u);
  permits.Add(1);
  world.Settle();
  EXPECT_EQ(tasks.Spawn(wait, permits), Status::kOk);
}

TEST(TaskSet, ReportsThatTheArenaIsFull) {
  FrameArenaStorage<32> tiny;
  TaskWorld world;
  Runtime runtime{tiny.arena(), world.executor, world.timers};
  TaskSet<1> tasks(runtime);
  EXPECT_EQ(tasks.Spawn(Return, Status::kOk), Status::kResourceExhausted);
  EXPECT_EQ(tasks.stats().no_memory, 1u);
  EXPECT_EQ(tiny.arena().stats().exhausted, 1u);
  EXPECT_EQ(tasks.running(), 0u);
}

// Not inlined: clang would put its frame into the frame of its caller.
[[gnu::noinline]] Task<base::Result<int>> Twice(TaskContext&, Permits& permits, int value) {
  const Status status = co_await Take(permits, base::kNever);
  if (status != Status::kOk) {
    co_return std::unexpected(status);
  }
  co_return 2 * value;
}

Task<Status> Double(TaskContext& context, Permits& permits, base::Result<int>& result) {
  const auto once = co_await Twice(context, permits, 3);
  if (!once) {
    result = once;
    co_return once.error();
  }
  result = co_await Twice(context, permits, *once);
  co_return StatusOf(result);
}

TEST(Task, GivesItsOutcomeToTheTaskThatAwaitsIt) {
  TaskWorld world;
  TaskSet<1> tasks(world.runtime);
  Permits permits(world.executor);
  base::Result<int> result = 0;
  EXPECT_EQ(tasks.Spawn(Double, permits, result), Status::kOk);
  world.Settle();
  EXPECT_EQ(result, 0);
  permits.Add(1);
  world.Settle();
  permits.Add(1);
  world.Settle();
  EXPECT_EQ(result, 12);
  EXPECT_EQ(tasks.last_outcome(), Status::kOk);
  EXPECT_EQ(world.frame_bytes(), 0u);
}

TEST(Task, PassesAChildsFailureOn) {
  TaskWorld world;
  TaskSet<1> tasks(world.runtime);
  Permits permits(world.executor);
  permits.failure = Status::kReset;
  base::Result<int> result = 0;
  EXPECT_EQ(tasks.Spawn(Double, permits, result), Status::kOk);
  world.Settle();
  EXPECT_EQ(result, std::unexpected(Status::kReset));
}

TEST(Task, AChildThatDoesNotFitIsAStatus) {
  // Room for the parent and not for its child.
  TaskWorld measure;
  TaskSet<1> measured(measure.runtime);
  Permits permits(measure.executor);
  base::Result<int> result = 0;
  EXPECT_EQ(measured.Spawn(Double, permits, result), Status::kOk);
  const size_t parent = measure.frame_bytes();
  measured.DestroyAll();

  alignas(FrameArena::kAlignment) std::array<std::byte, 4096> memory;
  FrameArena arena(base::ByteSpan(memory).first(parent));
  Runtime runtime{arena, measure.executor, measure.timers};
  TaskSet<1> tasks(runtime);
  EXPECT_EQ(tasks.Spawn(Double, permits, result), Status::kOk);
  measure.Settle();
  EXPECT_EQ(result, std::unexpected(Status::kResourceExhausted));
  EXPECT_EQ(tasks.last_outcome(), Status::kResourceExhausted);
  EXPECT_EQ(arena.stats().in_use, 0u);
}

Task<Status> CallOften(TaskContext& context, int times, int& runs) {
  for (int i = 0; i < times; ++i) {
    const Status status = co_await Note(context, runs);
    if (status != Status::kOk) {
      co_return status;
    }
  }
  co_return Status::kOk;
}

TEST(Task, ManyChildrenThatDoNotWaitUseNoStack) {
  TaskWorld world;
  TaskSet<1> tasks(world.runtime);
  int runs = 0;
  EXPECT_EQ(tasks.Spawn(CallOften, 1'000'000, runs), Status::kOk);
  world.Settle();
  EXPECT_EQ(runs, 1'000'000);
}

Task<Status> Recurse(TaskContext& context, Permits& permits, int depth, int& deepest) {
  deepest = std::max(deepest, depth);
  if (depth == 20) {
    co_return co_await Take(permits, base::kNever);
  }
  co_return co_await Recurse(context, permits, depth + 1, deepest);
}

TEST(Task, ChildrenOfChildrenWaitAndReturn) {
  TaskWorld world;
  TaskSet<1> tasks(world.runtime);
  Permits permits(world.executor);
  int deepest = 0;
  EXPECT_EQ(tasks.Spawn(Recurse, permits, 0, deepest), Status::kOk);
  world.Settle();
  EXPECT_EQ(deepest, 20);
  EXPECT_EQ(tasks.running(), 1u);
  permits.Add(1);
  world.Settle();
  EXPECT_EQ(tasks.last_outcome(), Status::kOk);
  EXPECT_EQ(world.frame_bytes(), 0u);
}

// A member coroutine takes its context behind the object.
class Counter {
 public:
  Task<Status> Run(TaskContext&, int add) {
    total_ += add;
    co_return Status::kOk;
  }
  int total() const { return total_; }

 private:
  int total_ = 0;
};

Task<Status> CallMember(TaskContext& context, Counter& counter) {
  co_return co_await counter.Run(context, 5);
}

TEST(Task, MayBeAMemberFunction) {
  TaskWorld world;
  TaskSet<1> tasks(world.runtime);
  Counter counter;
  EXPECT_EQ(tasks.Spawn(CallMember, counter), Status::kOk);
  world.Settle();
  EXPECT_EQ(counter.total(), 5);
}

Task<Status> Keep(TaskContext&, Guard guard, Permits& permits) {
  const Guard kept = std::move(guard);
  co_return co_await Take(permits, base::kNever);
}

Task<Status> KeepInChild(TaskContext& context, int& alive, Permits& permits) {
  const Guard own(alive);
  const Status status = co_await Keep(context, Guard(alive), permits);
  co_return status;
}

TEST(Task, ReleasesWhatItOwnsWhenItEnds) {
  TaskWorld world;
  TaskSet<1> tasks(world.runtime);
  Permits permits(world.executor);
  int alive = 0;
  EXPECT_EQ(tasks.Spawn(KeepInChild, alive, permits), Status::kOk);
  world.Settle();
  EXPECT_EQ(alive, 2);
  permits.Add(1);
  world.Settle();
  EXPECT_EQ(alive, 0);
}

TEST(Task, ReleasesWhatItOwnsWhenItsSetIsDestroyed) {
  TaskWorld world;
  Permits permits(world.executor);
  int alive = 0;
  {
    TaskSet<2> tasks(world.runtime);
    EXPECT_EQ(tasks.Spawn(KeepInChild, alive, permits), Status::kOk);
    world.Settle();
    EXPECT_EQ(tasks.Spawn(KeepInChild, alive, permits), Status::kOk);  // never runs
    EXPECT_EQ(alive, 2);
  }
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(world.frame_bytes(), 0u);
  permits.Add(1);  // nobody is left to wake
  EXPECT_TRUE(world.executor.idle());
}

TEST(Task, ThatDidNotFitReleasesItsArguments) {
  FrameArenaStorage<32> tiny;
  TaskWorld world;
  Runtime runtime{tiny.arena(), world.executor, world.timers};
  TaskSet<1> tasks(runtime);
  Permits permits(world.executor);
  int alive = 0;
  EXPECT_EQ(tasks.Spawn(Keep, Guard(alive), permits), Status::kResourceExhausted);
  EXPECT_EQ(alive, 0);
}

TEST(Task, MovesItsArgumentsIntoItsFrame) {
  TaskWorld world;
  TaskSet<1> tasks(world.runtime);
  Permits permits(world.executor);
  int alive = 0;
  EXPECT_EQ(tasks.Spawn(Keep, Guard(alive), permits), Status::kOk);
  EXPECT_EQ(alive, 1);
  permits.Add(1);
  world.Settle();
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace stack
