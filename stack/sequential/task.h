// Task<T>: a coroutine whose frame lives in an arena that comes with its first parameter.
//
//   Task<Status> Greet(TaskContext& context, TcpListener& listener, Instant deadline) {
//     Result<TcpSocket> socket = co_await Accept(listener, deadline);
//     if (!socket) {
//       co_return socket.error();
//     }
//     co_return co_await Send(*socket, kGreeting, deadline);
//   }
//
// A member function takes the TaskContext& as its first parameter too. A coroutine without one does
// not compile. Arguments by reference must outlive the task.
#pragma once

#include <cassert>
#include <concepts>
#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>

#include "stack/base/result.h"
#include "stack/sequential/arena.h"
#include "stack/sequential/task_context.h"

namespace stack {

namespace internal {
template <typename T>
struct IsResult : std::false_type {};
template <typename T>
struct IsResult<base::Result<T>> : std::true_type {};
}  // namespace internal

// What a task or an await gives: it must be able to say "kResourceExhausted" or "kCancelled".
template <typename T>
concept Outcome = std::same_as<T, base::Status> || internal::IsResult<T>::value;

template <Outcome T>
constexpr T Failed(base::Status status) {
  if constexpr (std::same_as<T, base::Status>) {
    return status;
  } else {
    return std::unexpected(status);
  }
}

constexpr base::Status StatusOf(base::Status status) { return status; }
template <typename T>
constexpr base::Status StatusOf(const base::Result<T>& result) {
  return result ? base::Status::kOk : result.error();
}

namespace internal {

// The part of a promise that does not depend on the outcome's type.
class PromiseBase {
 public:
  // Inlined always: GCC 12 takes the pair for mismatched where it sees the calls.
  template <typename... Rest>
  [[gnu::always_inline]] static void* operator new(size_t size, TaskContext& context,
                                                   Rest&...) noexcept {
    return context.runtime().arena.Allocate(size);
  }
  template <typename Self, typename... Rest>
  [[gnu::always_inline]] static void* operator new(size_t size, Self&, TaskContext& context,
                                                   Rest&...) noexcept {
    return context.runtime().arena.Allocate(size);
  }
  [[gnu::always_inline]] static void operator delete(void* frame) noexcept {
    FrameArena::Free(frame);
  }

  template <typename... Rest>
  explicit PromiseBase(TaskContext& context, Rest&...) : context_(context) {}
  template <typename Self, typename... Rest>
  PromiseBase(Self&, TaskContext& context, Rest&...) : context_(context) {}
  PromiseBase(const PromiseBase&) = delete;
  PromiseBase& operator=(const PromiseBase&) = delete;

  TaskContext& context() { return context_; }
  void set_continuation(std::coroutine_handle<> waiting) { continuation_ = waiting; }

  std::suspend_always initial_suspend() noexcept { return {}; }

  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    template <typename Promise>
    void await_suspend(std::coroutine_handle<Promise> finished) noexcept {
      PromiseBase& promise = finished.promise();
      promise.context_.Transfer(promise.continuation_);
    }
    void await_resume() noexcept {}
  };
  FinalAwaiter final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { std::terminate(); }

 private:
  TaskContext& context_;
  std::coroutine_handle<> continuation_;
};

}  // namespace internal

// Owns a coroutine that has not started, or that its awaiter waits for. `co_await std::move(task)`
// or `co_await Function(context, ...)` runs it to its end and gives its outcome;
// kResourceExhausted when the arena had no room for its frame.
template <Outcome T>
class [[nodiscard]] Task {
 public:
  class promise_type : public internal::PromiseBase {
   public:
    using internal::PromiseBase::PromiseBase;
    Task get_return_object() { return Task(Handle::from_promise(*this)); }
    static Task get_return_object_on_allocation_failure() { return Task(nullptr); }
    template <typename Value>
    void return_value(Value&& value) {
      outcome_ = std::forward<Value>(value);
    }
    T& outcome() { return outcome_; }

   private:
    T outcome_ = Failed<T>(base::Status::kCancelled);
  };
  using Handle = std::coroutine_handle<promise_type>;

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_ != nullptr) {
      handle_.destroy();
    }
  }

  // kOk, or kResourceExhausted: the arena had no room for the frame.
  base::Status status() const {
    return handle_ != nullptr ? base::Status::kOk : base::Status::kResourceExhausted;
  }
  // Gives the coroutine away.
  [[nodiscard]] Handle Detach() { return std::exchange(handle_, nullptr); }

  class Awaiter {
   public:
    explicit Awaiter(Handle handle) : handle_(handle) {}
    bool await_ready() const noexcept { return handle_ == nullptr; }
    template <typename Promise>
    void await_suspend(std::coroutine_handle<Promise> waiting) noexcept {
      assert(&waiting.promise().context() == &handle_.promise().context());
      handle_.promise().set_continuation(waiting);
      handle_.promise().context().Transfer(handle_);
    }
    T await_resume() {
      if (handle_ == nullptr) {
        return Failed<T>(base::Status::kResourceExhausted);
      }
      return std::move(handle_.promise().outcome());
    }

   private:
    Handle handle_;
  };
  Awaiter operator co_await() && { return Awaiter(handle_); }

 private:
  explicit Task(Handle handle) : handle_(handle) {}

  Handle handle_;
};

}  // namespace stack
