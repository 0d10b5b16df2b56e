// The golden vectors of protocol/README.md, made by an implementation of the specification that
// shares no code with this one.
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/hello.h"
#include "protocol/message.h"
#include "tests/protocol/raw_frames.h"

namespace protocol {
namespace {

using test::ByteVector;

struct Vector {
  const char* name;
  ByteVector bytes;
  const char* hex;
};

template <typename Encoder>
ByteVector Written(Encoder encode) {
  ByteVector out(kMaxMessage);
  out.resize(encode(base::ByteSpan(out)).value());
  return out;
}

ByteVector HelloFrame() {
  const Hello hello{.protocol_version = 1,
                    .schema_hash = 0x11223344,
                    .entropy = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
                    .receive_buffer = 65536,
                    .holder = std::string_view("me@pc 1")};
  return Encode({.type = FrameType::kHello, .session = 0x1001}, EncodeFields(hello));
}

ByteVector HelloReplyFrame() {
  const HelloReply reply{.protocol_version = 1,
                         .schema_hash = 0x11223344,
                         .boot_counter = 7,
                         .reset_cause = ResetCause::kPin,
                         .build_id = 0x0102030405060708,
                         .receive_buffer = 4096,
                         .largest_message = 1530,
                         .board = std::string_view("mps2"),
                         .version = std::string_view("0.1")};
  return Encode({.type = FrameType::kHelloReply, .session = 0x1001}, EncodeFields(reply));
}

ByteVector RequestFrame() {
  return Encode({.type = FrameType::kData, .session = 0x1001, .credit = 3276},
                Written([](base::ByteSpan out) {
                  return EncodeRequest<ReadPhy>({.interface = 0, .phy = 1, .reg = 2}, 1, out);
                }));
}

ByteVector ResponseFrame() {
  return Encode({.type = FrameType::kData, .session = 0x1001, .ack = 1, .credit = 1024},
                Written([](base::ByteSpan out) {
                  return EncodeResponse<ReadPhy>(PhyValue{.value = 0x7849}, 1, out);
                }));
}

std::vector<Vector> Vectors() {
  return {
      {"HELLO", HelloFrame(),
       "00 03 01 01 01 03 01 10 01 01 01 01 01 01 01 01 01 02 24 02 01 05 44 33 22 11 11 01 02 03 "
       "04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 01 02 01 02 07 0c 6d 65 40 70 63 20 31 5e 45 63 97 "
       "00"},
      {"HELLO_REPLY", HelloReplyFrame(),
       "00 03 01 02 01 03 01 10 01 01 01 01 01 01 01 01 01 02 26 02 01 06 44 33 22 11 07 01 01 0a "
       "02 08 07 06 05 04 03 02 01 02 10 01 03 fa 05 01 02 04 06 6d 70 73 32 03 08 30 2e 31 c3 e0 "
       "1d 97 00"},
      {"ACK", Encode({.type = FrameType::kAck, .session = 0x1001, .credit = 1024}),
       "00 03 01 04 01 03 01 10 01 01 01 01 01 01 02 04 01 01 01 05 37 3e 66 0b 00"},
      {"REQUEST", RequestFrame(),
       "00 03 01 03 01 03 01 10 01 01 01 01 01 03 cc 0c 01 02 09 02 01 02 21 02 01 01 07 01 02 c8 "
       "cb 6b d2 00"},
      {"RESPONSE", ResponseFrame(),
       "00 03 01 03 01 03 01 10 01 01 01 02 01 01 02 04 01 02 08 02 02 02 21 02 01 07 49 78 55 8a "
       "50 db 00"},
      {"BUSY",
       Encode({.type = FrameType::kBusy, .session = 0x1001},
              EncodeFields(Busy{.holder = std::string_view("ann@lab 2")})),
       "00 03 01 05 01 03 01 10 01 01 01 01 01 01 01 01 01 02 0b 02 09 0e 61 6e 6e 40 6c 61 62 20 "
       "32 19 2f f3 eb 00"},
      {"UNKNOWN_SESSION", Encode({.type = FrameType::kUnknownSession, .session = 0x1001}),
       "00 03 01 06 01 03 01 10 01 01 01 01 01 01 01 01 01 01 01 05 39 38 ea 54 00"},
      {"BYE", Encode({.type = FrameType::kBye, .session = 0x1001}),
       "00 03 01 07 01 03 01 10 01 01 01 01 01 01 01 01 01 01 01 05 66 e4 0e 0b 00"},
  };
}

std::string ToHex(base::ConstByteSpan bytes) {
  std::string text;
  for (const std::byte byte : bytes) {
    char hex[4];
    std::snprintf(hex, sizeof(hex), "%02x ", static_cast<unsigned>(byte));
    text += hex;
  }
  text.pop_back();
  return text;
}

TEST(Golden, FramesAreTheseBytes) {
  for (const Vector& vector : Vectors()) {
    EXPECT_EQ(ToHex(vector.bytes), vector.hex) << vector.name;
  }
}

TEST(Golden, SpecificationHasTheSameBytes) {
  std::ifstream file("../protocol/README.md");
  std::ostringstream readme;
  readme << file.rdbuf();
  for (const Vector& vector : Vectors()) {
    EXPECT_NE(readme.str().find("`" + std::string(vector.hex) + "`"), std::string::npos)
        << vector.name;
  }
}

}  // namespace
}  // namespace protocol
