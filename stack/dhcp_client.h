// Dynamic Host Configuration Protocol, client side (RFC 2131).
//
//   kInit --DISCOVER--> kSelecting --OFFER/REQUEST--> kRequesting --ACK--> kProbing --free-->
//   kBound
//     ^                                                   |                   | in use          |
//     |<----------------------- NAK ----------------------+     DECLINE, 10 s |              T1 |
//     |<--------------------------------------------------+-------------------+                 v
//     |                                                                        ACK kRenewing
//     |<-- NAK, lease over -- kRebinding <-- T2 -------------------------- (to kBound) <--------+
//   link back with a lease: kRebooting --ACK--> kProbing
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "stack/address_probe.h"
#include "stack/base/address.h"
#include "stack/base/bounded.h"
#include "stack/base/executor.h"
#include "stack/base/fields.h"
#include "stack/base/time.h"
#include "stack/base/timer_queue.h"
#include "stack/config.h"
#include "stack/udp.h"
#include "stack/wire/dhcp.h"

namespace stack {

enum class DhcpState : uint8_t {
  kStopped,
  kInit,  // waits for the link, or before it starts over
  kSelecting,
  kRequesting,
  kRebooting,
  kProbing,  // asks by ARP whether the address is in use
  kBound,
  kRenewing,
  kRebinding,
};

// What the server said. Addresses that it did not name are 0.0.0.0.
struct DhcpLease {
  base::Ipv4Address address;
  base::Ipv4Address mask;
  base::Ipv4Address gateway;
  std::array<base::Ipv4Address, 2> dns{};
  base::Ipv4Address server;
  base::Ipv4Address broadcast;
  base::Ipv4Address next_server;  // of the boot file (siaddr)
  std::array<base::Ipv4Address, 2> ntp{};
  uint32_t lease_seconds = 0;   // 0xffffffff: for ever
  uint32_t renew_seconds = 0;   // T1
  uint32_t rebind_seconds = 0;  // T2
  uint16_t mtu = 0;             // 0: not said
  base::Text<kDhcpMaxDomain> domain;

  static constexpr auto kFields =
      base::FieldList{base::Field{"address", &DhcpLease::address},
                      base::Field{"mask", &DhcpLease::mask},
                      base::Field{"gateway", &DhcpLease::gateway},
                      base::Field{"dns", &DhcpLease::dns},
                      base::Field{"server", &DhcpLease::server},
                      base::Field{"broadcast", &DhcpLease::broadcast},
                      base::Field{"next_server", &DhcpLease::next_server},
                      base::Field{"ntp", &DhcpLease::ntp},
                      base::Field{"lease_seconds", &DhcpLease::lease_seconds},
                      base::Field{"renew_seconds", &DhcpLease::renew_seconds},
                      base::Field{"rebind_seconds", &DhcpLease::rebind_seconds},
                      base::Field{"mtu", &DhcpLease::mtu},
                      base::Field{"domain", &DhcpLease::domain}};
};

// When each step of the last exchange happened; kNever: not yet.
struct DhcpTimes {
  base::Instant started = base::kNever;  // first DISCOVER, or REQUEST after the link came back
  base::Instant offer = base::kNever;
  base::Instant request = base::kNever;
  base::Instant ack = base::kNever;
  base::Instant bound = base::kNever;  // after the address probe
  uint8_t discovers = 0;               // sent
  uint8_t requests = 0;
  uint8_t offers = 0;  // good ones; the first is taken
};

// Configures one interface. Needs a loop that runs the stack's executor. Memory of its owner.
class DhcpClient {
 public:
  DhcpClient(Stack& stack, NetIf& netif);
  DhcpClient(const DhcpClient&) = delete;
  DhcpClient& operator=(const DhcpClient&) = delete;

  // Takes the interface's address away and asks for one, now and whenever the link comes up. kBusy:
  // somebody has UDP port 68 on this interface.
  base::Status Start();
  // Ends it; the address goes. `release`: tells the server, when there is a lease.
  void Stop(bool release);

  // Sent as option 12; empty: none. At most kDhcpMaxHostName bytes. Before Start.
  void set_host_name(std::string_view name) { host_name_ = name; }
  // The address to ask for in DISCOVER; 0.0.0.0: any. Before Start.
  void set_requested_address(base::Ipv4Address address) { requested_ = address; }

  DhcpState state() const { return state_; }
  bool has_lease() const { return state_ >= DhcpState::kBound; }
  // The last one; valid when has_lease().
  const DhcpLease& lease() const { return lease_; }
  base::Instant lease_ends() const { return lease_ends_; }
  const DhcpTimes& times() const { return times_; }
  // Why the last exchange failed: kOk, kDeadlineExceeded nobody answers, kRefused NAK, kBusy the
  // address is in use by conflict_mac().
  base::Status last_failure() const { return last_failure_; }
  const base::MacAddress& conflict_mac() const { return probe_.holder(); }
  // Raised when the state changed.
  base::Signal& changed() { return changed_; }

 private:
  void SetState(DhcpState state);
  void StartOver(base::Duration wait, base::Status why);
  void Begin(base::Instant now);
  void OnTimer(base::Instant now);
  void OnLease(base::Instant now);
  void OnRetry(base::Instant now);
  void ArmRetry(base::Instant now);
  void ArmLeaseTimer(base::Instant now);
  void OnReadable();
  void OnLink();
  void OnProbe();

  void OnMessage(base::ConstByteSpan message, base::Instant now);
  void OnOffer(const DhcpLease& offer, base::Instant now);
  void OnAck(const DhcpLease& ack, base::Instant now);
  void OnNak();
  bool IsAnswerExpected(wire::DhcpMessageType type, const DhcpLease& lease) const;
  void Bind(base::Instant now);
  void Unconfigure();

  void SendDiscover(base::Instant now);
  void SendRequest(base::Instant now);
  void SendDecline();
  void SendRelease();
  wire::DhcpHeader MakeHeader(base::Instant now) const;
  void AddCommonOptions(wire::DhcpOptionWriter& options) const;
  void Send(const wire::DhcpHeader& header, base::ConstByteSpan options, base::Ipv4Address to);

  Stack& stack_;
  NetIf& netif_;
  UdpSocket socket_;
  AddressProbe probe_;
  DhcpState state_ = DhcpState::kStopped;
  base::Status last_failure_ = base::Status::kOk;
  uint32_t xid_ = 0;
  uint8_t tries_ = 0;
  uint32_t link_changes_ = 0;
  base::Ipv4Address requested_;
  DhcpLease lease_;
  base::Instant lease_starts_;  // when the REQUEST that got it was sent
  base::Instant lease_ends_ = base::kNever;
  DhcpTimes times_;
  base::Text<kDhcpMaxHostName> host_name_;
  base::MemberTimer<DhcpClient, &DhcpClient::OnTimer> timer_;
  base::MemberWaiter<DhcpClient, &DhcpClient::OnReadable> readable_;
  base::MemberWaiter<DhcpClient, &DhcpClient::OnLink> link_;
  base::MemberWaiter<DhcpClient, &DhcpClient::OnProbe> probed_;
  base::Signal changed_;
};

}  // namespace stack
