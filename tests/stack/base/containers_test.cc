// The small containers of stack/base: IntrusiveList, RingBuffer, Bounded, Text; and the Executor.
#include <deque>
#include <list>
#include <memory>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "stack/base/bounded.h"
#include "stack/base/executor.h"
#include "stack/base/intrusive_list.h"
#include "stack/base/ring_buffer.h"
#include "tests/support/bytes.h"

namespace test {
namespace {

struct Node : base::ListNode {
  explicit Node(int number = 0) : value(number) {}
  int value;
};

std::vector<int> Values(base::IntrusiveList<Node>& list) {
  std::vector<int> values;
  for (Node* node = list.first(); node != nullptr; node = list.Next(*node)) {
    values.push_back(node->value);
  }
  return values;
}

TEST(IntrusiveList, KeepsOrder) {
  base::IntrusiveList<Node> list;
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.PopFront(), nullptr);
  Node a(1), b(2), c(3), d(4);
  list.PushBack(b);
  list.PushFront(a);
  list.PushBack(d);
  list.InsertBefore(c, d);
  EXPECT_EQ(Values(list), (std::vector<int>{1, 2, 3, 4}));
  b.Unlink();
  b.Unlink();
  EXPECT_FALSE(b.is_linked());
  list.PushBack(a);  // moves it
  EXPECT_EQ(Values(list), (std::vector<int>{3, 4, 1}));
  EXPECT_EQ(list.PopFront(), &c);
  EXPECT_EQ(Values(list), (std::vector<int>{4, 1}));
}

TEST(IntrusiveList, ElementsLeaveWhenTheyOrTheListEnd) {
  Node outlives(1);
  {
    base::IntrusiveList<Node> list;
    list.PushBack(outlives);
    {
      Node shorter(2);
      list.PushBack(shorter);
    }
    EXPECT_EQ(Values(list), std::vector<int>{1});
  }
  EXPECT_FALSE(outlives.is_linked());
}

TEST(RingBuffer, IsAFifoAtEveryPosition) {
  EXPECT_TRUE(rc::check("ring buffer", [] {
    ByteVector storage(*rc::gen::inRange<size_t>(1, 20));
    base::RingBuffer ring(storage);
    std::deque<std::byte> model;
    uint8_t next = 0;
    const int steps = *rc::gen::inRange(0, 60);
    for (int i = 0; i < steps; ++i) {
      const size_t count = *rc::gen::inRange<size_t>(0, 25);
      const int action = *rc::gen::inRange(0, 3);
      if (action == 0) {
        ByteVector bytes(count);
        for (std::byte& byte : bytes) {
          byte = std::byte{next++};
        }
        const size_t taken = ring.Write(bytes);
        RC_ASSERT(taken == std::min(count, storage.size() - model.size()));
        model.insert(model.end(), bytes.begin(),
                     bytes.begin() + static_cast<std::ptrdiff_t>(taken));
      } else if (action == 1) {
        ByteVector out(count);
        const size_t got = ring.Read(out);
        RC_ASSERT(got == std::min(count, model.size()));
        RC_ASSERT(
            std::equal(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(got), model.begin()));
        model.erase(model.begin(), model.begin() + static_cast<std::ptrdiff_t>(got));
      } else {
        const auto front = ring.front();
        RC_ASSERT(front.empty() == model.empty());
        RC_ASSERT(std::equal(front.begin(), front.end(), model.begin()));
        ring.Drop(front.size());
        model.erase(model.begin(), model.begin() + static_cast<std::ptrdiff_t>(front.size()));
      }
      RC_ASSERT(ring.size() == model.size());
      RC_ASSERT(ring.room() == storage.size() - model.size());
    }
  }));
}

TEST(RingBuffer, ClearForgetsEverything) {
  ByteVector storage(4);
  base::RingBuffer ring(storage);
  ring.Write(ToBytes("abc"));
  ring.Clear();
  EXPECT_TRUE(ring.empty());
  EXPECT_EQ(ring.Write(ToBytes("wxyz")), 4u);
  EXPECT_EQ(ToVector(ring.front()), ToBytes("wxyz"));
}

TEST(Bounded, TakesWhatFits) {
  base::Bounded<int, 3> list;
  EXPECT_TRUE(list.empty());
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(list.Append(i));
  }
  EXPECT_TRUE(list.full());
  EXPECT_FALSE(list.Append(3));
  EXPECT_EQ(list.size(), 3u);
  const std::array<int, 5> more{5, 6, 7, 8, 9};
  EXPECT_EQ(list.Assign(more), 3u);
  EXPECT_EQ(list[2], 7);
  base::Bounded<int, 3> other;
  other.Append(5);
  EXPECT_FALSE(list == other);
}

TEST(Text, IsCutAtItsCapacity) {
  const base::Text<4> text("abcdef");
  EXPECT_EQ(text.view(), "abcd");
  EXPECT_EQ(base::Text<4>().view(), "");
}

struct Counter : base::Waiter {
  Counter() : Waiter([](Waiter& self) { ++static_cast<Counter&>(self).runs; }) {}
  int runs = 0;
};

TEST(Executor, RunsWhatASignalWokeAndNothingElse) {
  base::Executor executor;
  base::Signal signal(executor);
  Counter first, second, third;
  signal.Wait(first);
  signal.Wait(second);
  EXPECT_TRUE(executor.idle());
  signal.Notify();
  EXPECT_EQ(first.runs, 0);  // never from inside Notify
  signal.Wait(third);
  EXPECT_FALSE(executor.RunReady(10));
  EXPECT_EQ(first.runs + second.runs, 2);
  EXPECT_EQ(third.runs, 0);
  signal.Notify();
  signal.Notify();
  executor.RunReady(10);
  EXPECT_EQ(third.runs, 1);
}

TEST(Executor, RunsABoundedNumber) {
  base::Executor executor;
  std::array<Counter, 3> waiters;
  for (Counter& waiter : waiters) {
    executor.Ready(waiter);
  }
  EXPECT_TRUE(executor.RunReady(2));
  EXPECT_EQ(waiters[2].runs, 0);
  EXPECT_FALSE(executor.RunReady(2));
  EXPECT_EQ(waiters[2].runs, 1);
}

TEST(Executor, ADestroyedWaiterLeavesSignalAndQueue) {
  base::Executor executor;
  base::Signal signal(executor);
  {
    Counter waiting, ready;
    signal.Wait(waiting);
    executor.Ready(ready);
  }
  EXPECT_TRUE(executor.idle());
  signal.Notify();
  EXPECT_FALSE(executor.RunReady(10));
}

struct Owner {
  Owner() : waiter(*this) {}
  void OnReady() { ++runs; }
  int runs = 0;
  base::MemberWaiter<Owner, &Owner::OnReady> waiter;
};

TEST(MemberWaiter, CallsItsOwner) {
  base::Executor executor;
  Owner owner;
  executor.Ready(owner.waiter);
  executor.RunReady(1);
  EXPECT_EQ(owner.runs, 1);
}

}  // namespace
}  // namespace test
