#include "host-cli/bringup/hardware_steps.h"

#include <algorithm>

#include "host-cli/commands/link_test.h"
#include "host-cli/commands/network.h"
#include "host-cli/commands/phy.h"
#include "host-cli/format.h"
#include "host-cli/interrupt.h"

namespace netctl {
namespace {

constexpr uint32_t kMdioReads = 1000;
constexpr uint16_t kLoopbackFrames = 2;  // of each size and pattern

// The PHY that the driver uses; Status kNotFound when none answers there.
Expected<protocol::PhyFound> PhyInUse(BringUp& bringup) {
  const auto list =
      bringup.client().Call<protocol::ScanPhys>({.interface = bringup.options.interface});
  if (!list) {
    return std::unexpected(list.error());
  }
  const auto found = std::ranges::find(list->phys, list->used, &protocol::PhyFound::phy);
  if (found == list->phys.end()) {
    return Fail(ExitCode::kFailed, list->phys.empty()
                                       ? "no PHY answers at any of the 32 addresses"
                                       : fmt::format("no PHY at address {}, but {} elsewhere",
                                                     list->used, list->phys.size()));
  }
  return *found;
}

std::string FirstDifference(const protocol::PoolReport& before, const protocol::PoolReport& after) {
  for (size_t i = 0; i < std::min(before.pools.size(), after.pools.size()); ++i) {
    const base::PbufPoolStats& then = before.pools[i];
    const base::PbufPoolStats& now = after.pools[i];
    if (now.in_use <= then.in_use) {
      continue;
    }
    std::string holders;
    for (size_t holder = 0; holder < now.held.size(); ++holder) {
      if (now.held[holder] > then.held[holder]) {
        holders += fmt::format(" {} {}", base::kHolderNames[holder], now.held[holder]);
      }
    }
    return fmt::format("{} in use before, {} now, held by{}", then.in_use, now.in_use, holders);
  }
  return {};
}

}  // namespace

StepResult CheckChannel(BringUp& bringup) {
  const auto target = bringup.context.target();
  if (!target) {
    return FromError(target.error());
  }
  const auto peer = bringup.client().Connect();
  if (!peer) {
    return FromError(peer.error(),
                     "is the board powered, is the agent flashed, is the channel the right one?");
  }
  return Passed(target->channel);
}

StepResult CheckAgent(BringUp& bringup) {
  const auto info = bringup.client().Call<protocol::GetInfo>();
  if (!info) {
    return FromError(info.error());
  }
  bringup.info = *info;
  const auto pools = bringup.client().Call<protocol::GetPools>();
  if (!pools) {
    return FromError(pools.error());
  }
  bringup.pools_before = *pools;
  return Passed(fmt::format("{} {} build {:016x}, boot {}", info->board, info->version,
                            info->build_id, info->boot_counter));
}

StepResult CheckMac(BringUp& bringup) {
  if (bringup.options.interface >= bringup.info.interfaces.size()) {
    return Failed(fmt::format("the agent has no interface eth{}", bringup.options.interface),
                  "the MAC did not answer at start-up: 'netctl console' shows why");
  }
  const protocol::InterfaceInfo& interface = bringup.interface();
  if (interface.mac.is_zero() || interface.mac.is_group()) {
    return Failed(fmt::format("{} has the address {}, which no station may have", interface.driver,
                              interface.mac),
                  "set a locally administered address (02:...) in the board's file");
  }
  return Passed(fmt::format("{}, {}", interface.driver, interface.mac));
}

StepResult CheckPhy(BringUp& bringup) {
  const auto phy = PhyInUse(bringup);
  if (!phy) {
    return FromError(
        phy.error(),
        "check the PHY's power and reset pin, MDC, MDIO with its pull-up, and the address straps "
        "('netctl phy scan')");
  }
  bringup.phy = *phy;
  return Passed(fmt::format("{} ({:04x}:{:04x}) at address {}", phy->name, phy->id >> 16,
                            phy->id & 0xffff, phy->phy));
}

StepResult CheckMdio(BringUp& bringup) {
  const auto bench = BenchMdio(bringup.context, bringup.options.interface, bringup.phy, kMdioReads);
  if (!bench) {
    return FromError(bench.error());
  }
  const std::string figure =
      fmt::format("{} reads, {} wrong, {} failed, {:.1f} us each", bench->reads, bench->deviations,
                  bench->failures, bench->read_us());
  return bench->good()
             ? Passed(figure)
             : Failed(figure, "MDIO pull-up 1.5 to 4.7 kOhm, MDC at most 2.5 MHz, short routing");
}

StepResult CheckLink(BringUp& bringup) {
  constexpr auto kStep = std::chrono::milliseconds(100);
  const base::Instant deadline =
      base::Earlier(Now() + bringup.options.link_wait, bringup.client().deadline());
  while (true) {
    const auto link =
        bringup.client().Call<protocol::GetLink>({.interface = bringup.options.interface});
    if (!link) {
      return FromError(link.error());
    }
    if (link->phy.is_up() && link->mac.is_up()) {
      const bool same =
          link->phy.speed_mbit == link->mac.speed_mbit && link->phy.duplex == link->mac.duplex;
      return same ? Passed(LinkModeText(link->phy))
                  : Failed(
                        fmt::format("PHY {}, MAC {}", LinkModeText(link->phy),
                                    LinkModeText(link->mac)),
                        "the driver must set the MAC to what the PHY negotiated, at every change");
    }
    if (Now() >= deadline || Interrupted()) {
      return Failed(fmt::format("down for {}", FormatDuration(bringup.options.link_wait)),
                    "cable, partner, magnetics; 'netctl phy show' for energy and negotiation bits");
    }
    if (const auto waited = bringup.client().Wait(Now() + kStep); !waited) {
      return FromError(waited.error());
    }
  }
}

StepResult CheckPhyLoopback(BringUp& bringup) {
  if (!bringup.interface().capabilities.phy_loopback) {
    return Skipped("this hardware has no PHY loopback");
  }
  const auto before =
      bringup.client().Call<protocol::GetLink>({.interface = bringup.options.interface});
  if (!before) {
    return FromError(before.error());
  }
  const bool was_up = before->phy.is_up();
  const auto totals = RunLinkTest(
      bringup.context, MakeLinkTestRequest(bringup.options.interface,
                                           protocol::LinkTestPath::kPhyLoopback, kLoopbackFrames));
  if (!totals) {
    return FromError(totals.error());
  }
  // The PHY negotiates again, and the steps that follow need the link.
  if (was_up) {
    if (const StepResult link = CheckLink(bringup); link.verdict != Verdict::kPass) {
      return Failed("the link did not come back: " + link.figure, link.advice);
    }
  }
  const std::string figure = fmt::format("{} of {} frames came back, {} corrupted",
                                         totals->received, totals->sent, totals->corrupted);
  return totals->good() ? Passed(figure)
                        : Failed(figure,
                                 "the pins between MAC and PHY (MII or RMII, REF_CLK): 'netctl "
                                 "link test --path mac' "
                                 "tells the MAC apart");
}

StepResult CheckPools(BringUp& bringup) {
  // Connections that just closed give their last buffers back within moments.
  constexpr int kTries = 30;
  std::string difference;
  for (int i = 0; i < kTries; ++i) {
    const auto pools = bringup.client().Call<protocol::GetPools>();
    if (!pools) {
      return FromError(pools.error());
    }
    difference = FirstDifference(bringup.pools_before, *pools);
    if (difference.empty()) {
      uint32_t exhausted = 0;
      for (const base::PbufPoolStats& pool : pools->pools) {
        exhausted += pool.exhausted;
      }
      return Passed(fmt::format("back to baseline, {} allocations failed on the way", exhausted));
    }
    if (const auto waited = bringup.client().Wait(Now() + std::chrono::milliseconds(100));
        !waited) {
      return FromError(waited.error());
    }
  }
  return Failed(difference, "a leak, or traffic that goes on: 'netctl pbuf' and 'netctl conn'");
}

}  // namespace netctl
