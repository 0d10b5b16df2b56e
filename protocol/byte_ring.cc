#include "protocol/byte_ring.h"

namespace protocol {

void ByteRing::Append(base::ConstByteSpan data) {
  const size_t tail = Wrap(begin_offset_ + size_);
  const size_t first = std::min(data.size(), storage_.size() - tail);
  std::copy_n(data.begin(), first, storage_.begin() + static_cast<ptrdiff_t>(tail));
  std::copy(data.begin() + static_cast<ptrdiff_t>(first), data.end(), storage_.begin());
  size_ += static_cast<uint32_t>(data.size());
}

ByteRing::Parts ByteRing::Peek(uint32_t position, size_t length) const {
  const size_t offset = Wrap(begin_offset_ + (position - begin_));
  const size_t first = std::min(length, storage_.size() - offset);
  return {storage_.subspan(offset, first), storage_.first(length - first)};
}

void ByteRing::Copy(uint32_t position, base::ByteSpan out) const {
  const Parts parts = Peek(position, out.size());
  const auto rest = std::copy(parts[0].begin(), parts[0].end(), out.begin());
  std::copy(parts[1].begin(), parts[1].end(), rest);
}

void ByteRing::DropTo(uint32_t position) {
  const uint32_t count = position - begin_;
  begin_offset_ = Wrap(begin_offset_ + count);
  begin_ = position;
  size_ -= count;
}

void ByteRing::Clear() {
  begin_ = 0;
  size_ = 0;
  begin_offset_ = 0;
}

}  // namespace protocol
