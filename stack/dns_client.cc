#include "stack/dns_client.h"

#include <algorithm>
#include <utility>

#include "stack/netif.h"
#include "stack/stack.h"

namespace stack {
namespace {

using base::ConstByteSpan;
using base::Instant;
using base::Ipv4Address;
using base::Status;
using wire::DnsHeader;
using wire::DnsName;

// RFC 2181 8: a TTL with the top bit set counts as 0.
uint32_t ClampTtl(uint32_t ttl) { return ttl >> 31 != 0 ? 0 : std::min(ttl, kDnsMaxTtlSeconds); }

// "192.0.2.1"; nothing for everything else.
base::Result<Ipv4Address> ParseLiteral(std::string_view text) {
  Ipv4Address address;
  size_t octets = 0;
  uint32_t octet = 0;
  size_t digits = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == '.') {
      if (digits == 0 || digits > 3 || octet > 255 || ++octets > 4) {
        return std::unexpected(Status::kInvalidArgument);
      }
      address.value = address.value << 8 | octet;
      octet = 0;
      digits = 0;
    } else if (text[i] >= '0' && text[i] <= '9' && digits < 3) {
      octet = octet * 10 + static_cast<uint32_t>(text[i] - '0');
      ++digits;
    } else {
      return std::unexpected(Status::kInvalidArgument);
    }
  }
  if (octets != 4) {
    return std::unexpected(Status::kInvalidArgument);
  }
  return address;
}

}  // namespace

DnsClient::Slot::Slot(DnsClient& owner, Stack& stack)
    : client(owner), socket(stack), timer(*this), readable(*this) {}

template <size_t... kIndex>
DnsClient::DnsClient(Stack& stack, std::index_sequence<kIndex...>)
    : stack_(stack),
      slots_{(static_cast<void>(kIndex), Slot(*this, stack))...},
      changed_(stack.executor()) {}

DnsClient::DnsClient(Stack& stack) : DnsClient(stack, std::make_index_sequence<kDnsMaxQueries>{}) {}

DnsClient::Slot* DnsClient::Find(Handle handle) {
  if (handle.index >= slots_.size()) {
    return nullptr;
  }
  Slot& slot = slots_[handle.index];
  return slot.state != State::kFree && slot.generation == handle.generation ? &slot : nullptr;
}

base::Result<DnsClient::Slot*> DnsClient::Allocate(const DnsName& name) {
  Slot* free = nullptr;
  for (Slot& slot : slots_) {
    if (slot.state == State::kAsking && (slot.target == name || slot.name.view() == name.view())) {
      return std::unexpected(Status::kBusy);
    }
    if (slot.state == State::kFree) {
      free = &slot;
    }
  }
  if (free == nullptr) {
    return std::unexpected(Status::kResourceExhausted);
  }
  return free;
}

base::Result<DnsClient::Handle> DnsClient::Query(std::string_view text, const Options& options) {
  const auto name = wire::MakeDnsName(text);
  if (!name) {
    return std::unexpected(name.error());
  }
  const auto found = Allocate(*name);
  if (!found) {
    return std::unexpected(found.error());
  }
  Slot& slot = **found;
  slot.name = name->size() <= kDnsCacheMaxName ? name->view() : std::string_view();
  slot.target = *name;
  slot.answer = {};
  slot.status = Status::kOk;
  slot.tries = 0;
  slot.started = stack_.now();
  const auto literal = ParseLiteral(text);
  const bool known = literal.has_value() || (options.use_cache && TakeFromCache(slot));
  if (literal) {
    slot.answer.addresses.Append(*literal);
  }
  if (!known && !FindServers(options, slot)) {
    return std::unexpected(Status::kUnreachable);
  }
  slot.state = State::kAsking;
  ++slot.generation;
  if (known) {
    Finish(slot, Status::kOk);
  } else {
    SendQuery(slot);
  }
  return Handle{static_cast<uint8_t>(&slot - slots_.data()), slot.generation};
}

base::Result<DnsAnswer> DnsClient::Take(Handle handle) {
  Slot* const slot = Find(handle);
  if (slot == nullptr) {
    return std::unexpected(Status::kCancelled);
  }
  if (slot->state == State::kAsking) {
    return std::unexpected(Status::kUnavailable);
  }
  slot->state = State::kFree;
  if (slot->status != Status::kOk) {
    return std::unexpected(slot->status);
  }
  return slot->answer;
}

const DnsAnswer* DnsClient::Look(Handle handle) {
  Slot* const slot = Find(handle);
  return slot == nullptr ? nullptr : &slot->answer;
}

void DnsClient::Cancel(Handle handle) {
  if (Slot* const slot = Find(handle); slot != nullptr) {
    Finish(*slot, Status::kCancelled);
    slot->state = State::kFree;
  }
}

