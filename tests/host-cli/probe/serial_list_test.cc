#include "host-cli/probe/serial_list.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/netctl_env.h"

namespace netctl {
namespace {

namespace fs = std::filesystem;

// A machine's /sys and /dev, below a folder.
class SerialPorts : public testing::Test {
 protected:
  const fs::path& root() const { return environment_.folder(); }
  std::vector<SerialPort> List() const { return ListSerialPorts(root().string()); }

  void AddFile(const fs::path& path, const std::string& text) const {
    fs::create_directories((root() / path).parent_path());
    std::ofstream(root() / path) << text;
  }
  // A port whose driver sits `below` the USB device.
  void AddPort(const std::string& name, const std::string& device, const std::string& below) const {
    const fs::path driver = root() / "sys/devices" / device / below;
    const fs::path tty = root() / "sys/class/tty" / name;
    fs::create_directories(driver);
    fs::create_directories(tty);
    fs::create_directory_symlink(driver, tty / "device");
    AddFile("dev/" + name, "");
  }

 private:
  test::CleanEnvironment environment_;
};

TEST_F(SerialPorts, NoneIsNoError) { EXPECT_TRUE(List().empty()); }

TEST_F(SerialPorts, UsbTextsAndTheNameThatStays) {
  AddPort("ttyUSB0", "usb1/1-2", "1-2:1.0/ttyUSB0");
  AddFile("sys/devices/usb1/1-2/idVendor", "0403\n");
  AddFile("sys/devices/usb1/1-2/product", "FT232R USB UART\n");
  AddFile("sys/devices/usb1/1-2/serial", "A5069RR4\n");
  fs::create_directories(root() / "dev/serial/by-id");
  fs::create_symlink("../../ttyUSB0", root() / "dev/serial/by-id/usb-FTDI_A5069RR4-if00-port0");
  const auto ports = List();
  ASSERT_EQ(ports.size(), 1U);
  EXPECT_EQ(ports[0].path, "/dev/ttyUSB0");
  EXPECT_EQ(ports[0].by_id, "/dev/serial/by-id/usb-FTDI_A5069RR4-if00-port0");
  EXPECT_EQ(ports[0].product, "FT232R USB UART");
  EXPECT_EQ(ports[0].serial, "A5069RR4");
  EXPECT_EQ(ports[0].problem, "");
}

TEST_F(SerialPorts, OnlyPortsWithADeviceInTheOrderOfTheirNumbers) {
  AddPort("ttyACM10", "usb1/1-3", "1-3:1.1");
  AddPort("ttyACM2", "usb1/1-4", "1-4:1.1");
  AddPort("ttyS0", "pnp0/00:01", "00:01:0");
  fs::create_directories(root() / "sys/class/tty/ttyUSB7");
  const auto ports = List();
  ASSERT_EQ(ports.size(), 2U);
  EXPECT_EQ(ports[0].path, "/dev/ttyACM2");
  EXPECT_EQ(ports[1].path, "/dev/ttyACM10");
}

TEST_F(SerialPorts, OneThatIsGoneSaysSo) {
  AddPort("ttyACM0", "usb1/1-3", "1-3:1.1");
  fs::remove(root() / "dev/ttyACM0");
  EXPECT_EQ(List().at(0).problem, "cannot open /dev/ttyACM0: No such file or directory");
}

}  // namespace
}  // namespace netctl
