#include "tests/support/stm32_eth_model.h"

#include "tests/vboard/stm32_eth_bench.h"

namespace test {
namespace {

using namespace stm32_eth;
using testing::ElementsAreArray;
using testing::SizeIs;

class EthModel : public Stm32EthTest {};

TEST_F(EthModel, AFrameOfOneDescriptorLeavesAfterItsTimeOnTheWire) {
  Start();
  Send(0, Frame(1514));
  bench_.RunFor(115 * kMicrosecond);
  EXPECT_THAT(model_.sent(), SizeIs(0));
  EXPECT_NE(tx_[0].words[0] & kOwn, 0u);
  bench_.RunFor(15 * kMicrosecond);
  ASSERT_THAT(model_.sent(), SizeIs(1));
  EXPECT_THAT(model_.sent()[0], ElementsAreArray(Frame(1514)));
  EXPECT_EQ(tx_[0].words[0], 0u);
  EXPECT_TRUE(Shows(kSrTransmitted | kSrNoTransmitBuffer | kSrEarlyTransmit));
  EXPECT_EQ(Get(kDmasr) >> 20 & 7, 6u) << "suspended";
}

TEST_F(EthModel, AReceivedFrameStandsInMemoryWithItsCheckSequence) {
  Start();
  ASSERT_TRUE(model_.Deliver(Frame(100)));
  EXPECT_FALSE(Shows(kSrReceived));
  bench_.RunFor(20 * kMicrosecond);
  EXPECT_TRUE(Shows(kSrReceived));
  EXPECT_EQ(rx_[0].words[0], 104u << 16 | kRdFirst | kRdLast | kRdType);
  ByteVector expected = Frame(100);
  AppendFcs(expected);
  EXPECT_THAT(Received(0, 104), ElementsAreArray(expected));
  EXPECT_EQ(Get(kDmasr) >> 17 & 7, 3u) << "waiting for a frame";
}

}  // namespace
}  // namespace test
