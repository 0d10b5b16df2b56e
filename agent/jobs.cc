#include "agent/jobs.h"

#include <algorithm>
#include <cstring>

namespace agent {
namespace {
constexpr size_t kSizePrefix = 2;
}

void Job::KeepLast(base::ConstByteSpan message) {
  if (kept_.size() - kept_end_ < kSizePrefix + message.size()) {
    return;
  }
  base::Store<base::ByteOrder::kLittle>(kept_.data() + kept_end_,
                                        static_cast<uint16_t>(message.size()));
  std::memcpy(kept_.data() + kept_end_ + kSizePrefix, message.data(), message.size());
  kept_end_ += kSizePrefix + message.size();
}

bool Job::SendKept() {
  while (kept_begin_ < kept_end_) {
    const auto size = base::Load<base::ByteOrder::kLittle, uint16_t>(kept_.data() + kept_begin_);
    const base::Status sent =
        port_.SendMessage(stream_, std::span(kept_).subspan(kept_begin_ + kSizePrefix, size));
    if (sent == base::Status::kUnavailable) {
      return false;
    }
    kept_begin_ += kSizePrefix + size;
  }
  return true;
}

bool Job::Finish() {
  if (orphan_) {
    return true;
  }
  if (!SendKept()) {
    return false;
  }
  return TrySend<protocol::JobEnded>({.status = tasks_.last_outcome()}) !=
         base::Status::kUnavailable;
}

base::Result<Job*> Jobs::Claim(uint16_t number, protocol::Stream stream) {
  Job* free_slot = nullptr;
  for (Job& job : slots_) {
    if (job.state_ == Job::State::kFree) {
      free_slot = &job;
    } else if (job.request_ == number && !job.orphan_) {
      return std::unexpected(base::Status::kInvalidArgument);
    }
  }
  if (free_slot == nullptr) {
    return std::unexpected(base::Status::kResourceExhausted);
  }
  free_slot->request_ = number;
  free_slot->stream_ = stream;
  free_slot->orphan_ = false;
  free_slot->kept_begin_ = 0;
  free_slot->kept_end_ = 0;
  return free_slot;
}

base::Status Jobs::Cancel(uint16_t number) {
  for (Job& job : slots_) {
    if (job.state_ == Job::State::kActive && job.request_ == number && !job.orphan_ &&
        job.tasks_.running() > 0) {
      job.tasks_.CancelAll();
      return base::Status::kOk;
    }
  }
  return base::Status::kNotFound;
}

void Jobs::Abandon() {
  for (Job& job : slots_) {
    if (job.state_ == Job::State::kActive) {
      job.orphan_ = true;
      job.tasks_.CancelAll();
    }
  }
}

void Jobs::Poll() {
  for (Job& job : slots_) {
    if (job.state_ == Job::State::kActive && job.tasks_.running() == 0 && job.Finish()) {
      job.state_ = Job::State::kFree;
    }
  }
}

size_t Jobs::active() const {
  return static_cast<size_t>(std::count_if(slots_.begin(), slots_.end(), [](const Job& job) {
    return job.state_ == Job::State::kActive;
  }));
}

}  // namespace agent
