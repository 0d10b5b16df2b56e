// The tasks that an owner runs side by side: a bounded number, ended at the latest with the owner.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "stack/base/executor.h"
#include "stack/base/fields.h"
#include "stack/base/result.h"
#include "stack/sequential/task.h"
#include "stack/sequential/task_context.h"

namespace stack {

struct TaskStats {
  uint32_t started = 0;
  uint32_t no_slot = 0;    // not started: as many ran as the set holds
  uint32_t no_memory = 0;  // not started: the arena had no room
  uint32_t succeeded = 0;  // returned kOk
  uint32_t failed = 0;     // returned something else
  uint32_t abandoned = 0;  // destroyed because it went on awaiting after it was cancelled
  static constexpr auto kFields = base::FieldList{base::Field{"started", &TaskStats::started},
                                                  base::Field{"no_slot", &TaskStats::no_slot},
                                                  base::Field{"no_memory", &TaskStats::no_memory},
                                                  base::Field{"succeeded", &TaskStats::succeeded},
                                                  base::Field{"failed", &TaskStats::failed},
                                                  base::Field{"abandoned", &TaskStats::abandoned}};
};

// The logic; TaskSet<N> below adds the slots.
class TaskGroup {
 public:
  TaskGroup(Runtime& runtime, std::span<TaskContext> slots);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts `function(context, arguments...)`, which returns a Task<Status>. It first runs from the
  // executor's ready queue. kResourceExhausted: no free slot, or no room for its frame; arguments
  // that were moved from are gone then too.
  template <typename Function, typename... Arguments>
  base::Status Spawn(Function&& function, Arguments&&... arguments) {
    TaskContext* const slot = FindSlot();
    if (slot == nullptr) {
      return base::Status::kResourceExhausted;
    }
    return Start(*slot,
                 std::forward<Function>(function)(*slot, std::forward<Arguments>(arguments)...));
  }

  // Every task's awaits return kCancelled from now on; the tasks end as they see it. Safe to call
  // from a task of this group.
  void CancelAll();
  // Ends every task where it stands: destructors run, nothing else of it. Not from one of them.
  void DestroyAll();

  size_t running() const;
  size_t capacity() const { return slots_.size(); }
  // Raised whenever a task ended.
  base::Signal& changed() { return changed_; }
  const TaskStats& stats() const { return stats_; }
  // Of the task that ended last.
  base::Status last_outcome() const { return last_outcome_; }

 private:
  friend class TaskContext;

  TaskContext* FindSlot();
  base::Status Start(TaskContext& slot, Task<base::Status>&& task);
  void OnFinished(TaskContext& task, base::Status outcome);
  void OnAbandoned(TaskContext& task);

  std::span<TaskContext> slots_;
  base::Signal changed_;
  TaskStats stats_;
  base::Status last_outcome_ = base::Status::kOk;
};

namespace internal {
// A base class, so that the slots exist before the group and after it.
template <size_t kCount>
struct TaskSlots {
  std::array<TaskContext, kCount> slots;
};
}  // namespace internal

template <size_t kCount>
class TaskSet : private internal::TaskSlots<kCount>, public TaskGroup {
 public:
  explicit TaskSet(Runtime& runtime) : TaskGroup(runtime, this->slots) {}
};

}  // namespace stack
