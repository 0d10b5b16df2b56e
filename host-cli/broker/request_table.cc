#include "host-cli/broker/request_table.h"

#include <type_traits>

#include "protocol/events.h"
#include "protocol/methods.h"

namespace netctl {
namespace {

constexpr size_t kMaxOpenRequests = 4096;

template <typename M>
constexpr bool kIsJob = requires(const M& method) {
  []<uint16_t kId, typename Request>(const protocol::Job<kId, Request>&) {}(method);
};

bool IsJob(uint16_t method) {
  bool is_job = false;
  protocol::ForEachType(protocol::AllMethods{}, [&]<typename M>(std::type_identity<M>) {
    is_job = is_job || (kIsJob<M> && M::kId == method);
  });
  return is_job;
}

Message CancelRequest(uint16_t number, uint16_t job) {
  Message message{{.id = protocol::CancelJob::kId, .request = number}, {}};
  message.fields.resize(base::kWireSize<protocol::JobReference>);
  static_cast<void>(base::Encode<base::kMessageOrder>(protocol::JobReference{job}, message.fields));
  return message;
}

}  // namespace

std::optional<uint16_t> RequestTable::FreeNumber() {
  if (entries_.size() >= kMaxOpenRequests) {
    return std::nullopt;
  }
  do {
    last_number_ = static_cast<uint16_t>(last_number_ == 0xffff ? 1 : last_number_ + 1);
  } while (entries_.contains(last_number_));
  return last_number_;
}

std::optional<uint16_t> RequestTable::FindJob(ClientId client, uint16_t number) const {
  for (const auto& [board_number, entry] : entries_) {
    if (entry.is_job && entry.owner.client == client && entry.owner.number == number) {
      return board_number;
    }
  }
  return std::nullopt;
}

std::optional<Message> RequestTable::ToBoard(ClientId client, Message message) {
  if (message.header.id == protocol::CancelJob::kId) {
    const auto job =
        base::DecodeExactly<protocol::JobReference, base::kMessageOrder>(message.fields);
    const auto renumbered = job ? FindJob(client, job->request) : std::nullopt;
    if (!renumbered) {
      return std::nullopt;
    }
    message.fields = CancelRequest(0, *renumbered).fields;
  }
  const auto number = FreeNumber();
  if (!number) {
    return std::nullopt;
  }
  entries_[*number] = {{client, message.header.request}, IsJob(message.header.id)};
  message.header.request = *number;
  return message;
}

std::optional<ClientId> RequestTable::ToClient(Message& message) {
  const auto found = entries_.find(message.header.request);
  if (found == entries_.end()) {
    return std::nullopt;
  }
  const Entry entry = found->second;
  const bool is_response = message.header.kind == protocol::MessageKind::kResponse;
  const bool job_runs = entry.is_job && message.header.status == base::Status::kOk;
  const bool job_ended = !is_response && message.header.id == protocol::JobEnded::kId;
  if (job_ended || (is_response && !job_runs)) {
    entries_.erase(found);
  }
  message.header.request = entry.owner.number;
  return entry.owner.client;
}

std::vector<Message> RequestTable::Abandon(ClientId client) {
  std::vector<uint16_t> jobs;
  for (auto& [number, entry] : entries_) {
    if (entry.owner.client == client) {
      // Kept until its end, so that the number is not used again before.
      entry.owner.client = kNobody;
      if (entry.is_job) {
        jobs.push_back(number);
      }
    }
  }
  std::vector<Message> cancels;
  for (const uint16_t job : jobs) {
    if (const auto number = FreeNumber()) {
      entries_[*number] = {};
      cancels.push_back(CancelRequest(*number, job));
    }
  }
  return cancels;
}

}  // namespace netctl
