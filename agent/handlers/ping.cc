#include <algorithm>

#include "agent/handlers/handlers.h"
#include "agent/handlers/ping_table.h"

namespace agent {
namespace {

using protocol::PingOutcome;

// Bytes of payload in one buffer: what a fragment of a larger request carries.
constexpr size_t kPartSize = 1472;
// Without an interval the next request follows the answer, or this, whichever comes first.
constexpr base::Duration kFloodInterval = std::chrono::milliseconds(10);

// A payload with the pattern of `sequence`. kResourceExhausted.
base::Result<base::Pbuf> MakePayload(base::PbufPools& pools, uint16_t sequence, size_t size) {
  base::Pbuf payload;
  size_t done = 0;
  do {
    const size_t part_size = std::min(size - done, kPartSize);
    auto part =
        pools.Allocate(done == 0 ? stack::kEchoHeadroom : 0, part_size, base::Holder::kApplication);
    if (!part) {
      return part;
    }
    for (std::byte& byte : part->Append(part_size)) {
      byte = PingByte(sequence, done);
      ++done;
    }
    if (payload) {
      payload.Chain(std::move(*part));
    } else {
      payload = std::move(*part);
    }
  } while (done < size);
  return payload;
}

// One ping job: what it has sent and what came of it.
class Pinger {
 public:
  Pinger(Core& core, const protocol::PingRequest& request)
      : core_(core),
        request_(request),
        socket_(core.stack),
        table_(base::Duration(request.timeout_us)),
        size_(request.size),
        start_(core.read_clock()),
        next_send_(core.now()) {}

  // Every request that was to be sent has been.
  bool all_sent() const { return all_sent_; }
  bool done() const { return all_sent_ && table_.empty(); }
  // When there is something to do without an answer.
  base::Instant deadline() const {
    return all_sent_ || !table_.HasRoom(NextSequence())
               ? table_.next_timeout()
               : base::Earlier(next_send_, table_.next_timeout());
  }

  // What happened, one after the other: answers, errors, time-outs, requests that could not be
  // sent. kUnavailable: nothing. kOk with `report` set.
  base::Status Next(protocol::PingReply& report) {
    const base::Instant now = core_.now();
    // An answer to an old request is passed over; there are not more than the socket keeps.
    for (size_t i = 0; i < stack::kEchoMaxQueued + stack::kEchoMaxErrors; ++i) {
      const base::Result<stack::EchoReply> reply = socket_.Receive();
      if (!reply) {
        break;
      }
      if (table_.OnReply(*reply, report)) {
        Count(report);
        return base::Status::kOk;
      }
    }
    if (table_.TakeOverdue(now, report)) {
      return base::Status::kOk;
    }
    if (!all_sent_ && MaySend(now) && !Send(now, report)) {
      return base::Status::kOk;
    }
    return base::Status::kUnavailable;
  }

  base::Signal& changed() { return socket_.changed(); }

  const protocol::PingTotals& totals() {
    totals_.duration_us = static_cast<uint64_t>((core_.read_clock() - start_).count());
    return totals_;
  }

 private:
  // From 1, and 0 is left out when it wraps.
  uint16_t NextSequence() const { return sequence_ == UINT16_MAX ? 1 : uint16_t(sequence_ + 1); }

  bool MaySend(base::Instant now) const {
    const bool flood_answered =
        request_.interval_us == 0 && sequence_ != 0 && !table_.waiting_for(sequence_);
    return table_.HasRoom(NextSequence()) && (now >= next_send_ || flood_answered);
  }

  // False: it could not be sent, and `report` says why.
  bool Send(base::Instant now, protocol::PingReply& report) {
    sequence_ = NextSequence();
    ++totals_.transmitted;
    const uint16_t size = size_;
    auto payload = MakePayload(core_.stack.pools(), sequence_, size);
    // The clock is read here because a loop's round is long beside a short round trip.
    table_.Add(sequence_, size, core_.read_clock());
    const base::Status sent = payload ? socket_.Send(request_.target, sequence_,
                                                     std::move(*payload), {.ttl = request_.ttl})
                                      : payload.error();
    Advance(now);
    if (sent == base::Status::kOk) {
      return true;
    }
    table_.Drop(sequence_);
    ++totals_.errors;
    report = {.sequence = sequence_,
              .outcome = PingOutcome::kNotSent,
              .code = static_cast<uint8_t>(sent),
              .size = size,
              .from = request_.target};
    return false;
  }

  // When the next request goes out and how large it is.
  void Advance(base::Instant now) {
    const base::Duration interval =
        request_.interval_us == 0 ? kFloodInterval : base::Duration(request_.interval_us);
    // What a busy loop missed is not made up for by a burst.
    next_send_ = std::max(next_send_ + interval, now);
    const uint32_t next_size = uint32_t{size_} + request_.size_step;
    const bool sweep_done = request_.size_step != 0 && next_size > request_.size_last;
    const bool count_done = request_.count != 0 && totals_.transmitted >= request_.count;
    all_sent_ = sweep_done || count_done;
    size_ = static_cast<uint16_t>(next_size);
  }

  void Count(const protocol::PingReply& reply) {
    switch (reply.outcome) {
      case PingOutcome::kReply:
        ++totals_.received;
        break;
      case PingOutcome::kDuplicate:
        ++totals_.duplicates;
        break;
      default:
        ++totals_.errors;
        break;
    }
    totals_.corrupted += reply.first_bad_offset != protocol::kNotCorrupted ? 1 : 0;
  }

  Core& core_;
  const protocol::PingRequest& request_;
  stack::EchoSocket socket_;
  PingTable table_;
  uint16_t sequence_ = 0;  // of the last request
  uint16_t size_;
  bool all_sent_ = false;
  base::Instant start_;
  base::Instant next_send_;
  protocol::PingTotals totals_;
};

stack::Task<base::Status> RunPing(stack::TaskContext&, Job& job, protocol::PingRequest request) {
  Pinger pinger(job.core(), request);
  protocol::PingReply report;
  base::Status status = base::Status::kOk;
  while (status == base::Status::kOk && !pinger.done()) {
    const base::Instant deadline = pinger.deadline();
    const base::Status happened =
        co_await stack::Until(pinger.changed(), deadline, [&] { return pinger.Next(report); });
    if (happened == base::Status::kOk) {
      status = co_await SendEvent<protocol::PingStep>(job, report);
    } else if (happened != base::Status::kDeadlineExceeded) {
      status = happened;
    }
  }
  job.SendLast<protocol::PingEnd>(pinger.totals());
  co_return status;
}

bool IsPing(const protocol::PingRequest& request) {
  const bool sweep_ends = request.size_step == 0 || (request.size_last >= request.size &&
                                                     request.size_last <= protocol::kMaxPingSize);
  return request.size <= protocol::kMaxPingSize && sweep_ends && request.ttl != 0 &&
         request.timeout_us != 0 && !request.target.is_unspecified();
}

}  // namespace

base::Result<protocol::Empty> Handlers::Handle(protocol::Ping,
                                               const protocol::PingRequest& request) {
  if (!IsPing(request)) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  return StartJob<protocol::Ping>(&RunPing, request);
}

}  // namespace agent
