// What tasks need to run, without a stack: an arena, a ready queue, timers and a virtual clock.
#pragma once

#include <memory>

#include "stack/sequential/await.h"

namespace stack {

struct TaskWorld {
  FrameArenaStorage<16384> frames;
  base::Executor executor;
  base::TimerQueue timers;
  Runtime runtime{frames.arena(), executor, timers};
  base::Instant now{};

  // Runs what is ready until nothing is. False when that does not end.
  bool Settle() { return !executor.RunReady(1000); }

  void Advance(base::Duration by) {
    now += by;
    timers.Run(now, 100);
    Settle();
  }

  uint32_t frame_bytes() { return frames.arena().stats().in_use; }
};

// Something to wait for: permits that come one at a time.
struct Permits {
  explicit Permits(base::Executor& executor) : changed(executor) {}

  void Add(int more) {
    count += more;
    changed.Notify();
  }
  base::Status Take() {
    ++attempts;
    if (failure != base::Status::kOk) {
      return failure;
    }
    if (count == 0) {
      return base::Status::kUnavailable;
    }
    --count;
    return base::Status::kOk;
  }

  base::Signal changed;
  int count = 0;
  int attempts = 0;
  base::Status failure = base::Status::kOk;
};

inline auto Take(Permits& permits, base::Instant deadline) {
  return Until(permits.changed, deadline, [&permits] { return permits.Take(); });
}

// Counts how many of its kind are alive.
class Guard {
 public:
  explicit Guard(int& alive) : alive_(&alive) { ++*alive_; }
  Guard(Guard&& other) noexcept : alive_(std::exchange(other.alive_, nullptr)) {}
  Guard& operator=(Guard&& other) noexcept {
    std::swap(alive_, other.alive_);
    return *this;
  }
  ~Guard() {
    if (alive_ != nullptr) {
      --*alive_;
    }
  }

 private:
  int* alive_;
};

}  // namespace stack
