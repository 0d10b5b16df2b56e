// THE other table: what the agent sends unasked, or for a job.
#pragma once

#include "protocol/methods.h"

namespace protocol {

// clang-format off
using AllEvents = TypeList<
    JobEnded, LinkTestStep, LinkChanged,
    DhcpStep, DhcpBound, NameResolved, ArpReplied, ArpProgress,
    PingStep, PingEnd, PerfStep, HttpProgress, HttpBody, HttpDone,
    FrameCaptured, CaptureEnd, InjectProgress,
    BlockSent>;
// clang-format on
static_assert(IdsAreUnique(AllEvents{}));

}  // namespace protocol
