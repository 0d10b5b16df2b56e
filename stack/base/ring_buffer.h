// A byte queue over memory that somebody else owns.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "stack/base/bytes.h"

namespace base {

// Bounded FIFO of bytes. Holds up to the size of its storage.
class RingBuffer {
 public:
  explicit RingBuffer(ByteSpan storage) : storage_(storage) {}

  size_t size() const { return size_; }
  size_t room() const { return storage_.size() - size_; }
  size_t capacity() const { return storage_.size(); }
  bool empty() const { return size_ == 0; }

  // Takes as much of `data` as fits; returns how much that was.
  size_t Write(ConstByteSpan data) {
    const size_t count = std::min(data.size(), room());
    const size_t tail = Wrap(head_ + size_);
    const size_t first = std::min(count, storage_.size() - tail);
    CopyBytes(storage_.data() + tail, data.data(), first);
    CopyBytes(storage_.data(), data.data() + first, count - first);
    size_ += count;
    return count;
  }

  // Moves up to out.size() bytes to `out`; returns how many.
  size_t Read(ByteSpan out) {
    const size_t count = std::min(out.size(), size_);
    const size_t first = std::min(count, storage_.size() - head_);
    CopyBytes(out.data(), storage_.data() + head_, first);
    CopyBytes(out.data() + first, storage_.data(), count - first);
    Drop(count);
    return count;
  }

  // The oldest bytes that stand in one piece; empty when the queue is.
  ConstByteSpan front() const {
    return ConstByteSpan(storage_.data() + head_, std::min(size_, storage_.size() - head_));
  }

  // Forgets the oldest `count` bytes; `count` is at most size().
  void Drop(size_t count) {
    head_ = Wrap(head_ + count);
    size_ -= count;
  }

  void Clear() {
    head_ = 0;
    size_ = 0;
  }

 private:
  static void CopyBytes(std::byte* to, const std::byte* from, size_t count) {
    if (count != 0) {
      std::memcpy(to, from, count);
    }
  }
  size_t Wrap(size_t position) const {
    return position >= storage_.size() ? position - storage_.size() : position;
  }

  ByteSpan storage_;
  size_t head_ = 0;
  size_t size_ = 0;
};

}  // namespace base
