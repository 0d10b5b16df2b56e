#include "host-cli/configuration.h"

#include <gtest/gtest.h>

#include "tests/support/netctl_env.h"

namespace netctl {
namespace {

class ConfigurationTest : public testing::Test {
 protected:
  Expected<Configuration> Load() { return LoadConfiguration(ConfigurationFiles()); }
  std::string LoadError() {
    const auto loaded = Load();
    return loaded ? "no error" : loaded.error().message;
  }
  test::CleanEnvironment environment_;
};

TEST_F(ConfigurationTest, WithoutFilesTheBoardIsQemu) {
  const auto target = FindTarget(Load().value(), "").value();
  EXPECT_EQ(target.name, "qemu");
  EXPECT_EQ(target.channel, "qemu:mps2-an386");
}

TEST_F(ConfigurationTest, ProjectGoesBeforeUser) {
  environment_.Write("netctl.toml", "[target.bench]\nchannel = \"/dev/ttyACM0\"\n");
  environment_.Write("config/netctl/config.toml",
                     "default = \"home\"\n"
                     "[target.bench]\nchannel = \"/dev/ttyS9\"\n"
                     "[target.home]\nchannel = \"socket://h:1\"\npeer = \"10.0.0.1\"\n");
  const auto configuration = Load().value();
  EXPECT_EQ(FindTarget(configuration, "bench").value().channel, "/dev/ttyACM0");
  EXPECT_EQ(FindTarget(configuration, "bench").value().origin, "netctl.toml:1");
  EXPECT_EQ(FindTarget(configuration, "").value().peer, "10.0.0.1");
}

TEST_F(ConfigurationTest, FlagBeforeVariableBeforeFile) {
  environment_.Write("netctl.toml",
                     "default = \"a\"\n[target.a]\nchannel = \"/dev/a\"\n[target.b]\nchannel = "
                     "\"/dev/b\"\n[target.c]\nchannel = \"/dev/c\"\n");
  const auto configuration = Load().value();
  EXPECT_EQ(FindTarget(configuration, "").value().name, "a");
  environment_.Set("NETCTL_TARGET", "b");
  EXPECT_EQ(FindTarget(configuration, "").value().name, "b");
  EXPECT_EQ(FindTarget(configuration, "c").value().name, "c");
}

TEST_F(ConfigurationTest, AChannelWillDoForATarget) {
  const auto target = FindTarget(Load().value(), "/dev/ttyACM0").value();
  EXPECT_EQ(target.channel, "/dev/ttyACM0");
  EXPECT_EQ(FindTarget(Load().value(), "sockt://x:1").error().code, ExitCode::kUsage);
}

TEST_F(ConfigurationTest, UnknownNamesGetASuggestion) {
  environment_.Write("netctl.toml", "[target.bench]\nchannel = \"/dev/ttyACM0\"\n");
  EXPECT_EQ(FindTarget(Load().value(), "bnech").error().message,
            "--target: no target 'bnech' (did you mean 'bench'?)");
  environment_.Set("NETCTL_TARGET", "nothing-like-it");
  EXPECT_EQ(FindTarget(Load().value(), "").error().message,
            "NETCTL_TARGET: no target 'nothing-like-it'");
}

TEST_F(ConfigurationTest, ErrorsNameFileAndLine) {
  environment_.Write("netctl.toml", "\n[target.bench]\nchannel = 7\n");
  EXPECT_EQ(LoadError(), "netctl.toml:3: 'channel' must be text in quotes");
  environment_.Write("netctl.toml", "[target.bench]\nchanel = \"/dev/x\"\n");
  EXPECT_EQ(LoadError(),
            "netctl.toml:2: 'chanel' is no setting of a target; there is: channel, probe, peer");
  environment_.Write("netctl.toml", "[target.bench]\npeer = \"10.0.0.1\"\n");
  EXPECT_EQ(LoadError(), "netctl.toml:1: target 'bench' has no channel");
  environment_.Write("netctl.toml", "[target.bench]\n\nchannel = \"socket://x\"\n");
  EXPECT_EQ(LoadError(), "netctl.toml:3: channel 'socket://x', column 10: expected host:port");
  environment_.Write("netctl.toml", "default = 1\n");
  EXPECT_EQ(LoadError(), "netctl.toml:1: 'default' must be a target's name in quotes");
  environment_.Write("netctl.toml", "colour = true\n");
  EXPECT_EQ(LoadError(), "netctl.toml:1: 'colour' is no setting; there is: default, [target.NAME]");
}

TEST_F(ConfigurationTest, WhatIsNoTomlNamesTheLine) {
  environment_.Write("netctl.toml", "[target.bench]\nchannel = \"/dev/x\n");
  EXPECT_TRUE(LoadError().starts_with("netctl.toml:2: ")) << LoadError();
}

}  // namespace
}  // namespace netctl