bool DnsClient::FindServers(const Options& options, Slot& slot) const {
  slot.port = options.port;
  slot.servers = {};
  if (!options.server.is_unspecified()) {
    return slot.servers.Append(options.server);
  }
  for (const NetIf* const netif : stack_.interfaces()) {
    for (const Ipv4Address server : netif->ipv4().dns) {
      if (!server.is_unspecified() && netif->has_ipv4()) {
        slot.servers.Append(server);  // those that do not fit are not asked
      }
    }
  }
  return !slot.servers.empty();
}

// Each query has a random id and a random port of its own, so that a forger has to guess both
// (RFC 5452 4.5, 9.2).
void DnsClient::SendQuery(Slot& slot) {
  const size_t count = slot.servers.size();
  slot.answer.server = slot.servers[slot.tries % count];
  const auto round = static_cast<int>(slot.tries / count);
  ++slot.tries;
  ++slot.answer.queries;
  slot.id = stack_.random().Next16();
  slot.socket.Close();
  slot.socket.changed().Wait(slot.readable);
  slot.status = SendMessage(slot, {slot.answer.server, slot.port});
  ++stack_.stats().dns.tx_queries;
  const Instant now = stack_.now();
  const bool hopeless = slot.status == Status::kUnreachable;
  stack_.timers().Arm(slot.timer, hopeless ? now : now + kDnsFirstTimeout * (1 << round));
}

Status DnsClient::SendMessage(Slot& slot, const base::SocketAddress& server) {
  constexpr size_t kQuestionSize = base::kWireSize<wire::DnsQuestion>;
  auto packet = stack_.pools().Allocate(
      kUdpHeadroom, wire::kDnsHeaderSize + wire::kDnsMaxName + 2 + kQuestionSize,
      base::Holder::kApplication);
  if (!packet) {
    ++stack_.stats().udp.tx_no_buffer;
    return packet.error();
  }
  base::EncodeHeader(
      DnsHeader{.id = slot.id, .flags = DnsHeader::kRecursionDesired, .question_count = 1},
      packet->Append(wire::kDnsHeaderSize).data());
  const auto name_size = wire::WriteDnsName(slot.target, packet->Append(slot.target.size() + 2));
  if (!name_size) {
    return name_size.error();
  }
  base::EncodeHeader(wire::DnsQuestion{.type = wire::kDnsTypeA, .klass = wire::kDnsClassInternet},
                     packet->Append(kQuestionSize).data());
  return slot.socket.SendTo(std::move(*packet), server);
}

void DnsClient::TryNextServer(Slot& slot, Status why) {
  if (slot.tries >= kDnsRounds * slot.servers.size()) {
    return Finish(slot, why);
  }
  SendQuery(slot);
}

void DnsClient::OnTimeout(Slot& slot, Instant) {
  if (slot.status == Status::kOk) {
    ++stack_.stats().dns.timeouts;
    return TryNextServer(slot, Status::kDeadlineExceeded);
  }
  TryNextServer(slot, slot.status);
}

void DnsClient::Finish(Slot& slot, Status status) {
  slot.socket.Close();
  slot.readable.Unlink();
  stack_.timers().Cancel(slot.timer);
  slot.state = State::kDone;
  slot.status = status;
  slot.answer.elapsed = stack_.now() - slot.started;
  changed_.Notify();
}

void DnsClient::OnReadable(Slot& slot) {
  slot.socket.changed().Wait(slot.readable);
  while (slot.state == State::kAsking) {
    const auto datagram = slot.socket.Receive();
    if (!datagram) {
      break;
    }
    if (datagram->from != base::SocketAddress{slot.answer.server, slot.port}) {
      ++stack_.stats().dns.rx_unmatched;
    } else if (datagram->payload.is_chain()) {
      ++stack_.stats().dns.rx_malformed;
    } else {
      OnMessage(slot, datagram->payload.bytes());
    }
  }
  if (slot.state == State::kAsking && slot.socket.TakeError() != Status::kOk) {
    TryNextServer(slot, Status::kUnreachable);
  }
}

// RFC 5452 9.1: the question must be ours, whole.
bool DnsClient::IsAnswerTo(const Slot& slot, ConstByteSpan message, size_t& offset) const {
  const auto header = base::DecodeHeader<DnsHeader>(message.data());
  if (header.id != slot.id || !header.has(DnsHeader::kResponse) ||
      (header.flags & DnsHeader::kOpcodeMask) != 0 || header.question_count != 1) {
    return false;
  }
  offset = wire::kDnsHeaderSize;
  const auto name = wire::ReadDnsName(message, offset);
  if (!name || !(*name == slot.target)) {
    return false;
  }
  const auto question =
      base::Decode<wire::DnsQuestion, base::kNetworkOrder>(message.subspan(offset));
  offset += base::kWireSize<wire::DnsQuestion>;
  return question && question->type == wire::kDnsTypeA &&
         question->klass == wire::kDnsClassInternet;
}

