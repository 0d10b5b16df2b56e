// Resolver for IPv4 addresses (RFC 1034 5.3.1 stub resolver, RFC 1035; hardened by RFC 5452).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "stack/base/address.h"
#include "stack/base/bounded.h"
#include "stack/base/executor.h"
#include "stack/base/result.h"
#include "stack/base/time.h"
#include "stack/base/timer_queue.h"
#include "stack/config.h"
#include "stack/udp.h"
#include "stack/wire/dns.h"

namespace stack {

struct DnsAnswer {
  base::Bounded<base::Ipv4Address, kDnsMaxAddresses> addresses;
  uint32_t ttl_seconds = 0;   // the least of the records that led here
  base::Duration elapsed{};   // from the query to the answer, retries included
  base::IpAddress server;     // who answered; 0.0.0.0: nobody was asked
  uint8_t queries = 0;        // sent
  uint8_t aliases = 0;        // CNAMEs followed
  uint8_t response_code = 0;  // of the last response (RFC 1035 4.1.1)
  bool from_cache = false;
};

// Asks for A records. Needs a loop that runs the stack's executor. Memory of its owner.
class DnsClient {
 public:
  struct Options {
    base::IpAddress server;  // 0.0.0.0: those that the interfaces name
    uint16_t port = wire::kDnsPort;
    bool use_cache = true;
  };
  // Names one query until its result was taken.
  struct Handle {
    uint8_t index = 0;
    uint8_t generation = 0;
  };

  explicit DnsClient(Stack& stack);
  DnsClient(const DnsClient&) = delete;
  DnsClient& operator=(const DnsClient&) = delete;

  // kInvalidArgument: no name; kUnreachable: no server is known; kResourceExhausted:
  // kDnsMaxQueries are open; kBusy: this name is being asked for (a second query would double a
  // forger's chances).
  base::Result<Handle> Query(std::string_view name, const Options& options);
  base::Result<Handle> Query(std::string_view name) { return Query(name, Options()); }

  // The result, once. kUnavailable: not yet; kNotFound: no such name, or it has no address;
  // kDeadlineExceeded: nobody answered; kRefused: the servers said that they cannot or will not;
  // kDataLoss: the answer makes no sense; kCancelled: no such query. All but kUnavailable end it.
  base::Result<DnsAnswer> Take(Handle handle);
  // As far as it is known, also of a failed or open query: queries, server, response_code.
  const DnsAnswer* Look(Handle handle);
  void Cancel(Handle handle);

  void FlushCache();

  // Raised when a query ended.
  base::Signal& changed() { return changed_; }

 private:
  enum class State : uint8_t { kFree, kAsking, kDone };
  // What the records of one message hold for a name.
  enum class Step : uint8_t { kAddresses, kAlias, kNothing, kMalformed };

  struct Slot {
    Slot(DnsClient& client, Stack& stack);
    void OnReadable() { client.OnReadable(*this); }
    void OnTimer(base::Instant now) { client.OnTimeout(*this, now); }

    DnsClient& client;
    State state = State::kFree;
    uint8_t generation = 0;
    uint8_t tries = 0;  // for `target`
    uint16_t id = 0;
    uint16_t port = 0;
    base::Text<kDnsCacheMaxName> name;  // that was asked for; empty when it is longer than that
    wire::DnsName target;               // the end of the chain of aliases as far as it is known
    base::Bounded<base::IpAddress, kDnsMaxServers> servers;
    base::Status status = base::Status::kOk;  // while asking: of the last try
    DnsAnswer answer;
    base::Instant started;
    UdpSocket socket;
    base::MemberTimer<Slot, &Slot::OnTimer> timer;
    base::MemberWaiter<Slot, &Slot::OnReadable> readable;
  };

  struct CacheEntry {
    base::Text<kDnsCacheMaxName> name;
    base::Bounded<base::Ipv4Address, kDnsMaxAddresses> addresses;
    base::Instant expires;
  };

  template <size_t... kIndex>
  DnsClient(Stack& stack, std::index_sequence<kIndex...>);
  Slot* Find(Handle handle);
  base::Result<Slot*> Allocate(const wire::DnsName& name);
  bool FindServers(const Options& options, Slot& slot) const;
  bool TakeFromCache(Slot& slot);
  void Remember(const Slot& slot);
  void SendQuery(Slot& slot);
  base::Status SendMessage(Slot& slot, const base::SocketAddress& server);
  void OnReadable(Slot& slot);
  void OnTimeout(Slot& slot, base::Instant now);
  void OnMessage(Slot& slot, base::ConstByteSpan message);
  bool IsAnswerTo(const Slot& slot, base::ConstByteSpan message, size_t& offset) const;
  void ReadAnswers(Slot& slot, base::ConstByteSpan message, size_t offset);
  Step FollowOnce(Slot& slot, base::ConstByteSpan message, size_t offset);
  bool TakeRecord(Slot& slot, base::ConstByteSpan message, size_t& offset, wire::DnsName& alias);
  void TryNextServer(Slot& slot, base::Status why);
  void Finish(Slot& slot, base::Status status);

  Stack& stack_;
  std::array<Slot, kDnsMaxQueries> slots_;
  std::array<CacheEntry, kDnsCacheEntries> cache_;
  base::Signal changed_;
};

}  // namespace stack
