// Running a job to its end.
#pragma once

#include "host-cli/client.h"

namespace netctl {

// Starts a job and calls visit(JobEvent) for each event until it ends; returns why it ended.
// `timeout` bounds the silence between two events. A request that the board refuses, a silent board
// and a lost channel are errors.
template <typename JobMethod, typename Visitor>
Expected<base::Status> RunJob(Client& client, const typename JobMethod::Request& request,
                              Visitor&& visit, base::Duration timeout = kEventTimeout) {
  auto job = client.StartJob<JobMethod>(request);
  if (!job) {
    return std::unexpected(job.error());
  }
  while (true) {
    const auto event = job->Next(timeout);
    if (!event) {
      return std::unexpected(event.error());
    }
    if (!*event) {
      return job->status();
    }
    visit(**event);
  }
}

}  // namespace netctl
