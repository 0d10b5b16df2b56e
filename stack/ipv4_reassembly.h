// Fragments back to one datagram (RFC 791 3.2, RFC 815 for the idea), in bounded memory.
//
//   first (offset 0)  ->  rest, sorted by offset, without overlaps         total: once the last
//   came |0........1480|        |1480......2960|      |4440......5000|          5000
#pragma once

#include <array>
#include <cstdint>

#include "stack/base/pbuf.h"
#include "stack/base/time.h"
#include "stack/base/timer_queue.h"
#include "stack/config.h"
#include "stack/transport.h"

namespace stack {

class Stack;

// What of a fragment's header only reassembly looks at.
struct FragmentInfo {
  uint16_t identification = 0;
  size_t offset = 0;  // in bytes
  bool more = false;
};

class Ipv4Reassembly {
 public:
  explicit Ipv4Reassembly(Stack& stack) : stack_(stack), timer_(*this) {}

  // Takes a fragment, which starts behind its IPv4 header. Returns the datagram and sets `meta` to
  // that of its first fragment when this was the last missing piece; else an empty Pbuf. The front
  // of the datagram, kReassemblyContiguous bytes, is in one part, whatever the fragments were.
  base::Pbuf OnFragment(base::Pbuf&& packet, const FragmentInfo& info, Ipv4Meta& meta);

 private:
  struct Datagram {
    Ipv4Meta meta;  // netif is nullptr in a free slot
    uint16_t identification = 0;
    uint16_t fragments = 0;
    size_t received = 0;  // bytes
    size_t total = 0;     // 0: not known yet
    base::Instant expires;
    base::Pbuf first;
    base::PbufQueue rest;

    bool is_free() const { return meta.netif == nullptr; }
  };
  enum class Verdict : uint8_t { kKeep, kDropFragment, kDropDatagram };

  Datagram* Find(const Ipv4Meta& meta, uint16_t identification);
  Datagram& Allocate(const Ipv4Meta& meta, uint16_t identification);
  // nullptr: there is no other.
  Datagram* Oldest(const Datagram* other_than);
  Verdict CheckLength(Datagram& datagram, const base::Pbuf& packet, const FragmentInfo& info);
  Verdict Insert(Datagram& datagram, base::Pbuf& packet, const FragmentInfo& info);
  void Account(Datagram& datagram, base::Pbuf& packet);
  base::Pbuf Complete(Datagram& datagram, Ipv4Meta& meta);
  bool JoinFront(base::Pbuf& packet, size_t header_size);
  void Free(Datagram& datagram);
  void OnTimer(base::Instant now);

  Stack& stack_;
  std::array<Datagram, kReassemblyDatagrams> datagrams_;
  size_t fragments_ = 0;  // of all datagrams
  base::MemberTimer<Ipv4Reassembly, &Ipv4Reassembly::OnTimer> timer_;
};

}  // namespace stack
