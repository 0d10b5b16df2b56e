// Steps from IP upwards: DHCP, ARP, ping, DNS, TCP, HTTP.
#pragma once

#include "host-cli/bringup/step.h"

namespace netctl {

StepResult CheckDhcp(BringUp& bringup);
StepResult CheckArp(BringUp& bringup);
StepResult CheckPing(BringUp& bringup);
StepResult CheckDns(BringUp& bringup);
StepResult CheckTcpSend(BringUp& bringup);
StepResult CheckTcpReceive(BringUp& bringup);
StepResult CheckHttp(BringUp& bringup);

}  // namespace netctl
