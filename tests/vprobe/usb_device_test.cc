#include "tests/support/vprobe/usb_device.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
// The next one needs <sys/ioctl.h>.
#include <linux/usbdevice_fs.h>

namespace test {
namespace {

using testing::ElementsAre;

// A program that has the node open, as the preload library plays it.
class Client {
 public:
  explicit Client(UsbDevice& device) : device_(device) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    ours_ = ends[0];
    theirs_ = ends[1];
    device_.Open(theirs_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { Close(); }

  void Close() {
    if (ours_ >= 0) {
      ::close(ours_);
      ours_ = -1;
      device_.Serve(theirs_);
    }
  }

  // 0, or the errno.
  int Ioctl(unsigned long request, const void* argument) {
    const UsbFile::Message call{UsbFile::kIoctl, request, reinterpret_cast<uint64_t>(argument)};
    EXPECT_EQ(::send(ours_, &call, sizeof(call), 0), static_cast<ssize_t>(sizeof(call)));
    device_.Serve(theirs_);
    UsbFile::Message answer{};
    EXPECT_EQ(::recv(ours_, &answer, sizeof(answer), 0), static_cast<ssize_t>(sizeof(answer)));
    EXPECT_EQ(answer.type, 3u);
    return static_cast<int>(answer.argument);
  }
  int Claim() {
    const unsigned int interface = 0;
    return Ioctl(USBDEVFS_CLAIMINTERFACE, &interface);
  }
  int Submit(usbdevfs_urb& urb, uint8_t endpoint, std::span<uint8_t> buffer) {
    urb.type = USBDEVFS_URB_TYPE_BULK;
    urb.endpoint = endpoint;
    urb.buffer = buffer.data();
    urb.buffer_length = static_cast<int>(buffer.size());
    return Ioctl(USBDEVFS_SUBMITURB, &urb);
  }
  int Discard(usbdevfs_urb& urb) { return Ioctl(USBDEVFS_DISCARDURB, &urb); }
  int Reap(usbdevfs_urb*& urb) { return Ioctl(USBDEVFS_REAPURBNDELAY, &urb); }

 private:
  UsbDevice& device_;
  int ours_ = -1;
  int theirs_ = -1;
};

class UsbDeviceTest : public testing::Test {
 protected:
  // It sends back what it gets.
  Faults faults_;
  UsbDevice device_{{},
                    [](std::span<const uint8_t> packet) {
                      return std::vector<uint8_t>(packet.begin(), packet.end());
                    },
                    faults_};
  Client client_{device_};
  std::array<uint8_t, 4> sent_{1, 2, 3, 4};
  std::array<uint8_t, 8> received_{};
  // The struct ends in an open array, so it cannot be a member.
  std::unique_ptr<usbdevfs_urb> out_storage_ = std::make_unique<usbdevfs_urb>();
  std::unique_ptr<usbdevfs_urb> in_storage_ = std::make_unique<usbdevfs_urb>();
  usbdevfs_urb& out_ = *out_storage_;
  usbdevfs_urb& in_ = *in_storage_;
  usbdevfs_urb* done_ = nullptr;
};

TEST_F(UsbDeviceTest, AnswersArriveAtTheUrbThatWaits) {
  EXPECT_EQ(client_.Submit(in_, kEndpointIn, received_), 0);
  EXPECT_EQ(client_.Reap(done_), EAGAIN);
  EXPECT_EQ(client_.Submit(out_, kEndpointOut, sent_), 0);
  EXPECT_EQ(client_.Reap(done_), 0);
  EXPECT_EQ(done_, &out_);
  EXPECT_EQ(out_.actual_length, 4);
  EXPECT_EQ(client_.Reap(done_), 0);
  EXPECT_EQ(done_, &in_);
  EXPECT_EQ(in_.status, 0);
  EXPECT_EQ(in_.actual_length, 4);
  EXPECT_THAT(received_, ElementsAre(1, 2, 3, 4, 0, 0, 0, 0));
  EXPECT_EQ(client_.Reap(done_), EAGAIN);
}

TEST_F(UsbDeviceTest, AnAnswerThatDoesNotFitIsAnError) {
  EXPECT_EQ(client_.Submit(out_, kEndpointOut, sent_), 0);
  EXPECT_EQ(client_.Submit(in_, kEndpointIn, std::span(received_).first(2)), 0);
  EXPECT_EQ(client_.Reap(done_), 0);
  EXPECT_EQ(client_.Reap(done_), 0);
  EXPECT_EQ(in_.status, -EOVERFLOW);
  EXPECT_THAT(received_, ElementsAre(1, 2, 0, 0, 0, 0, 0, 0));
}

TEST_F(UsbDeviceTest, AWaitingUrbCanBeCancelledOnce) {
  EXPECT_EQ(client_.Submit(in_, kEndpointIn, received_), 0);
  EXPECT_EQ(client_.Discard(in_), 0);
  EXPECT_EQ(client_.Discard(in_), EINVAL);
  EXPECT_EQ(client_.Reap(done_), 0);
  EXPECT_EQ(in_.status, -ENOENT);
}

TEST_F(UsbDeviceTest, TheInterfaceHasOneOwner) {
  Client other(device_);
  EXPECT_EQ(client_.Claim(), 0);
  EXPECT_EQ(other.Claim(), EBUSY);
  EXPECT_EQ(other.Submit(out_, kEndpointOut, sent_), EBUSY);
  client_.Close();
  EXPECT_EQ(other.Claim(), 0);
}

TEST_F(UsbDeviceTest, ABusyOneCannotBeClaimed) {
  device_.set_busy(true);
  EXPECT_EQ(client_.Claim(), EBUSY);
}

TEST_F(UsbDeviceTest, UnpluggingEndsWhatWaits) {
  EXPECT_EQ(client_.Submit(in_, kEndpointIn, received_), 0);
  device_.Unplug();
  EXPECT_EQ(client_.Submit(out_, kEndpointOut, sent_), ENODEV);
  EXPECT_EQ(client_.Reap(done_), 0);
  EXPECT_EQ(in_.status, -ESHUTDOWN);
  EXPECT_EQ(client_.Reap(done_), ENODEV);
  device_.Plug();
  EXPECT_EQ(client_.Claim(), ENODEV);
  Client fresh(device_);
  EXPECT_EQ(fresh.Claim(), 0);
}

TEST_F(UsbDeviceTest, TheFaultUnplugAsksForIt) {
  faults_.Set(FaultKind::kUnplug, 1, 1);
  EXPECT_FALSE(device_.unplug_wanted());
  EXPECT_EQ(client_.Submit(out_, kEndpointOut, sent_), 0);
  EXPECT_TRUE(device_.unplug_wanted());
}

TEST_F(UsbDeviceTest, SlowAnswersWaitForTheirTime) {
  ASSERT_TRUE(faults_.Set("slow=60000000"));
  EXPECT_EQ(client_.Submit(out_, kEndpointOut, sent_), 0);
  EXPECT_EQ(device_.deadline(), std::nullopt);
  EXPECT_EQ(client_.Submit(in_, kEndpointIn, received_), 0);
  ASSERT_NE(device_.deadline(), std::nullopt);
  EXPECT_EQ(client_.Reap(done_), 0);
  EXPECT_EQ(client_.Reap(done_), EAGAIN);
  device_.Deliver(*device_.deadline());
  EXPECT_EQ(client_.Reap(done_), 0);
  EXPECT_EQ(done_, &in_);
}

TEST_F(UsbDeviceTest, ShortAnswersAreHalf) {
  faults_.Set(FaultKind::kShort, 1, 1);
  EXPECT_EQ(client_.Submit(in_, kEndpointIn, received_), 0);
  EXPECT_EQ(client_.Submit(out_, kEndpointOut, sent_), 0);
  EXPECT_EQ(client_.Reap(done_), 0);
  EXPECT_EQ(client_.Reap(done_), 0);
  EXPECT_EQ(in_.actual_length, 2);
}

TEST_F(UsbDeviceTest, OtherEndpointsAndCallsAreRefused) {
  EXPECT_EQ(client_.Submit(out_, 0x02, sent_), ENOENT);
  EXPECT_EQ(client_.Ioctl(_IO('U', 99), nullptr), ENOTTY);
}

}  // namespace
}  // namespace test
