#include "stack/sequential/arena.h"

#include <algorithm>
#include <cassert>
#include <new>

#include "stack/sequential/poison.h"

namespace stack {
namespace {

constexpr size_t RoundUp(size_t size) {
  return (size + FrameArena::kAlignment - 1) / FrameArena::kAlignment * FrameArena::kAlignment;
}

}  // namespace

FrameArena::FrameArena(base::ByteSpan memory)
    : memory_(memory.first(memory.size() / kAlignment * kAlignment)) {
  assert(reinterpret_cast<uintptr_t>(memory.data()) % kAlignment == 0);
  stats_.capacity = static_cast<uint32_t>(memory_.size());
  if (memory_.size() < sizeof(Header)) {
    return;
  }
  holes_ = new (memory_.data()) Header{memory_.size(), {}};
  holes_->next = nullptr;
  internal::Poison(holes_ + 1, holes_->size - sizeof(Header));
}

FrameArena::~FrameArena() {
  assert(stats_.in_use == 0);
  internal::Unpoison(memory_.data(), memory_.size());
}

// The link that leads to the first hole of at least `size` bytes, or to the end of the list.
FrameArena::Header** FrameArena::FindHole(size_t size) {
  Header** link = &holes_;
  while (*link != nullptr && (*link)->size < size) {
    link = &(*link)->next;
  }
  return link;
}

void* FrameArena::Allocate(size_t size) noexcept {
  stats_.largest_frame = std::max(stats_.largest_frame, static_cast<uint32_t>(size));
  if (size > memory_.size()) {
    ++stats_.exhausted;
    return nullptr;
  }
  const size_t needed = RoundUp(sizeof(Header) + size);
  Header** const link = FindHole(needed);
  Header* const block = *link;
  if (block == nullptr) {
    ++stats_.exhausted;
    return nullptr;
  }
  internal::Unpoison(block, needed);
  if (block->size - needed >= 2 * sizeof(Header)) {
    std::byte* const behind = reinterpret_cast<std::byte*>(block) + needed;
    internal::Unpoison(behind, sizeof(Header));
    Header* const rest = new (behind) Header{block->size - needed, {}};
    rest->next = block->next;
    *link = rest;
    block->size = needed;
  } else {
    internal::Unpoison(block, block->size);
    *link = block->next;
  }
  block->owner = this;
  ++stats_.allocated;
  stats_.in_use += static_cast<uint32_t>(block->size);
  stats_.in_use_peak = std::max(stats_.in_use_peak, stats_.in_use);
  return block + 1;
}

void FrameArena::Free(void* frame) noexcept {
  Header* const block = static_cast<Header*>(frame) - 1;
  block->owner->Return(*block);
}

bool FrameArena::Touch(const Header& low, const Header& high) {
  return reinterpret_cast<const std::byte*>(&low) + low.size ==
         reinterpret_cast<const std::byte*>(&high);
}

void FrameArena::Return(Header& block) {
  stats_.in_use -= static_cast<uint32_t>(block.size);
  internal::Poison(&block + 1, block.size - sizeof(Header));
  Header* before = nullptr;
  Header* behind = holes_;
  while (behind != nullptr && behind < &block) {
    before = behind;
    behind = behind->next;
  }
  block.next = behind;
  if (behind != nullptr && Touch(block, *behind)) {
    block.size += behind->size;
    block.next = behind->next;
    internal::Poison(behind, sizeof(Header));
  }
  if (before == nullptr) {
    holes_ = &block;
    return;
  }
  before->next = &block;
  if (Touch(*before, block)) {
    before->size += block.size;
    before->next = block.next;
    internal::Poison(&block, sizeof(Header));
  }
}

}  // namespace stack
