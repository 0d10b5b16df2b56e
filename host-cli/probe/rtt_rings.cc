// One batch carries, in this order: bytes for the target, the offset that makes them known, the
// offset of what was read before, both descriptors, and a guess of the bytes that wait. Order makes
// it safe: bytes before the offset that hands them over, descriptors before the bytes they vouch
// for.
#include "host-cli/probe/rtt_rings.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "host-cli/format.h"
#include "host-cli/probe/words.h"

namespace netctl {
namespace {

using protocol::RttRing;

constexpr uint32_t kHeaderSize = 24;
constexpr size_t kWord = 4;
constexpr uint32_t kRingSize = sizeof(RttRing);
constexpr uint32_t kMaxRings = 16;
constexpr uint32_t kMinRingBytes = 64;
constexpr uint32_t kMaxRingBytes = 1 << 20;
constexpr std::string_view kRingName = "netctl";

RttRing DecodeRing(std::span<const std::byte, kRingSize> bytes) {
  return base::DecodeExactly<RttRing, base::kMessageOrder>(bytes).value_or(RttRing{});
}

constexpr size_t RoundUp(size_t bytes) { return (bytes + kWord - 1) / kWord * kWord; }

// Empty when both offsets and the size make sense.
std::string Defect(std::string_view name, const RttRing& ring) {
  if (ring.buffer == 0 || ring.size < kMinRingBytes || ring.size > kMaxRingBytes ||
      uint64_t{ring.buffer} + ring.size > uint64_t{1} << 32) {
    return fmt::format("its {} ring has {} bytes at 0x{:08x}", name, ring.size, ring.buffer);
  }
  if (ring.write_offset >= ring.size || ring.read_offset >= ring.size) {
    return fmt::format("its {} ring of {} bytes has offsets {} and {}", name, ring.size,
                       ring.write_offset, ring.read_offset);
  }
  return {};
}

bool IsSameRing(const RttRing& a, const RttRing& b) {
  return a.name == b.name && a.buffer == b.buffer && a.size == b.size && a.flags == b.flags;
}

}  // namespace

bool IsRttId(base::ConstByteSpan bytes) {
  return bytes.size() >= protocol::kRttIdInverted.size() &&
         std::equal(protocol::kRttIdInverted.begin(), protocol::kRttIdInverted.end(), bytes.begin(),
                    [](uint8_t inverted, std::byte byte) {
                      return static_cast<uint8_t>(~inverted) == static_cast<uint8_t>(byte);
                    });
}

MemoryResult<std::string> RttRings::Attach(uint32_t address) {
  address_ = address;
  read_unsaid_ = false;
  std::array<std::byte, kHeaderSize> header;
  if (const auto read = memory_.Read(address, header); !read) {
    return std::unexpected(read.error());
  }
  if (!IsRttId(header)) {
    return "there is none";
  }
  const uint32_t up_rings = LoadWord(std::span(header).subspan(16, 4));
  const uint32_t down_rings = LoadWord(std::span(header).subspan(20, 4));
  if (std::min(up_rings, down_rings) <= protocol::kRttFrames ||
      std::max(up_rings, down_rings) > kMaxRings) {
    return fmt::format("it has {} up and {} down rings; the agent has 2 and 2", up_rings,
                       down_rings);
  }
  up_.descriptor = address + kHeaderSize + kRingSize * protocol::kRttFrames;
  down_.descriptor = up_.descriptor + kRingSize * up_rings;
  std::array<std::byte, kRingSize> up;
  std::array<std::byte, kRingSize> down;
  const std::array reads = {MemoryAccess{.address = up_.descriptor, .out = up},
                            MemoryAccess{.address = down_.descriptor, .out = down}};
  if (const auto read = memory_.Run(reads); !read) {
    return std::unexpected(read.error());
  }
  up_.known = DecodeRing(up);
  down_.known = DecodeRing(down);
  for (const auto& [name, ring] : {std::pair{"up", &up_.known}, {"down", &down_.known}}) {
    if (std::string defect = Defect(name, *ring); !defect.empty()) {
      return defect;
    }
  }
  std::array<char, kRingName.size() + 1> name{};
  const auto read = memory_.Read(up_.known.name, std::as_writable_bytes(std::span(name)));
  if (!read && read.error().kind != MemoryError::Kind::kFault) {
    return std::unexpected(read.error());
  }
  if (std::string_view(name.data(), kRingName.size()) != kRingName || name.back() != '\0') {
    return fmt::format("its ring 1 is named '{}', not '{}': the firmware is not the netctl agent",
                       EscapeText({name.data(), ::strnlen(name.data(), name.size())}), kRingName);
  }
  return std::string();
}

MemoryResult<RttRings::Moved> RttRings::Exchange(base::ConstByteSpan to_target,
                                                 std::vector<std::byte>& from_target) {
  accesses_.clear();
  words_used_ = 0;
  Moved moved{.taken = Queue(to_target)};
  if (read_unsaid_) {
    QueueWord(up_.descriptor + 16, up_.known.read_offset);
  }
  // One access, with what lies between the two: each one costs more than its bytes.
  descriptors_.resize(down_.descriptor - up_.descriptor + kRingSize);
  accesses_.push_back({.address = up_.descriptor, .out = descriptors_});
  QueueAhead();
  if (const auto done = memory_.Run(accesses_); !done) {
    return std::unexpected(done.error());
  }
  read_unsaid_ = false;
  const auto seen_up = DecodeRing(base::ConstByteSpan(descriptors_).first<kRingSize>());
  const auto seen_down = DecodeRing(base::ConstByteSpan(descriptors_).last<kRingSize>());
  if (!IsSameRing(seen_up, up_.known) || !IsSameRing(seen_down, down_.known) ||
      seen_up.read_offset != up_.known.read_offset ||
      seen_down.write_offset != down_.known.write_offset || seen_up.write_offset >= seen_up.size ||
      seen_down.read_offset >= seen_down.size) {
    moved.stale = true;
    return moved;
  }
  down_.known.read_offset = seen_down.read_offset;
  TakeAhead(seen_up.write_offset, from_target);
  moved.more = read_unsaid_;
  return moved;
}

// As much of `data` as fits, in up to two pieces, then the offset behind it.
size_t RttRings::Queue(base::ConstByteSpan data) {
  RttRing& ring = down_.known;
  const uint32_t used = (ring.write_offset + ring.size - ring.read_offset) % ring.size;
  const size_t count = std::min<size_t>(data.size(), ring.size - 1 - used);
  if (count == 0) {
    return 0;
  }
  const size_t first = std::min<size_t>(count, ring.size - ring.write_offset);
  accesses_.push_back({.address = ring.buffer + ring.write_offset, .data = data.first(first)});
  if (first < count) {
    accesses_.push_back({.address = ring.buffer, .data = data.subspan(first, count - first)});
  }
  ring.write_offset = static_cast<uint32_t>((ring.write_offset + count) % ring.size);
  QueueWord(down_.descriptor + 12, ring.write_offset);
  return count;
}

void RttRings::QueueWord(uint32_t address, uint32_t value) {
  StoreWord(words_[words_used_], value);
  accesses_.push_back({.address = address, .data = words_[words_used_]});
  ++words_used_;
}

// The bytes that would be read next if there are any. Whole words, since a probe needs an access of
// its own for each odd end.
void RttRings::QueueAhead() {
  const RttRing& ring = up_.known;
  const size_t count = std::min<size_t>(ahead_, ring.size - 1);
  skipped_ = (ring.buffer + ring.read_offset) % kWord;
  const size_t first = std::min<size_t>(count, ring.size - ring.read_offset);
  const size_t first_words = RoundUp(skipped_ + first);
  const size_t second_words = RoundUp(count - first);
  ahead_bytes_.resize(first_words + second_words);
  ahead_first_ = first;
  ahead_count_ = count;
  const base::ByteSpan bytes(ahead_bytes_);
  accesses_.push_back({.address = static_cast<uint32_t>(ring.buffer + ring.read_offset - skipped_),
                       .out = bytes.first(first_words)});
  if (second_words != 0) {
    accesses_.push_back({.address = ring.buffer, .out = bytes.subspan(first_words)});
  }
}

size_t RttRings::TakeAhead(uint32_t write_offset, std::vector<std::byte>& from_target) {
  RttRing& ring = up_.known;
  const size_t waiting = (write_offset + ring.size - ring.read_offset) % ring.size;
  const size_t count = std::min(waiting, ahead_count_);
  const base::ConstByteSpan bytes(ahead_bytes_);
  const auto first = bytes.subspan(skipped_, std::min(count, ahead_first_));
  from_target.insert(from_target.end(), first.begin(), first.end());
  const auto second = bytes.subspan(RoundUp(skipped_ + ahead_first_), count - first.size());
  from_target.insert(from_target.end(), second.begin(), second.end());
  ring.write_offset = write_offset;
  ring.read_offset = static_cast<uint32_t>((ring.read_offset + count) % ring.size);
  read_unsaid_ = count > 0;
  // A stream is read in big pieces, a poll that finds nothing costs little.
  ahead_ = waiting >= ahead_count_ ? std::max(2 * ahead_count_, waiting)
                                   : std::max(kMinAhead, ahead_ - ahead_ / 4);
  return count;
}

}  // namespace netctl
