// Address conflict detection: is an address in use before we take it? (RFC 5227 2.1)
#pragma once

#include <cstdint>

#include "stack/arp.h"
#include "stack/base/address.h"
#include "stack/base/executor.h"
#include "stack/base/time.h"
#include "stack/base/timer_queue.h"

namespace stack {

struct ProbeTiming {
  base::Duration first_wait_max;  // the first probe goes out after a random part of this
  uint8_t count;
  base::Duration interval_min;
  base::Duration interval_max;
  base::Duration last_wait;  // after the last probe
};
inline constexpr ProbeTiming kRfc5227Timing{
    .first_wait_max = 1s, .count = 3, .interval_min = 1s, .interval_max = 2s, .last_wait = 2s};
// For an address that a DHCP server has just checked itself (RFC 2131 2.2).
inline constexpr ProbeTiming kShortTiming{.first_wait_max = 0s,
                                          .count = 2,
                                          .interval_min = 200ms,
                                          .interval_max = 200ms,
                                          .last_wait = 300ms};

enum class ProbeState : uint8_t { kIdle, kProbing, kFree, kInUse };

// One probe at a time. Memory of its owner.
class AddressProbe : public ArpObserver {
 public:
  explicit AddressProbe(Stack& stack);
  ~AddressProbe() { Stop(); }

  void Start(NetIf& netif, base::Ipv4Address address, const ProbeTiming& timing = kRfc5227Timing);
  void Stop();

  ProbeState state() const { return state_; }
  // Who has the address, when state() is kInUse.
  const base::MacAddress& holder() const { return holder_; }
  // Raised when the answer is known.
  base::Signal& changed() { return changed_; }

 private:
  bool OnArp(NetIf& netif, const wire::ArpPacket& packet) override;
  void OnTimer(base::Instant now);
  void Finish(ProbeState state);

  Stack& stack_;
  ProbeState state_ = ProbeState::kIdle;
  NetIf* netif_ = nullptr;
  base::Ipv4Address address_;
  base::MacAddress holder_;
  ProbeTiming timing_{};
  uint8_t sent_ = 0;
  base::MemberTimer<AddressProbe, &AddressProbe::OnTimer> timer_;
  base::Signal changed_;
};

}  // namespace stack
