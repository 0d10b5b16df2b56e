#include <gtest/gtest.h>

#include "host-cli/channels/open.h"
#include "host-cli/channels/url.h"

namespace netctl {
namespace {

std::string ErrorOf(std::string_view text) {
  const auto url = ParseChannelUrl(text);
  return url ? "no error" : url.error().message;
}

TEST(ChannelUrl, Serial) {
  const auto plain = ParseChannelUrl("/dev/ttyACM0").value();
  EXPECT_EQ(plain.kind, ChannelUrl::Kind::kSerial);
  EXPECT_EQ(plain.path, "/dev/ttyACM0");
  const auto url = ParseChannelUrl("serial:///dev/ttyUSB0?baud=921600&rtscts=1").value();
  EXPECT_EQ(url.path, "/dev/ttyUSB0");
  EXPECT_EQ(url.Number("baud", 115200, 4000000).value(), 921600U);
  EXPECT_EQ(url.Number("rtscts", 0, 1).value(), 1U);
  EXPECT_EQ(url.Number("baud", 1, 9600).error().message,
            "channel 'serial:///dev/ttyUSB0?baud=921600&rtscts=1', baud: '921600' is not a number "
            "from 0 to 9600");
}

TEST(ChannelUrl, Socket) {
  const auto url = ParseChannelUrl("socket://rig7:4001/").value();
  EXPECT_EQ(url.host, "rig7");
  EXPECT_EQ(url.port, 4001);
  EXPECT_EQ(ParseChannelUrl("socket://[::1]:4001").value().host, "::1");
}

TEST(ChannelUrl, CommandsAreTakenAsTheyAre) {
  EXPECT_EQ(ParseChannelUrl("exec:ssh rig 'cat /dev/x?y=1'").value().path,
            "ssh rig 'cat /dev/x?y=1'");
}

TEST(ChannelUrl, AnEncodedOptionSurvives) {
  for (const std::string value : {"0d28:0204:A&B", "100%", "a=b?c", ""}) {
    const auto url = ParseChannelUrl("openocd:a.cfg?probe=" + EncodeOption(value) + "&rtt=1");
    EXPECT_EQ(url.value().Option("probe"), value);
    EXPECT_EQ(url.value().Option("rtt"), "1");
  }
}

TEST(ChannelUrl, OptionsAreDecoded) {
  const auto url = ParseChannelUrl("qemu:mps2-an386?nic=tap,ifname=tap0&args=-d%20int").value();
  EXPECT_EQ(url.path, "mps2-an386");
  EXPECT_EQ(url.Option("nic"), "tap,ifname=tap0");
  EXPECT_EQ(url.Option("args"), "-d int");
  EXPECT_EQ(url.Option("kernel"), "");
}

TEST(ChannelUrl, ErrorsNameTheColumn) {
  EXPECT_EQ(ErrorOf("socket://rig7"), "channel 'socket://rig7', column 10: expected host:port");
  EXPECT_EQ(ErrorOf("socket://rig7:70000"),
            "channel 'socket://rig7:70000', column 15: the port must be a number from 1 to 65535");
  EXPECT_EQ(ErrorOf("serial://ttyUSB0"),
            "channel 'serial://ttyUSB0', column 10: expected a path that begins with '/'");
  EXPECT_EQ(ErrorOf("serial:///dev/x?speed=1"),
            "channel 'serial:///dev/x?speed=1', column 17: no option 'speed'; there is: baud "
            "rtscts");
  EXPECT_EQ(ErrorOf("serial:///dev/x?baud"),
            "channel 'serial:///dev/x?baud', column 17: expected option=value");
  EXPECT_EQ(ErrorOf("qemu:a?nic=%4"),
            "channel 'qemu:a?nic=%4', column 12: '%' needs two hexadecimal digits behind it");
  EXPECT_EQ(ErrorOf("vboard:a?faults=b"),
            "channel 'vboard:a?faults=b', column 10: no option 'faults'; there is: image tap "
            "forward fault seed control");
  EXPECT_EQ(ErrorOf("exec:"), "channel 'exec:', column 6: expected a command");
  EXPECT_EQ(ErrorOf("seriel:///dev/x"),
            "channel 'seriel:///dev/x', column 1: no kind of channel 'seriel' (did you mean "
            "'serial'?); there is: serial, socket, unix, exec, qemu, sim, "
            "vboard, probe, openocd");
  EXPECT_EQ(ErrorOf("bench"), "channel 'bench', column 1: expected a device or scheme:...");
}

TEST(ChannelUrl, LockIsOfTheDeviceAndNotOfItsName) {
  const std::string folder = testing::TempDir();
  const std::string link = folder + "netctl-by-id";
  ::unlink(link.c_str());
  ASSERT_EQ(::symlink("/dev/null", link.c_str()), 0);
  EXPECT_EQ(LockKey(ParseChannelUrl("serial://" + link + "?baud=9600").value()), "/dev/null");
  EXPECT_EQ(LockKey(ParseChannelUrl("socket://rig7:4001").value()), "rig7:4001");
  EXPECT_EQ(LockKey(ParseChannelUrl("qemu:").value()), "");
  EXPECT_EQ(LockKey(ParseChannelUrl("vboard:").value()), "");
  ::unlink(link.c_str());
}

}  // namespace
}  // namespace netctl