void DnsClient::OnMessage(Slot& slot, ConstByteSpan message) {
  DnsStats& stats = stack_.stats().dns;
  if (message.size() < wire::kDnsHeaderSize) {
    ++stats.rx_malformed;
    return;
  }
  size_t offset = 0;
  if (!IsAnswerTo(slot, message, offset)) {
    ++stats.rx_unmatched;
    return;
  }
  const auto header = base::DecodeHeader<DnsHeader>(message.data());
  slot.answer.response_code = header.response_code();
  ++stats.rx_answers;
  if (header.has(DnsHeader::kTruncated)) {
    ++stats.rx_truncated;
  }
  if (header.response_code() == wire::kDnsNameError) {
    ++stats.rx_not_found;
    return Finish(slot, Status::kNotFound);
  }
  if (header.response_code() != wire::kDnsNoError) {
    ++stats.rx_error_code;
    return TryNextServer(slot, Status::kRefused);
  }
  ReadAnswers(slot, message, offset);
}

// Follows the aliases as far as this message goes; asks for the rest.
void DnsClient::ReadAnswers(Slot& slot, ConstByteSpan message, size_t offset) {
  DnsStats& stats = stack_.stats().dns;
  const uint8_t before = slot.answer.aliases;
  Step step;
  do {
    step = FollowOnce(slot, message, offset);
  } while (step == Step::kAlias && slot.answer.aliases < kDnsMaxAliases);
  if (step == Step::kAddresses) {
    Remember(slot);
    return Finish(slot, Status::kOk);
  }
  if (step == Step::kMalformed || step == Step::kAlias) {  // a chain too long, or a ring
    ++stats.rx_malformed;
    return TryNextServer(slot, Status::kDataLoss);
  }
  if (slot.answer.aliases != before) {
    slot.tries = 0;
    return SendQuery(slot);
  }
  ++stats.rx_not_found;
  Finish(slot, Status::kNotFound);
}

// Bounded by the bytes of the message, whatever its counts say.
DnsClient::Step DnsClient::FollowOnce(Slot& slot, ConstByteSpan message, size_t offset) {
  const auto header = base::DecodeHeader<DnsHeader>(message.data());
  DnsName alias;
  for (uint16_t i = 0; i < header.answer_count && offset < message.size(); ++i) {
    if (!TakeRecord(slot, message, offset, alias)) {
      slot.answer.addresses = {};
      return Step::kMalformed;
    }
  }
  if (!slot.answer.addresses.empty()) {
    return Step::kAddresses;
  }
  if (alias.empty()) {
    return Step::kNothing;
  }
  slot.target = alias;
  ++slot.answer.aliases;
  return Step::kAlias;
}

// Moves `offset` behind one record and keeps what it says about the target. False: malformed.
bool DnsClient::TakeRecord(Slot& slot, ConstByteSpan message, size_t& offset, DnsName& alias) {
  const auto owner = wire::ReadDnsName(message, offset);
  const auto record = base::Decode<wire::DnsRecord, base::kNetworkOrder>(message.subspan(offset));
  if (!owner || !record) {
    return false;
  }
  offset += base::kWireSize<wire::DnsRecord>;
  if (message.size() - offset < record->size) {
    return false;
  }
  size_t data = offset;
  offset += record->size;
  if (record->klass != wire::kDnsClassInternet || !(*owner == slot.target)) {
    return true;
  }
  const bool is_first = slot.answer.aliases == 0 && slot.answer.addresses.empty() && alias.empty();
  const uint32_t ttl = ClampTtl(record->ttl);
  if (record->type == wire::kDnsTypeA) {
    if (record->size != 4) {
      return false;
    }
    slot.answer.addresses.Append({base::LoadBe32(message.data() + data)});  // as many as fit
  } else if (record->type == wire::kDnsTypeCname) {
    const auto name = wire::ReadDnsName(message, data);
    if (!name || data != offset || name->empty()) {
      return false;
    }
    alias = *name;
  } else {
    return true;
  }
  slot.answer.ttl_seconds = is_first ? ttl : std::min(slot.answer.ttl_seconds, ttl);
  return true;
}

bool DnsClient::TakeFromCache(Slot& slot) {
  const Instant now = stack_.now();
  for (const CacheEntry& entry : cache_) {
    if (!slot.name.empty() && entry.name == slot.name && entry.expires > now) {
      slot.answer.addresses = entry.addresses;
      slot.answer.ttl_seconds = static_cast<uint32_t>(
          std::chrono::duration_cast<std::chrono::seconds>(entry.expires - now).count());
      slot.answer.from_cache = true;
      return true;
    }
  }
  return false;
}

// In the place of the same name, else of the one that expires first.
void DnsClient::Remember(const Slot& slot) {
  if (slot.answer.ttl_seconds == 0 || slot.name.empty()) {
    return;
  }
  CacheEntry* entry = &cache_[0];
  for (CacheEntry& candidate : cache_) {
    if (candidate.name == slot.name) {
      entry = &candidate;
      break;
    }
    if (candidate.expires < entry->expires) {
      entry = &candidate;
    }
  }
  entry->name = slot.name;
  entry->addresses = slot.answer.addresses;
  entry->expires = stack_.now() + std::chrono::seconds(slot.answer.ttl_seconds);
}

void DnsClient::FlushCache() { cache_ = {}; }

}  // namespace stack
