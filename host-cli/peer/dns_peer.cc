#include "host-cli/peer/dns_peer.h"

#include <array>
#include <optional>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>

#include "stack/base/bytes.h"

namespace netctl {
namespace {

constexpr size_t kHeaderSize = 12;   // RFC 1035 4.1.1
constexpr size_t kMaxMessage = 512;  // 4.2.1
constexpr uint16_t kTypeA = 1;
constexpr uint16_t kClassInternet = 1;
constexpr uint16_t kFlagsAnswer = 0x8180;  // QR, RD, RA
constexpr uint16_t kPointerToQuestion = 0xc000 | kHeaderSize;
constexpr uint32_t kTtlSeconds = 1;

void Put16(std::vector<std::byte>& out, uint16_t value) {
  out.resize(out.size() + 2);
  base::StoreBe16(out.data() + out.size() - 2, value);
}

// The end of the one question of `query`; empty when this is no plain query of ours to answer.
std::optional<size_t> EndOfQuestion(base::ConstByteSpan query) {
  if (query.size() < kHeaderSize + 5 || base::LoadBe16(query.data() + 4) != 1 ||
      (base::LoadBe16(query.data() + 2) & 0xf800) != 0) {
    return std::nullopt;
  }
  size_t at = kHeaderSize;
  while (at < query.size() && query[at] != std::byte{0}) {
    at += 1 + static_cast<size_t>(query[at]);
  }
  const size_t end = at + 5;
  if (end > query.size() || base::LoadBe16(query.data() + at + 1) != kTypeA) {
    return std::nullopt;
  }
  return end;
}

// Header with one answer, the question as it came, then the A record.
std::vector<std::byte> MakeAnswer(base::ConstByteSpan query, size_t question_end,
                                  base::Ipv4Address answer) {
  std::vector<std::byte> out(query.begin(), query.begin() + 2);
  for (const uint16_t word : {kFlagsAnswer, uint16_t{1}, uint16_t{1}, uint16_t{0}, uint16_t{0}}) {
    Put16(out, word);
  }
  out.insert(out.end(), query.begin() + kHeaderSize,
             query.begin() + static_cast<std::ptrdiff_t>(question_end));
  Put16(out, kPointerToQuestion);
  Put16(out, kTypeA);
  Put16(out, kClassInternet);
  Put16(out, 0);
  Put16(out, static_cast<uint16_t>(kTtlSeconds));
  Put16(out, 4);
  Put16(out, static_cast<uint16_t>(answer.value >> 16));
  Put16(out, static_cast<uint16_t>(answer.value));
  return out;
}

}  // namespace

DnsPeer::DnsPeer(base::Ipv4Address address, base::Ipv4Address answer)
    : answer_(answer), socket_(BindUdp(address, port_)), thread_([this] { Serve(); }) {}

DnsPeer::~DnsPeer() {
  stop_ = true;
  thread_.join();
}

void DnsPeer::Serve() {
  constexpr int kSliceMs = 100;
  while (!stop_) {
    if (!WaitReadable(socket_.get(), kSliceMs)) {
      continue;
    }
    std::array<std::byte, kMaxMessage> buffer;
    sockaddr_in from{};
    socklen_t from_size = sizeof(from);
    const ssize_t size = ::recvfrom(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT,
                                    reinterpret_cast<sockaddr*>(&from), &from_size);
    if (size < 0) {
      continue;
    }
    const base::ConstByteSpan query(buffer.data(), static_cast<size_t>(size));
    const auto end = EndOfQuestion(query);
    if (!end) {
      continue;
    }
    const auto answer = MakeAnswer(query, *end, answer_);
    ++queries_;  // before the answer, after which somebody may ask for it
    ::sendto(socket_.get(), answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from),
             from_size);
  }
}

}  // namespace netctl
