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
  // link.cc
  base::Result<protocol::LinkStatus> Handle(protocol::GetLink,
                                            const protocol::InterfaceReference& request);
  base::Result<protocol::Empty> Handle(protocol::SetLink, const protocol::LinkSetRequest& request);
  base::Result<protocol::Empty> Handle(protocol::TestLink,
                                       const protocol::LinkTestRequest& request);
  // phy.cc
  base::Result<protocol::PhyList> Handle(protocol::ScanPhys,
                                         const protocol::InterfaceReference& request);
  base::Result<protocol::PhyValue> Handle(protocol::ReadPhy, const protocol::PhyRegister& target);
  base::Result<protocol::Empty> Handle(protocol::WritePhy,
                                       const protocol::PhyWriteRequest& request);
  base::Result<protocol::PhyDump> Handle(protocol::DumpPhy, const protocol::PhyRegister& request);
  base::Result<protocol::MdioBenchResult> Handle(protocol::BenchMdio,
                                                 const protocol::MdioBenchRequest& request);
  base::Result<protocol::CableTestStatus> Handle(protocol::TestCable,
                                                 const protocol::CableTestRequest& request);
  // ip.cc, dhcp.cc, dns.cc
  base::Result<protocol::IpStatus> Handle(protocol::GetIp,
                                          const protocol::InterfaceReference& request);
  base::Result<protocol::Empty> Handle(protocol::SetIp, const protocol::IpSettings& request);
  base::Result<protocol::Empty> Handle(protocol::RunDhcp, const protocol::DhcpRequest& request);
  base::Result<protocol::Empty> Handle(protocol::ResolveName, const protocol::DnsRequest& request);
  // arp.cc
  base::Result<protocol::Empty> Handle(protocol::ProbeArp,
                                       const protocol::ArpProbeRequest& request);
  base::Result<protocol::Empty> Handle(protocol::ScanArp, const protocol::ArpScanRequest& request);
  base::Result<protocol::ArpTable> Handle(protocol::GetArpTable, const protocol::Empty&);
  base::Result<protocol::Empty> Handle(protocol::FlushArp, const protocol::Empty&);
  // ping.cc
  base::Result<protocol::Empty> Handle(protocol::Ping, const protocol::PingRequest& request);
  // traffic.cc
  base::Result<protocol::Empty> Handle(protocol::PerfTcp, const protocol::PerfRequest& request);
  base::Result<protocol::Empty> Handle(protocol::GetHttp, const protocol::HttpRequest& request);
  // stats.cc, connections.cc
  base::Result<protocol::StatsReport> Handle(protocol::GetStats, const protocol::Empty&);
  base::Result<protocol::Empty> Handle(protocol::ResetStats, const protocol::Empty&);
  base::Result<protocol::DriverCounterNames> Handle(protocol::DescribeDriver,
                                                    const protocol::InterfaceReference& request);
  base::Result<protocol::PoolReport> Handle(protocol::GetPools, const protocol::Empty&);
  base::Result<protocol::ConnectionList> Handle(protocol::GetConnections,
                                                const protocol::ConnectionsRequest& request);
  // capture.cc, inject.cc
  base::Result<protocol::Empty> Handle(protocol::CaptureFrames,
                                       const protocol::CaptureRequest& request);
  base::Result<protocol::Empty> Handle(protocol::InjectFrame,
                                       const protocol::InjectRequest& request);
  base::Result<protocol::Empty> Handle(protocol::InjectRandom,
                                       const protocol::InjectRandomRequest& request);
  // channel.cc
  base::Result<protocol::BlockCheck> Handle(protocol::CheckBlock,
                                            const protocol::BlockRequest& request);
  base::Result<protocol::Empty> Handle(protocol::SendBlocks,
                                       const protocol::BlocksRequest& request);

 private:
  // kInvalidArgument: no such interface, address or register.
  base::Result<drivers::MdioBus*> FindBus(const protocol::PhyRegister& target);

  template <typename J>
  base::Result<protocol::Empty> StartJob(JobFunction<typename J::Request> run,
                                         const typename J::Request& request) {
    RETURN_IF_ERROR(jobs_.Start(request_, kStreamOf<J>, run, request));
    return protocol::Empty{};
  }

  Core& core_;
  Jobs& jobs_;
  ControlPort& port_;
  uint16_t request_ = 0;
};

}  // namespace agent
