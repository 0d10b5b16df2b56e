#include "tests/support/vprobe/usb_descriptors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace test {
namespace {

using testing::ElementsAre;

constexpr uint8_t kToHost = 0x80;
constexpr uint8_t kFromInterface = 0x81;
constexpr uint8_t kGetDescriptor = 6;
constexpr size_t kDeviceSize = 18;

// The descriptors one after the other, each as its type.
std::vector<int> Types(const std::vector<uint8_t>& descriptors) {
  std::vector<int> types;
  for (size_t at = 0; at < descriptors.size(); at += descriptors[at]) {
    types.push_back(descriptors[at + 1]);
  }
  return types;
}

TEST(UsbDescriptors, LengthsAddUp) {
  for (const bool hid : {false, true}) {
    const std::vector<uint8_t> all = Descriptors({.hid = hid});
    EXPECT_EQ(all[kDeviceSize + 2] | all[kDeviceSize + 3] << 8, all.size() - kDeviceSize);
  }
  EXPECT_THAT(Types(Descriptors({})), ElementsAre(1, 2, 4, 5, 5));
  EXPECT_THAT(Types(Descriptors({.hid = true})), ElementsAre(1, 2, 4, 0x21, 5, 5));
}

TEST(UsbDescriptors, AProbeWithoutSerialNumberHasNoSuchString) {
  std::vector<uint8_t> answer;
  EXPECT_EQ(Descriptors({.serial = ""})[16], 0);
  EXPECT_FALSE(AnswerControl({.serial = ""}, kToHost, kGetDescriptor, 0x0303, 255, answer));
  EXPECT_TRUE(AnswerControl({.serial = "A"}, kToHost, kGetDescriptor, 0x0303, 255, answer));
  EXPECT_THAT(answer, ElementsAre(4, 3, 'A', 0));
}

TEST(UsbDescriptors, AnswersAreCutToTheLengthAskedFor) {
  std::vector<uint8_t> answer;
  EXPECT_TRUE(AnswerControl({}, kToHost, kGetDescriptor, 0x0200, 9, answer));
  EXPECT_THAT(answer, ElementsAre(9, 2, 32, 0, 1, 1, 0, 0x80, 50));
}

TEST(UsbDescriptors, OnlyAHidDeviceHasReports) {
  std::vector<uint8_t> answer;
  EXPECT_FALSE(AnswerControl({}, kFromInterface, kGetDescriptor, 0x2200, 255, answer));
  EXPECT_TRUE(AnswerControl({.hid = true}, kFromInterface, kGetDescriptor, 0x2200, 255, answer));
  EXPECT_EQ(answer.size(), Descriptors({.hid = true})[kDeviceSize + 9 + 9 + 7]);
}

}  // namespace
}  // namespace test
