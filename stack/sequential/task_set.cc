#include "stack/sequential/task_set.h"

#include <algorithm>

namespace stack {

TaskGroup::TaskGroup(Runtime& runtime, std::span<TaskContext> slots)
    : slots_(slots), changed_(runtime.executor) {
  for (TaskContext& slot : slots_) {
    slot.runtime_ = &runtime;
    slot.group_ = this;
  }
}

void TaskGroup::CancelAll() {
  for (TaskContext& slot : slots_) {
    slot.Cancel();
  }
}

void TaskGroup::DestroyAll() {
  for (TaskContext& slot : slots_) {
    slot.Destroy();
  }
}

size_t TaskGroup::running() const {
  return static_cast<size_t>(std::ranges::count_if(slots_, &TaskContext::running));
}

TaskContext* TaskGroup::FindSlot() {
  for (TaskContext& slot : slots_) {
    if (!slot.running()) {
      return &slot;
    }
  }
  ++stats_.no_slot;
  return nullptr;
}

base::Status TaskGroup::Start(TaskContext& slot, Task<base::Status>&& task) {
  if (task.status() != base::Status::kOk) {
    ++stats_.no_memory;
    return task.status();
  }
  ++stats_.started;
  const Task<base::Status>::Handle root = task.Detach();
  slot.Start(root, root.promise().outcome());
  return base::Status::kOk;
}

void TaskGroup::OnFinished(TaskContext& task, base::Status outcome) {
  task.Destroy();
  ++(outcome == base::Status::kOk ? stats_.succeeded : stats_.failed);
  last_outcome_ = outcome;
  changed_.Notify();
}

void TaskGroup::OnAbandoned(TaskContext& task) {
  task.Destroy();
  ++stats_.abandoned;
  last_outcome_ = base::Status::kCancelled;
  changed_.Notify();
}

}  // namespace stack
