// A ring of bytes that can be read anywhere between its ends: a sender reads what it sends again.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "stack/base/bytes.h"

namespace protocol {

// Positions count bytes since Clear() modulo 2^32; begin() and end() bound what is held.
class ByteRing {
 public:
  using Parts = std::array<base::ConstByteSpan, 2>;

  ByteRing() = default;
  explicit ByteRing(base::ByteSpan storage) : storage_(storage) {}

  uint32_t begin() const { return begin_; }
  uint32_t end() const { return begin_ + size_; }
  size_t size() const { return size_; }
  size_t room() const { return storage_.size() - size_; }
  size_t capacity() const { return storage_.size(); }

  // `data` fits into room().
  void Append(base::ConstByteSpan data);
  // The `length` bytes from `position`, all of which are held.
  Parts Peek(uint32_t position, size_t length) const;
  void Copy(uint32_t position, base::ByteSpan out) const;
  // Forgets everything before `position`, which lies between begin() and end().
  void DropTo(uint32_t position);
  void Clear();

 private:
  size_t Wrap(size_t offset) const {
    return offset >= storage_.size() ? offset - storage_.size() : offset;
  }

  base::ByteSpan storage_;
  uint32_t begin_ = 0;
  uint32_t size_ = 0;
  size_t begin_offset_ = 0;  // of begin_ in storage_
};

}  // namespace protocol
