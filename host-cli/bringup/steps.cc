#include <utility>

#include "host-cli/bringup/hardware_steps.h"
#include "host-cli/bringup/network_steps.h"
#include "host-cli/bringup/step.h"

namespace netctl {
namespace {

// clang-format off
constexpr Step kSteps[] = {
    // name            classname  needs           run
    {"channel",        "channel", nullptr,        CheckChannel},
    {"agent",          "channel", "channel",      CheckAgent},
    {"MAC ID",         "mac",     "agent",        CheckMac},
    {"PHY ID",         "phy",     "MAC ID",       CheckPhy},
    {"MDIO bench",     "phy",     "PHY ID",       CheckMdio},
    {"link",           "link",    "PHY ID",       CheckLink},
    {"PHY loopback",   "link",    "PHY ID",       CheckPhyLoopback},
    {"DHCP",           "ip",      "link",         CheckDhcp},
    {"ARP probe",      "ip",      "DHCP",         CheckArp},
    {"ping",           "ip",      "ARP probe",    CheckPing},
    {"DNS",            "ip",      "DHCP",         CheckDns},
    {"TCP send",       "tcp",     "ping",         CheckTcpSend},
    {"TCP receive",    "tcp",     "ping",         CheckTcpReceive},
    {"HTTP fetch",     "http",    "ping",         CheckHttp},
    {"pools",          "memory",  "agent",        CheckPools},
};
// clang-format on

}  // namespace

std::span<const Step> BringUpSteps() { return kSteps; }

StepResult Passed(std::string figure) { return {Verdict::kPass, std::move(figure), {}, {}}; }

StepResult Failed(std::string figure, std::string advice) {
  return {Verdict::kFail, std::move(figure), std::move(advice), {}};
}

StepResult Skipped(std::string why) { return {Verdict::kSkip, std::move(why), {}, {}}; }

StepResult FromError(const Error& error, std::string advice) {
  const bool verdict = error.code == ExitCode::kFailed;
  const bool missing = error.code == ExitCode::kSkipped;
  return {missing   ? Verdict::kSkip
          : verdict ? Verdict::kFail
                    : Verdict::kError,
          error.message, error.hint.empty() ? std::move(advice) : error.hint, error.code};
}

}  // namespace netctl
