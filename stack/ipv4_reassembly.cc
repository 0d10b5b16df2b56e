#include "stack/ipv4_reassembly.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "stack/netif.h"
#include "stack/stack.h"
#include "stack/wire/ethernet.h"
#include "stack/wire/icmp.h"
#include "stack/wire/ipv4.h"

namespace stack {
namespace {

constexpr size_t kMaxIpv4HeaderSize = 60;
constexpr size_t kMaxDatagram = 65535 - wire::kIpv4HeaderSize;

// A waiting fragment remembers its offset where its IPv4 header was; only the first one's header is
// needed again, and its offset is known.
void SetOffset(const base::Pbuf& packet, uint16_t offset) {
  std::memcpy(packet.data() - sizeof(offset), &offset, sizeof(offset));
}
size_t OffsetOf(const base::PbufPart& part) {
  uint16_t offset;
  std::memcpy(&offset, part.data - sizeof(offset), sizeof(offset));
  return offset;
}
size_t EndOf(const base::PbufPart& part) { return OffsetOf(part) + part.size; }

bool SameBytes(const base::PbufPart& part, const base::Pbuf& packet) {
  return std::equal(part.data, part.data + part.size, packet.bytes().begin(), packet.bytes().end());
}

}  // namespace

Ipv4Reassembly::Datagram* Ipv4Reassembly::Find(const Ipv4Meta& meta, uint16_t identification) {
  for (Datagram& datagram : datagrams_) {
    const Ipv4Meta& other = datagram.meta;
    if (other.netif == meta.netif && datagram.identification == identification &&
        other.source == meta.source && other.destination == meta.destination &&
        other.protocol == meta.protocol) {
      return &datagram;
    }
  }
  return nullptr;
}

// The one that waits longest, which is the least likely to be completed.
Ipv4Reassembly::Datagram* Ipv4Reassembly::Oldest(const Datagram* other_than) {
  Datagram* oldest = nullptr;
  for (Datagram& datagram : datagrams_) {
    if (!datagram.is_free() && &datagram != other_than &&
        (oldest == nullptr || datagram.expires < oldest->expires)) {
      oldest = &datagram;
    }
  }
  return oldest;
}

Ipv4Reassembly::Datagram& Ipv4Reassembly::Allocate(const Ipv4Meta& meta, uint16_t identification) {
  const auto free = std::ranges::find_if(datagrams_, &Datagram::is_free);
  Datagram* const slot = free != datagrams_.end() ? &*free : Oldest(nullptr);
  if (!slot->is_free()) {
    ++stack_.stats().ipv4.reassembly_full;
    Free(*slot);
  }
  slot->meta = meta;
  slot->identification = identification;
  slot->expires = stack_.now() + kReassemblyTimeout;
  if (!timer_.armed()) {
    stack_.timers().Arm(timer_, slot->expires);
  }
  return *slot;
}

void Ipv4Reassembly::Free(Datagram& datagram) {
  fragments_ -= datagram.fragments;
  datagram.meta = {};
  datagram.fragments = 0;
  datagram.received = 0;
  datagram.total = 0;
  datagram.first.Reset();
  datagram.rest.Clear();
}

base::Pbuf Ipv4Reassembly::OnFragment(base::Pbuf&& packet, const FragmentInfo& info,
                                      Ipv4Meta& meta) {
  base::Pbuf owned = std::move(packet);
  const size_t size = owned.bytes().size();
  if (size == 0 || (info.more && size % 8 != 0)) {
    ++stack_.stats().ipv4.reassembly_bad_fragment;
    return {};
  }
  Datagram* datagram = Find(meta, info.identification);
  if (datagram == nullptr) {
    datagram = &Allocate(meta, info.identification);
  }
  Verdict verdict = CheckLength(*datagram, owned, info);
  if (verdict == Verdict::kKeep) {
    verdict = Insert(*datagram, owned, info);
  }
  if (verdict == Verdict::kDropDatagram) {
    Free(*datagram);
    return {};
  }
  if (info.offset == 0 && verdict == Verdict::kKeep) {
    datagram->meta = meta;
  }
  if (datagram->total != 0 && datagram->received == datagram->total) {
    return Complete(*datagram, meta);
  }
  if (fragments_ > kReassemblyFragments) {
    ++stack_.stats().ipv4.reassembly_full;
    Datagram* const oldest = Oldest(datagram);
    Free(oldest != nullptr ? *oldest : *datagram);
  }
  return {};
}

// The end of the datagram is where its last fragment ends: no other may say otherwise.
Ipv4Reassembly::Verdict Ipv4Reassembly::CheckLength(Datagram& datagram, const base::Pbuf& packet,
                                                    const FragmentInfo& info) {
  Ipv4Stats& stats = stack_.stats().ipv4;
  const size_t end = info.offset + packet.bytes().size();
  if (end > kMaxDatagram) {
    ++stats.reassembly_too_big;
    return Verdict::kDropDatagram;
  }
  const base::PbufPart* const back = datagram.rest.back();
  const size_t known_end = back != nullptr  ? EndOf(*back)
                           : datagram.first ? datagram.first.bytes().size()
                                            : 0;
  const bool contradicts = info.more
                               ? datagram.total != 0 && end > datagram.total
                               : (datagram.total != 0 && end != datagram.total) || known_end > end;
  if (contradicts) {
    ++stats.reassembly_bad_end;
    return Verdict::kDropDatagram;
  }
  if (!info.more) {
    datagram.total = end;
  }
  return Verdict::kKeep;
}

// RFC 5722 for IPv6, and as good for IPv4: who sends overlaps means no good.
Ipv4Reassembly::Verdict Ipv4Reassembly::Insert(Datagram& datagram, base::Pbuf& packet,
                                               const FragmentInfo& info) {
  Ipv4Stats& stats = stack_.stats().ipv4;
  const size_t end = info.offset + packet.bytes().size();
  base::PbufPart* before = nullptr;
  base::PbufPart* next = datagram.rest.front();
  while (next != nullptr && OffsetOf(*next) < info.offset) {
    before = next;
    next = next->next_packet;
  }
  const base::PbufPart* same = info.offset == 0 ? datagram.first.head() : next;
  const bool duplicate = same != nullptr && same->size == packet.bytes().size() &&
                         (info.offset == 0 || OffsetOf(*same) == info.offset);
  if (duplicate) {
    if (SameBytes(*same, packet)) {
      ++stats.reassembly_duplicate;
      return Verdict::kDropFragment;
    }
    ++stats.reassembly_overlap;
    return Verdict::kDropDatagram;
  }
  const size_t first_end = datagram.first ? datagram.first.bytes().size() : 0;
  const size_t end_before = before != nullptr ? EndOf(*before) : first_end;
  if (info.offset < end_before || (next != nullptr && OffsetOf(*next) < end)) {
    ++stats.reassembly_overlap;
    return Verdict::kDropDatagram;
  }
  Account(datagram, packet);
  if (info.offset == 0) {
    datagram.first = std::move(packet);
    return Verdict::kKeep;
  }
  SetOffset(packet, static_cast<uint16_t>(info.offset));
  datagram.rest.InsertAfter(before, std::move(packet));
  return Verdict::kKeep;
}

void Ipv4Reassembly::Account(Datagram& datagram, base::Pbuf& packet) {
  datagram.received += packet.bytes().size();
  ++datagram.fragments;
  ++fragments_;
  packet.set_holder(base::Holder::kReassembly);
}

base::Pbuf Ipv4Reassembly::Complete(Datagram& datagram, Ipv4Meta& meta) {
  Ipv4Stats& stats = stack_.stats().ipv4;
  base::Pbuf whole = std::move(datagram.first);
  while (!datagram.rest.empty()) {
    whole.Chain(datagram.rest.PopFront());
  }
  meta = datagram.meta;
  Free(datagram);
  whole.set_holder(base::Holder::kStack);
  if (!JoinFront(whole, meta.header_size)) {
    ++stats.reassembly_no_buffer;
    return {};
  }
  ++stats.reassembled;
  return whole;
}

// A first fragment that is too short for a transport header (RFC 1858 3) gets a buffer with more.
bool Ipv4Reassembly::JoinFront(base::Pbuf& packet, size_t header_size) {
  const size_t count = std::min(packet.size(), kReassemblyContiguous);
  if (packet.bytes().size() >= count) {
    return true;
  }
  constexpr size_t kHeadroom =
      EthernetDriver::kReceiveHeadroom + wire::kEthernetHeaderSize + kMaxIpv4HeaderSize;
  auto front = stack_.pools().Allocate(kHeadroom, count, base::Holder::kStack);
  if (!front) {
    return false;
  }
  std::memcpy(front->data() - header_size, packet.data() - header_size, header_size);
  packet.CopyOut(0, front->Append(count));
  packet.TrimFront(count);
  if (packet.bytes().size() != 0) {
    front->Chain(std::move(packet));
  }
  packet = std::move(*front);
  return true;
}

// RFC 792, RFC 1122 3.3.2: said once, and only when the first fragment came.
void Ipv4Reassembly::OnTimer(base::Instant now) {
  base::Instant next = base::kNever;
  for (Datagram& datagram : datagrams_) {
    if (datagram.is_free()) {
      continue;
    }
    if (datagram.expires > now) {
      next = base::Earlier(next, datagram.expires);
      continue;
    }
    ++stack_.stats().ipv4.reassembly_timeout;
    if (datagram.first) {
      stack_.icmp().SendError(wire::kIcmpTimeExceeded, wire::kTimeExceededReassembly,
                              datagram.first, datagram.meta);
    }
    Free(datagram);
  }
  if (next != base::kNever) {
    stack_.timers().Arm(timer_, next);
  }
}

}  // namespace stack
