#include "stack/sequential/task_context.h"

#include <cassert>
#include <utility>

#include "stack/sequential/task_set.h"

namespace stack {

TaskContext::TaskContext()
    : Waiter([](Waiter& self) { static_cast<TaskContext&>(self).Wake(); }),
      Timer([](Timer& self, base::Instant) {
        TaskContext& task = static_cast<TaskContext&>(self);
        task.timed_out_ = true;
        task.runtime_->executor.Ready(task);
      }) {}

void TaskContext::Start(std::coroutine_handle<> root, const base::Status& outcome) {
  root_ = root;
  next_ = root;
  outcome_ = &outcome;
  waiting_ = nullptr;
  cancelled_ = false;
  cancelled_awaits_ = 0;
  runtime_->executor.Ready(*this);
}

void TaskContext::Destroy() {
  if (!running()) {
    return;
  }
  Waiter::Unlink();
  runtime_->timers.Cancel(*this);
  waiting_ = nullptr;
  next_ = nullptr;
  std::exchange(root_, nullptr).destroy();
}

void TaskContext::Cancel() {
  if (!running() || cancelled_) {
    return;
  }
  cancelled_ = true;
  if (waiting_ != nullptr) {
    runtime_->executor.Ready(*this);
  }
}

bool TaskContext::Suspend(Await& await, std::coroutine_handle<> coroutine) {
  assert(waiting_ == nullptr);
  if (cancelled_) {
    await.interruption_ = base::Status::kCancelled;
    ++cancelled_awaits_;
    if (cancelled_awaits_ < kMaxCancelledAwaits) {
      return false;
    }
    runtime_->executor.Ready(*this);
  } else {
    if (await.attempt_(await)) {
      return false;
    }
    timed_out_ = false;
    if (await.deadline_ != base::kNever) {
      runtime_->timers.Arm(*this, await.deadline_);
    }
    if (await.signal_ != nullptr) {
      await.signal_->Wait(*this);
    }
  }
  waiting_ = &await;
  next_ = coroutine;
  return true;
}

// From the main loop: the task is new, or something happened that it waits for.
void TaskContext::Wake() {
  if (cancelled_awaits_ >= kMaxCancelledAwaits) {
    group_->OnAbandoned(*this);
    return;
  }
  if (waiting_ == nullptr) {
    Run();
    return;
  }
  if (cancelled_) {
    Resume(base::Status::kCancelled);
    return;
  }
  if (waiting_->attempt_(*waiting_)) {
    Resume(base::Status::kOk);
    return;
  }
  if (timed_out_) {
    Resume(base::Status::kDeadlineExceeded);
    return;
  }
  if (waiting_->signal_ != nullptr) {
    waiting_->signal_->Wait(*this);
  }
}

void TaskContext::Resume(base::Status interruption) {
  runtime_->timers.Cancel(*this);
  waiting_->interruption_ = interruption;
  waiting_ = nullptr;
  Run();
}

void TaskContext::Run() {
  while (next_ != nullptr && waiting_ == nullptr) {
    std::exchange(next_, nullptr).resume();
  }
  if (waiting_ == nullptr && root_.done()) {
    group_->OnFinished(*this, *outcome_);
  }
}

}  // namespace stack
