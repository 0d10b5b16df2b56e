// Frames of every size and pattern around a loopback, or to a partner that answers ARP.
#pragma once

#include "agent/jobs.h"
#include "protocol/messages/link.h"

namespace agent {

// Path, frame count and sizes make sense.
bool IsLinkTest(const protocol::LinkTestRequest& request);

// The job. Sends a LinkTestStep for each size and pattern. kUnimplemented: no such loopback;
// kUnreachable: the link did not come up, or the partner does not answer ARP; kCancelled; kClosed.
stack::Task<base::Status> RunLinkTest(stack::TaskContext& context, Job& job,
                                      protocol::LinkTestRequest request);

// The byte at `index` of the payload of frame number `sequence`.
constexpr std::byte PatternByte(protocol::LinkTestPattern pattern, uint16_t sequence,
                                size_t index) {
  switch (pattern) {
    case protocol::LinkTestPattern::kZeros:
      return std::byte{0x00};
    case protocol::LinkTestPattern::kOnes:
      return std::byte{0xff};
    case protocol::LinkTestPattern::kAlternating:
      return index % 2 == 0 ? std::byte{0x55} : std::byte{0xaa};
    case protocol::LinkTestPattern::kWalkingOne:
      return static_cast<std::byte>(1u << (index % 8));
    case protocol::LinkTestPattern::kRandom:
    default:
      // The high byte of a multiplicative hash (Knuth): the same for the same place.
      return static_cast<std::byte>(
          ((static_cast<uint32_t>(index) + 1000u * sequence + 1) * 2654435761u) >> 24);
  }
}

}  // namespace agent
