// The command line as a user types it, against a fake agent.
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host-cli/command_tree.h"
#include "host-cli/json.h"
#include "tests/support/netctl_env.h"

namespace netctl {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

protocol::Info ExampleInfo() {
  protocol::Info info;
  info.board = std::string_view("mps2-an386");
  info.version = std::string_view("0.1.0");
  info.build_id = 0xabc;
  info.boot_counter = 3;
  info.reset_cause = protocol::ResetCause::kPowerOn;
  info.cpu_hz = 25'000'000;
  info.uptime_us = 1'500'000;
  protocol::InterfaceInfo eth0;
  eth0.name = std::string_view("eth0");
  eth0.driver = std::string_view("LAN9118");
  eth0.phy = std::string_view("LAN911x");
  eth0.phy_address = 1;
  eth0.phy_id = 0x0007c0d1;
  eth0.mac = {{2, 0, 0, 0, 0, 1}};
  eth0.mtu = 1500;
  eth0.link = {.state = base::LinkState::kUp, .speed_mbit = 100, .duplex = base::Duplex::kFull};
  eth0.capabilities.phy_loopback = true;
  info.interfaces.Append(eth0);
  return info;
}

class CommandLine : public testing::Test {
 protected:
  void SetUp() override { env_.agent().Answer<protocol::GetInfo>(ExampleInfo()); }
  std::string ErrorOf(const std::vector<std::string>& arguments) {
    const test::Outcome outcome = env_.Run(arguments);
    EXPECT_EQ(outcome.code, ExitCode::kUsage);
    EXPECT_EQ(outcome.out, "");
    return outcome.err.substr(0, outcome.err.find('\n'));
  }
  test::NetctlEnv env_;
};

TEST_F(CommandLine, InfoForPeople) {
  env_.ExpectOutput({"info"},
                    "board              mps2-an386\n"
                    "version            0.1.0\n"
                    "build id           0000000000000abc\n"
                    "reset cause        power_on\n"
                    "boot counter       3\n"
                    "cpu                25 MHz\n"
                    "uptime             1.5 s\n"
                    "\n"
                    "eth0\n"
                    "  driver           LAN9118, MTU 1500\n"
                    "  MAC address      02:00:00:00:00:01\n"
                    "  PHY              LAN911x (0007:c0d1) at address 1\n"
                    "  link             100 Mbit/s full duplex\n"
                    "  hardware can     PHY loopback\n");
}

TEST_F(CommandLine, InfoForPrograms) {
  const test::Outcome outcome = env_.Run({"info", "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kOk);
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["schema"], "netctl.info/1");
  EXPECT_EQ(json["uptime_us"], 1'500'000);
  EXPECT_EQ(json["interfaces"][0]["mac"], "02:00:00:00:00:01");
  EXPECT_EQ(json["interfaces"][0]["link"]["duplex"], "full");
  EXPECT_FALSE(json.contains("error"));
}

TEST_F(CommandLine, GlobalOptionsStandOnEitherSide) {
  env_.Run({"-t", "/dev/ttyS7", "info"});
  EXPECT_EQ(env_.channel(), "/dev/ttyS7");
  env_.Run({"info", "-t", "sim"});
  EXPECT_EQ(env_.channel(), "sim:");
  EXPECT_EQ(env_.Run({"--json", "info"}).out, env_.Run({"info", "--json"}).out);
}

TEST_F(CommandLine, WithoutArgumentsItHelps) {
  const test::Outcome outcome = env_.Run({});
  EXPECT_EQ(outcome.code, ExitCode::kOk);
  EXPECT_THAT(outcome.out, HasSubstr("Usage: netctl"));
  EXPECT_THAT(outcome.out, HasSubstr("\nExamples\n"));
  for (const Command& command : AllCommands()) {
    if (*command.group != '\0') {
      EXPECT_THAT(outcome.out, HasSubstr(fmt::format("\n  {} ", command.name)));
    }
  }
}

TEST_F(CommandLine, UsageErrorsAreOneClearLine) {
  EXPECT_EQ(ErrorOf({"inof"}),
            "netctl: error: netctl has no command 'inof' (did you mean 'info'?)");
  EXPECT_EQ(ErrorOf({"info", "--jsn"}),
            "netctl: error: netctl info has no option '--jsn' (did you mean '--json'?)");
  EXPECT_EQ(ErrorOf({"info", "extra"}), "netctl: error: netctl info: unexpected argument 'extra'");
  EXPECT_EQ(ErrorOf({"target", "strat"}),
            "netctl: error: netctl target has no command 'strat' (did you mean 'start'?)");
  EXPECT_EQ(ErrorOf({"target"}), "netctl: error: netctl target needs one of: start, stop, list");
  EXPECT_EQ(ErrorOf({"info", "--timeout", "soon"}),
            "netctl: error: netctl info: --timeout: 'soon' is not a duration such as 500ms, 2s or "
            "1.5m");
  EXPECT_THAT(ErrorOf({"info", "-t"}), StartsWith("netctl: error: netctl info: "));
  EXPECT_EQ(env_.opened(), 0);
}

TEST_F(CommandLine, ErrorsAreJsonToo) {
  const test::Outcome outcome = env_.Run({"inof", "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kUsage);
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["error"]["code"], "usage");
  EXPECT_EQ(json["error"]["exit_code"], 2);
  EXPECT_EQ(json["error"]["message"], "netctl has no command 'inof' (did you mean 'info'?)");
}

TEST_F(CommandLine, HelpIsEverywhere) {
  for (const Command& command : AllCommands()) {
    std::vector<std::string> words;
    std::istringstream name(command.name);
    for (std::string word; name >> word;) {
      words.push_back(word);
    }
    words.push_back("--help");
    const test::Outcome outcome = env_.Run(words);
    EXPECT_EQ(outcome.code, ExitCode::kOk) << command.name;
    EXPECT_THAT(outcome.out, HasSubstr(command.help)) << command.name;
    EXPECT_EQ(outcome.err, "") << command.name;
  }
}

TEST_F(CommandLine, NoCommandHidesAGlobalOption) {
  GlobalOptions options;
  CommandTree tree(options);
  const std::function<void(const CLI::App&)> check = [&](const CLI::App& app) {
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
      for (const CLI::Option* global : tree.app().get_options()) {
        for (const std::string& name : global->get_lnames()) {
          EXPECT_TRUE(name == "help" || command->get_option_no_throw("--" + name) == nullptr)
              << FullName(*command) << " --" << name;
        }
        for (const std::string& name : global->get_snames()) {
          EXPECT_TRUE(name == "h" || command->get_option_no_throw("-" + name) == nullptr)
              << FullName(*command) << " -" << name;
        }
      }
      check(*command);
    }
  };
  check(tree.app());
}

TEST_F(CommandLine, VersionNeedsNoBoard) {
  EXPECT_THAT(env_.Run({"--version"}).out, StartsWith("netctl 0."));
  EXPECT_THAT(env_.Run({"version"}).out, HasSubstr("schema"));
  EXPECT_EQ(env_.opened(), 0);
}

TEST_F(CommandLine, WhatTheAgentRefusesDecidesTheExitCode) {
  const auto exit_with = [this](base::Status status) {
    env_.agent().Answer<protocol::GetInfo>(std::unexpected(status));
    return ToInt(env_.Run({"info"}).code);
  };
  EXPECT_EQ(exit_with(base::Status::kNotFound), 1);
  EXPECT_EQ(exit_with(base::Status::kInvalidArgument), 2);
  EXPECT_EQ(exit_with(base::Status::kBusy), 5);
  EXPECT_EQ(exit_with(base::Status::kUnimplemented), 77);
}

TEST_F(CommandLine, ALostChannelIsNotTheBoardsFault) {
  env_.LoseBoardAfter(0);
  env_.ExpectExit({"info"}, ExitCode::kChannel);
}

TEST_F(CommandLine, ASignalEndsTheCommand) {
  env_.agent().Mute<protocol::GetInfo>();
  env_.InterruptWait(SIGINT);
  env_.ExpectExit({"info"}, ExitCode::kInterrupted);
  env_.InterruptWait(SIGTERM);
  env_.ExpectExit({"info"}, ExitCode::kTerminated);
}

TEST_F(CommandLine, TimeoutBoundsTheWholeCommand) {
  env_.agent().Mute<protocol::GetInfo>();
  const test::Outcome outcome = env_.Run({"info", "--timeout", "20ms"});
  EXPECT_EQ(outcome.code, ExitCode::kTimeout);
  EXPECT_THAT(outcome.err, HasSubstr("did not finish within --timeout"));
}

TEST_F(CommandLine, AnAnswerOfAnotherShapeIsReported) {
  env_.agent().AnswerRaw<protocol::GetInfo>({std::byte{1}, std::byte{2}});
  const test::Outcome outcome = env_.Run({"info"});
  EXPECT_EQ(outcome.code, ExitCode::kAgent);
  EXPECT_THAT(outcome.err, HasSubstr("the answer to request 0x0001 does not fit its definition"));
}

TEST_F(CommandLine, ColorsOnlyWhereTheyAreWanted) {
  EXPECT_EQ(env_.Run({"info"}).out.find('\x1b'), std::string::npos);
  env_.environment().Set("FORCE_COLOR", "1");
  EXPECT_NE(env_.Run({"info"}).out.find('\x1b'), std::string::npos);
  EXPECT_EQ(env_.Run({"info", "--no-color"}).out.find('\x1b'), std::string::npos);
  EXPECT_EQ(env_.Run({"info", "--json"}).out.find('\x1b'), std::string::npos);
  env_.environment().Set("NO_COLOR", "1");
  EXPECT_EQ(env_.Run({"info"}).out.find('\x1b'), std::string::npos);
}

TEST_F(CommandLine, TargetsAreListed) {
  env_.environment().Write(
      "netctl.toml",
      "default = \"bench\"\n[target.bench]\nchannel = \"/dev/ttyACM0\"\npeer = "
      "\"10.0.0.1\"\n");
  env_.ExpectOutput({"targets"},
                    "   NAME    CHANNEL              PEER      DEFINED\n"
                    "*  bench   /dev/ttyACM0         10.0.0.1  netctl.toml:2\n"
                    "   qemu    qemu:mps2-an386      -         built in\n"
                    "   sim     sim:                 -         built in\n"
                    "   vboard  vboard:stm32f4-rmii  -         built in\n");
}

TEST_F(CommandLine, ABadConfigurationIsAUsageError) {
  env_.environment().Write("netctl.toml", "[target.bench\n");
  env_.ExpectExit({"info"}, ExitCode::kUsage);
  env_.ExpectExit({"targets"}, ExitCode::kUsage);
}

// Words of the lines that completion offers.
std::vector<std::string> Completed(test::NetctlEnv& env, std::vector<std::string> words) {
  words.insert(words.begin(), "__complete");
  std::istringstream lines(env.Run(words).out);
  std::vector<std::string> found;
  for (std::string line; std::getline(lines, line);) {
    found.push_back(line.substr(0, line.find('\t')));
  }
  return found;
}

TEST_F(CommandLine, CompletionWalksTheTree) {
  using testing::Contains;
  using testing::ElementsAre;
  using testing::Not;
  EXPECT_THAT(Completed(env_, {""}), Contains("info"));
  EXPECT_THAT(Completed(env_, {"targ"}), ElementsAre("targets", "target"));
  EXPECT_THAT(Completed(env_, {"target", "st"}), ElementsAre("start", "stop"));
  EXPECT_THAT(Completed(env_, {"target", "start", "q"}), ElementsAre("qemu"));
  EXPECT_THAT(Completed(env_, {"-t", ""}), ElementsAre("qemu", "sim", "vboard", ":files"));
  EXPECT_THAT(Completed(env_, {"-t", "qemu", "inf"}), ElementsAre("info"));
  EXPECT_THAT(Completed(env_, {"--json", "inf"}), ElementsAre("info"));
  EXPECT_THAT(Completed(env_, {"console", "--lo"}),
              ElementsAre("--log", "--log-strip", "--lock-wait"));
  EXPECT_THAT(Completed(env_, {"console", "--log", ""}), ElementsAre(":files"));
  EXPECT_THAT(Completed(env_, {"completion", ""}), ElementsAre("bash", "zsh", "fish"));
  EXPECT_THAT(Completed(env_, {"nonsense", "x"}), ElementsAre());
}

TEST_F(CommandLine, CompletionScripts) {
  EXPECT_THAT(env_.Run({"completion", "bash"}).out, HasSubstr("complete -F _netctl netctl"));
  EXPECT_THAT(env_.Run({"completion", "zsh"}).out, StartsWith("#compdef netctl"));
  EXPECT_THAT(env_.Run({"completion", "fish"}).out, HasSubstr("complete -c netctl"));
  env_.ExpectExit({"completion", "tcsh"}, ExitCode::kUsage);
}

}  // namespace
}  // namespace netctl
