// The binders that commands.cc lists; BindName lives in commands/name.cc.
#pragma once

#include "host-cli/command.h"

namespace netctl {

Runner BindArpFlush(CLI::App& app);
Runner BindArpProbe(CLI::App& app);
Runner BindArpScan(CLI::App& app);
Runner BindArpTable(CLI::App& app);
Runner BindBringup(CLI::App& app);
Runner BindCapture(CLI::App& app);
Runner BindChannelTest(CLI::App& app);
Runner BindConn(CLI::App& app);
Runner BindDhcp(CLI::App& app);
Runner BindDns(CLI::App& app);
Runner BindFlash(CLI::App& app);
Runner BindHttpGet(CLI::App& app);
Runner BindCompletion(CLI::App& app);
Runner BindConsole(CLI::App& app);
Runner BindInfo(CLI::App& app);
Runner BindProbes(CLI::App& app);
Runner BindReset(CLI::App& app);
Runner BindTargetList(CLI::App& app);
Runner BindTargets(CLI::App& app);
Runner BindTargetStart(CLI::App& app);
Runner BindTargetStop(CLI::App& app);
Runner BindVersion(CLI::App& app);
Runner BindInjectRx(CLI::App& app);
Runner BindInjectTx(CLI::App& app);
Runner BindIpDhcp(CLI::App& app);
Runner BindIpSet(CLI::App& app);
Runner BindIpShow(CLI::App& app);
Runner BindLinkSet(CLI::App& app);
Runner BindLinkShow(CLI::App& app);
Runner BindLinkTest(CLI::App& app);
Runner BindLinkWatch(CLI::App& app);
Runner BindMemRead(CLI::App& app);
Runner BindMemWrite(CLI::App& app);
Runner BindPbuf(CLI::App& app);
Runner BindPerfTcp(CLI::App& app);
Runner BindPhyBench(CLI::App& app);
Runner BindPhyCable(CLI::App& app);
Runner BindPhyRead(CLI::App& app);
Runner BindPhyScan(CLI::App& app);
Runner BindPhyShow(CLI::App& app);
Runner BindPhyWrite(CLI::App& app);
Runner BindPing(CLI::App& app);
Runner BindStats(CLI::App& app);

}  // namespace netctl
