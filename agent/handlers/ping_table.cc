#include "agent/handlers/ping_table.h"

#include <algorithm>

#include "stack/wire/icmp.h"

namespace agent {

using protocol::PingOutcome;

uint16_t FirstBadOffset(const base::Pbuf& payload, uint16_t sequence, uint16_t size) {
  size_t index = 0;
  size_t bad = protocol::kNotCorrupted;
  payload.ForEachPart([&](base::ConstByteSpan part) {
    for (const std::byte byte : part) {
      if (bad == protocol::kNotCorrupted && (index >= size || byte != PingByte(sequence, index))) {
        bad = index;
      }
      ++index;
    }
  });
  return static_cast<uint16_t>(index < size ? std::min(bad, index) : bad);
}

void PingTable::Add(uint16_t sequence, uint16_t size, base::Instant sent) {
  SlotOf(sequence) = {.sequence = sequence, .size = size, .waiting = true, .sent = sent};
}

bool PingTable::OnReply(const stack::EchoReply& reply, protocol::PingReply& out) {
  Slot& slot = SlotOf(reply.sequence);
  if (slot.sequence != reply.sequence || reply.sequence == 0 || (!slot.waiting && !slot.answered)) {
    return false;
  }
  out = {
      .sequence = reply.sequence,
      .code = reply.error_code,
      .ttl = reply.ttl,
      .size = slot.size,
      .from = reply.from,
      .rtt_us = static_cast<uint32_t>(std::max<int64_t>((reply.received - slot.sent).count(), 0))};
  if (reply.is_error()) {
    out.outcome = reply.error_type == wire::kIcmpTimeExceeded ? PingOutcome::kTimeExceeded
                                                              : PingOutcome::kUnreachable;
  } else {
    out.outcome = slot.answered ? PingOutcome::kDuplicate : PingOutcome::kReply;
    out.size = static_cast<uint16_t>(reply.payload.size());
    out.first_bad_offset = FirstBadOffset(reply.payload, reply.sequence, slot.size);
  }
  slot.waiting = false;
  slot.answered = true;
  return true;
}

bool PingTable::TakeOverdue(base::Instant now, protocol::PingReply& out) {
  for (Slot& slot : slots_) {
    if (slot.waiting && slot.sent + timeout_ <= now) {
      slot.waiting = false;
      out = {.sequence = slot.sequence, .outcome = PingOutcome::kTimeout, .size = slot.size};
      return true;
    }
  }
  return false;
}

base::Instant PingTable::next_timeout() const {
  base::Instant next = base::kNever;
  for (const Slot& slot : slots_) {
    if (slot.waiting) {
      next = base::Earlier(next, slot.sent + timeout_);
    }
  }
  return next;
}

}  // namespace agent
