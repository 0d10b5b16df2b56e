#include "host-cli/pcapng.h"

#include <cstdio>
#include <memory>
#include <vector>

#include <gtest/gtest.h>
#include <pcap/pcap.h>

namespace netctl {
namespace {

// libpcap is the judge: it reads pcapng, we only write it.
TEST(Pcapng, LibpcapReadsBackWhatWasWritten) {
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  const std::vector<std::byte> frame(61, std::byte{0x5a});
  PcapngWriter writer(
      file, {.name = "eth0", .description = "board", .speed_bits = 100'000'000, .snaplen = 128},
      "netctl");
  writer.Write({.time_ns = 1'700'000'000'123'456'789,
                .outbound = true,
                .original_size = 1514,
                .data = frame});
  writer.Write(
      {.time_ns = 1'700'000'001'000'000'000, .original_size = 61, .dropped = 3, .data = frame});
  writer.Finish(5, 3, 1'700'000'002'000'000'000);
  ASSERT_TRUE(writer.ok());
  std::rewind(file);

  char error[PCAP_ERRBUF_SIZE] = {};
  pcap_t* reader =
      pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, error);
  ASSERT_NE(reader, nullptr) << error;
  EXPECT_EQ(pcap_datalink(reader), DLT_EN10MB);
  pcap_pkthdr* header = nullptr;
  const u_char* data = nullptr;
  ASSERT_EQ(pcap_next_ex(reader, &header, &data), 1);
  EXPECT_EQ(header->ts.tv_sec, 1'700'000'000);
  EXPECT_EQ(header->ts.tv_usec, 123'456'789);
  EXPECT_EQ(header->caplen, 61u);
  EXPECT_EQ(header->len, 1514u);
  EXPECT_EQ(data[60], 0x5a);
  ASSERT_EQ(pcap_next_ex(reader, &header, &data), 1);
  EXPECT_EQ(header->ts.tv_sec, 1'700'000'001);
  EXPECT_EQ(pcap_next_ex(reader, &header, &data), PCAP_ERROR_BREAK);
  pcap_close(reader);
}

TEST(Pcapng, SaysWhenTheFileCannotBeWritten) {
  std::FILE* full = std::fopen("/dev/full", "wb");
  ASSERT_NE(full, nullptr);
  const PcapngWriter writer(full, {.name = "eth0", .description = "board"}, "netctl");
  EXPECT_FALSE(writer.ok());
  std::fclose(full);
}

}  // namespace
}  // namespace netctl
