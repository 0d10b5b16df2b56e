// THE table: every request that the agent answers.
#pragma once

#include "protocol/messages/agent.h"
#include "protocol/messages/capture.h"
#include "protocol/messages/channel.h"
#include "protocol/messages/connection.h"
#include "protocol/messages/ip.h"
#include "protocol/messages/link.h"
#include "protocol/messages/phy.h"
#include "protocol/messages/ping.h"
#include "protocol/messages/stats.h"
#include "protocol/messages/traffic.h"
#include "protocol/method.h"

namespace protocol {

// clang-format off
using AllMethods = TypeList<
    GetInfo, ResetBoard, CancelJob,
    GetLink, SetLink, TestLink,
    ScanPhys, ReadPhy, WritePhy, DumpPhy, BenchMdio, TestCable,
    GetIp, SetIp, RunDhcp, ResolveName, ProbeArp, ScanArp, GetArpTable, FlushArp,
    Ping, PerfTcp, GetHttp,
    GetStats, ResetStats, DescribeDriver, GetPools, GetConnections,
    CaptureFrames, InjectFrame, InjectRandom,
    CheckBlock, SendBlocks>;
// clang-format on
static_assert(IdsAreUnique(AllMethods{}));

}  // namespace protocol
