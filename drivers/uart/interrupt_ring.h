// A byte queue between one interrupt handler and the main loop, on one core, without locks.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "stack/base/bytes.h"

namespace drivers {

// One side only pushes, the other only pops. Holds one byte less than its storage.
class InterruptRing {
 public:
  // `storage` has at least 2 bytes and outlives the ring.
  explicit InterruptRing(base::ByteSpan storage) : storage_(storage) {}

  size_t size() const {
    const size_t head = head_.load(std::memory_order_relaxed);
    const size_t tail = tail_.load(std::memory_order_relaxed);
    return tail >= head ? tail - head : tail + storage_.size() - head;
  }
  size_t room() const { return storage_.size() - 1 - size(); }
  bool empty() const { return size() == 0; }
  bool full() const { return room() == 0; }

  // The caller has seen that the ring is not full.
  void Push(std::byte value) {
    const size_t tail = tail_.load(std::memory_order_relaxed);
    storage_[tail] = value;
    // The byte is there before the other side sees it counted.
    std::atomic_signal_fence(std::memory_order_release);
    tail_.store(Next(tail), std::memory_order_relaxed);
  }

  // The caller has seen that the ring is not empty.
  std::byte Pop() {
    const size_t head = head_.load(std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_acquire);
    const std::byte value = storage_[head];
    std::atomic_signal_fence(std::memory_order_release);
    head_.store(Next(head), std::memory_order_relaxed);
    return value;
  }

 private:
  size_t Next(size_t position) const { return position + 1 == storage_.size() ? 0 : position + 1; }

  base::ByteSpan storage_;
  std::atomic<size_t> head_ = 0;
  std::atomic<size_t> tail_ = 0;
};

}  // namespace drivers
