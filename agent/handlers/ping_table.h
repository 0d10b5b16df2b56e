// Echo requests under way: which were answered, which are overdue, what their payload must be.
#pragma once

#include <array>
#include <cstdint>

#include "protocol/messages/ping.h"
#include "stack/base/pbuf.h"
#include "stack/base/time.h"
#include "stack/icmp.h"

namespace agent {

// The byte at `index` of the payload of request `sequence`.
constexpr std::byte PingByte(uint16_t sequence, size_t index) {
  return static_cast<std::byte>(sequence + index);
}

// Where `payload` first differs from what request `sequence` with `size` bytes sent.
// protocol::kNotCorrupted: nowhere.
uint16_t FirstBadOffset(const base::Pbuf& payload, uint16_t sequence, uint16_t size);

class PingTable {
 public:
  static constexpr size_t kMaxOpen = 64;

  explicit PingTable(base::Duration timeout) : timeout_(timeout) {}

  // A slot for `sequence` is free: at most kMaxOpen requests in a row wait for their answer.
  bool HasRoom(uint16_t sequence) const { return !SlotOf(sequence).waiting; }
  void Add(uint16_t sequence, uint16_t size, base::Instant sent);
  // `sequence` will not be answered.
  void Drop(uint16_t sequence) { SlotOf(sequence).waiting = false; }

  // What an answer or an error means. False: an answer to nothing that is still known, such as one
  // behind its time-out.
  bool OnReply(const stack::EchoReply& reply, protocol::PingReply& out);
  // A request whose time is up at `now`. False: none.
  bool TakeOverdue(base::Instant now, protocol::PingReply& out);

  // When the next request is overdue, kNever without any.
  base::Instant next_timeout() const;
  bool empty() const { return next_timeout() == base::kNever; }
  bool waiting_for(uint16_t sequence) const {
    return SlotOf(sequence).sequence == sequence && SlotOf(sequence).waiting;
  }

 private:
  struct Slot {
    uint16_t sequence = 0;  // 0: never used
    uint16_t size = 0;
    bool waiting = false;
    bool answered = false;
    base::Instant sent;
  };

  Slot& SlotOf(uint16_t sequence) { return slots_[sequence % kMaxOpen]; }
  const Slot& SlotOf(uint16_t sequence) const { return slots_[sequence % kMaxOpen]; }

  base::Duration timeout_;
  std::array<Slot, kMaxOpen> slots_;
};

}  // namespace agent
