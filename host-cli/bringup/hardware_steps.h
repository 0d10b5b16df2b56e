// Steps below IP: channel, agent, MAC, PHY, link, buffers.
#pragma once

#include "host-cli/bringup/step.h"

namespace netctl {

StepResult CheckChannel(BringUp& bringup);
StepResult CheckAgent(BringUp& bringup);
StepResult CheckMac(BringUp& bringup);
StepResult CheckPhy(BringUp& bringup);
StepResult CheckMdio(BringUp& bringup);
StepResult CheckLink(BringUp& bringup);
StepResult CheckPhyLoopback(BringUp& bringup);
StepResult CheckPools(BringUp& bringup);

}  // namespace netctl
