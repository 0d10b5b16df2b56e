// What services need to run beside the stack of a test host.
#pragma once

#include <utility>

#include "stack/sequential/await.h"
#include "stack/sequential/task_set.h"
#include "tests/support/test_host.h"

namespace agent {

class ServiceRuntime {
 public:
  explicit ServiceRuntime(test::TestHost& host)
      : runtime_{frames_.arena(), host.executor(), host.stack().timers()} {}

  stack::Runtime& runtime() { return runtime_; }
  stack::FrameArena& arena() { return frames_.arena(); }
  stack::TaskGroup& tasks() { return tasks_; }
  uint32_t frame_bytes() { return frames_.arena().stats().in_use; }

  // Starts service.Run(context).
  template <typename Service>
  base::Status Run(Service& service) {
    return tasks_.Spawn([&service](stack::TaskContext& context) { return service.Run(context); });
  }

 private:
  stack::FrameArenaStorage<32768> frames_;
  stack::Runtime runtime_;
  stack::TaskSet<4> tasks_{runtime_};
};

}  // namespace agent
