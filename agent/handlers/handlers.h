// The answers to requests: one overload of Handle for each method of protocol/methods.h, one file
// beside this one for each group. What takes long is started as a job.
#pragma once

#include <cstdint>

#include "agent/control_port.h"
#include "agent/core.h"
#include "agent/jobs.h"
#include "protocol/methods.h"
#include "stack/base/result.h"

namespace agent {

// What is answered so far; everything else is kUnimplemented.
using HandledMethods =
    protocol::TypeList<protocol::GetInfo, protocol::ResetBoard, protocol::CancelJob>;

class Handlers {
 public:
  // The referents outlive this object.
  Handlers(Core& core, Jobs& jobs, ControlPort& port) : core_(core), jobs_(jobs), port_(port) {}

  // The number of the request that Handle is called for next: it names the job that it starts.
  void set_request(uint16_t number) { request_ = number; }

  // agent.cc
  base::Result<protocol::Info> Handle(protocol::GetInfo, const protocol::Empty&);
  base::Result<protocol::Empty> Handle(protocol::ResetBoard, const protocol::Empty&);
  base::Result<protocol::Empty> Handle(protocol::CancelJob, const protocol::JobReference& job);

 private:
  template <typename Request>
  base::Result<protocol::Empty> StartJob(JobFunction<Request> run, const Request& request) {
    RETURN_IF_ERROR(jobs_.Start(request_, run, request));
    return protocol::Empty{};
  }

  Core& core_;
  Jobs& jobs_;
  ControlPort& port_;
  uint16_t request_ = 0;
};

}  // namespace agent
