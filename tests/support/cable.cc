#include "tests/support/cable.h"

#include <algorithm>
#include <utility>

namespace test {

Cable::Cable(FakeEthernetDriver& a, FakeEthernetDriver& b, const CableFaults& faults, uint64_t seed)
    : ends_{&a, &b}, faults_(faults), engine_(seed) {}

void Cable::Corrupt(ByteVector& frame) {
  if (frame.size() <= 14) {
    return;
  }
  const size_t bit = engine_() % ((frame.size() - 14) * 8);
  frame[14 + bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
  ++counts_.corrupted;
}

void Cable::Send(size_t to, ByteVector frame, base::Instant now) {
  base::Instant start = std::max(now, busy_until_[to]);
  if (faults_.bits_per_second != 0) {
    // Preamble, FCS and gap are 24 bytes.
    start += base::Duration(
        static_cast<int64_t>((frame.size() + 24) * 8 * 1'000'000 / faults_.bits_per_second));
    busy_until_[to] = start;
  }
  if (Happens(faults_.loss)) {
    ++counts_.lost;
    return;
  }
  base::Instant arrives = start + faults_.delay;
  if (Happens(faults_.reorder)) {
    arrives += faults_.reorder_by;
    ++counts_.reordered;
  }
  if (Happens(faults_.corrupt)) {
    Corrupt(frame);
  }
  ++counts_.carried;
  if (Happens(faults_.duplicate)) {
    in_flight_.push({arrives, order_++, to, frame});
    ++counts_.duplicated;
  }
  in_flight_.push({arrives, order_++, to, std::move(frame)});
}

bool Cable::Move(base::Instant now) {
  for (size_t from = 0; from < 2; ++from) {
    auto& sent = ends_[from]->sent();
    for (; !sent.empty(); sent.pop_front()) {
      Send(1 - from, std::move(sent.front()), now);
    }
  }
  bool moved = false;
  while (!in_flight_.empty() && in_flight_.top().arrives <= now) {
    ends_[in_flight_.top().to]->Receive(in_flight_.top().frame);
    in_flight_.pop();
    moved = true;
  }
  return moved;
}

base::Instant Cable::next() const {
  return in_flight_.empty() ? base::kNever : in_flight_.top().arrives;
}

}  // namespace test
