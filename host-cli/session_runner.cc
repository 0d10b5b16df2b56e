#include "host-cli/session_runner.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>
#include <pwd.h>
#include <spdlog/spdlog.h>
#include <sys/random.h>
#include <unistd.h>

#include "build_info.h"
#include "host-cli/clock.h"
#include "host-cli/format.h"
#include "protocol/message.h"
#include "protocol/schema_hash.h"

namespace netctl {
namespace {

using protocol::EndReason;
using protocol::SessionState;

constexpr size_t kReceiveBuffer = 32 * 1024;
constexpr size_t kRing = 128 * 1024;
constexpr size_t kReadSize = 16 * 1024;
// Reads in one Process(), so that a flood of bytes does not starve the timers.
constexpr int kReadsPerProcess = 8;
constexpr base::Duration kBurstGap = std::chrono::milliseconds(1);

constexpr protocol::SessionSizes kSizes = {
    .send = {64 * 1024, 1024, 1024},
    .receive = {kRing, kRing, kRing},
    .message = protocol::kMaxMessage,
    .window = 64,
};
static_assert(kRing >= protocol::SessionReceiveRing(protocol::kMaxMessage));

template <typename T>
T Random() {
  T value{};
  // /dev/urandom is seeded long before anybody logs in; a short read cannot happen below 256 bytes.
  [[maybe_unused]] const ssize_t size = ::getrandom(&value, sizeof(value), 0);
  return value;
}

std::string Holder() {
  std::array<char, 65> host{};
  ::gethostname(host.data(), host.size() - 1);
  const passwd* user = ::getpwuid(::geteuid());
  return fmt::format("{:.10}@{:.10} {}", user != nullptr ? user->pw_name : "?", host.data(),
                     ::getpid());
}

std::string BuildText(std::string_view version, uint64_t build_id) {
  return fmt::format("{} build {:016x}", EscapeText(version), build_id);
}

}  // namespace

struct SessionRunner::Storage {
  protocol::SessionStorage<kSizes> session;
};

SessionRunner::SessionRunner(std::unique_ptr<Channel> channel, MessagePort::TextSink sink)
    : channel_(std::move(channel)),
      sink_(std::move(sink)),
      storage_(std::make_unique<Storage>()),
      session_(protocol::Role::kHost, storage_->session.buffers(), *this, stats_) {}

SessionRunner::~SessionRunner() {
  if (established()) {
    session_.Close();
    // Without room for one frame the lease ends the session a little later.
    static_cast<void>(WriteChannel());
  }
}

void SessionRunner::Connect(bool takeover) {
  protocol::Hello hello;
  hello.protocol_version = protocol::kVersion;
  hello.schema_hash = protocol::kSchemaHash;
  hello.takeover = takeover;
  hello.entropy = Random<std::array<uint8_t, 16>>();
  hello.receive_buffer = kReceiveBuffer;
  hello.holder = std::string_view(Holder());
  was_established_ = false;
  session_.Connect(std::max<uint32_t>(Random<uint32_t>(), 1), hello, Now());
}

void SessionRunner::AddPollFds(std::vector<pollfd>& fds) const {
  channel_->AddPollFds(fds, has_output());
}

Expected<base::Instant> SessionRunner::Process() {
  const auto read = ReadChannel();
  const base::Instant next = session_.Poll(Now());
  was_established_ = was_established_ || established();
  if (const auto judged = Judge(); !judged) {
    return std::unexpected(judged.error());
  }
  if (!read) {
    return std::unexpected(read.error());
  }
  if (const auto written = WriteChannel(); !written) {
    return std::unexpected(written.error());
  }
  return next;
}

Expected<void> SessionRunner::ReadChannel() {
  const base::Instant begin = Now();
  if (begin - last_read_ < kBurstGap) {
    ::usleep(static_cast<useconds_t>(channel_->gather_time().count()));
  }
  std::array<std::byte, kReadSize> bytes;
  for (int i = 0; i < kReadsPerProcess; ++i) {
    const auto size = channel_->Read(bytes);
    if (!size) {
      return std::unexpected(size.error());
    }
    if (*size == 0) {
      return {};
    }
    last_read_ = begin;
    session_.OnBytes(base::ConstByteSpan(bytes).first(*size), Now());
  }
  return {};
}

Expected<void> SessionRunner::WriteChannel() {
  while (true) {
    if (output_begin_ == output_.size()) {
      output_.resize(kReadSize);
      output_.resize(session_.TakeOutput(output_, Now()));
      output_begin_ = 0;
      if (output_.empty()) {
        return {};
      }
    }
    const auto written = channel_->Write(base::ConstByteSpan(output_).subspan(output_begin_));
    if (!written) {
      return std::unexpected(written.error());
    }
    if (*written == 0) {
      return {};
    }
    output_begin_ += *written;
  }
}

std::optional<Message> SessionRunner::Take() {
  protocol::ReceivedMessage received;
  while (session_.Receive(received)) {
    const auto decoded = protocol::DecodeMessage(received.bytes);
    std::optional<Message> message;
    if (decoded) {
      message = Message{decoded->header, {decoded->fields.begin(), decoded->fields.end()}};
    }
    session_.Release();
    if (message) {
      return message;
    }
    spdlog::warn("the agent sent a message that is shorter than its header");
  }
  return std::nullopt;
}

base::Status SessionRunner::Send(const Message& message) {
  std::vector<std::byte> bytes(protocol::kMessageHeaderSize + message.fields.size());
  const auto header = base::Encode<base::kMessageOrder>(message.header, bytes);
  if (!header) {
    return header.error();
  }
  std::ranges::copy(message.fields, bytes.begin() + static_cast<std::ptrdiff_t>(*header));
  return session_.Send(protocol::Stream::kRequests, bytes);
}

void SessionRunner::Flush() {
  const base::Instant limit = Now() + std::chrono::seconds(1);
  while (Now() < limit && established() && !session_.all_acknowledged()) {
    const auto next = Process();
    if (!next) {
      return;
    }
    std::vector<pollfd> fds;
    AddPollFds(fds);
    PollUntil(fds, std::min(limit, *next));
  }
}

void SessionRunner::OnText(std::string_view text) {
  heard_text_ = true;
  if (sink_) {
    sink_(text);
  }
}

Peer SessionRunner::peer() const {
  const protocol::HelloReply& reply = session_.peer();
  return {.board = EscapeText(reply.board.view()),
          .version = EscapeText(reply.version.view()),
          .build_id = reply.build_id,
          .boot_counter = reply.boot_counter,
          .largest_message = reply.largest_message,
          .via = channel_->describe()};
}

Expected<void> SessionRunner::Judge() const {
  switch (session_.state()) {
    case SessionState::kBusy:
      return Fail(ExitCode::kBusy,
                  fmt::format("the board is held by {} through another channel",
                              EscapeText(session_.busy_holder())),
                  "--takeover ends that session");
    case SessionState::kWrongVersion:
      return Fail(
          ExitCode::kAgent,
          fmt::format("the agent on the board ({}) speaks another protocol (version {}, "
                      "schema {:08x}) than this netctl ({}; version {}, schema {:08x})",
                      BuildText(session_.peer().version.view(), session_.peer().build_id),
                      session_.peer().protocol_version, session_.peer().schema_hash,
                      BuildText(kVersion, kBuildId), protocol::kVersion, protocol::kSchemaHash),
          "flash the agent that was built with this netctl");
    case SessionState::kDead:
      return std::unexpected(WhyDead());
    default:
      return {};
  }
}

Error SessionRunner::WhyDead() const {
  switch (session_.end_reason()) {
    case EndReason::kRestarted:
      return {ExitCode::kAgent,
              "the board restarted, or another program opened a session on its channel; what "
              "became of an open command is unknown",
              {},
              {}};
    case EndReason::kTakenOver:
      return {ExitCode::kBusy,
              fmt::format("{} took the board over", EscapeText(session_.busy_holder())),
              {},
              {}};
    case EndReason::kNoProgress:
      return {ExitCode::kChannel,
              "the board is heard but acknowledges nothing: bytes to it are lost",
              channel_->advice(),
              {}};
    case EndReason::kClosed:
      return {ExitCode::kAgent, "the session was closed", {}, {}};
    default:
      return was_established_
                 ? Error{ExitCode::kChannel,
                         "the board stopped answering; what became of an open command is unknown",
                         "netctl console shows what it prints",
                         {}}
                 : NoAnswer();
  }
}

// Nothing that counts came within the time for HELLO: says what did come.
Error SessionRunner::NoAnswer() const {
  const std::string via = channel_->describe();
  const std::string advice = channel_->advice();
  if (stats_.rx_bytes == 0) {
    return {ExitCode::kChannel,
            fmt::format("no answer on {}: not a single byte came", via),
            advice.empty() ? "is the board powered, and does it run the netctl agent?" : advice,
            {}};
  }
  if (stats_.rx_frames == 0 && heard_text_) {
    return {ExitCode::kChannel,
            fmt::format("no agent on {}: the board prints text but no frame", via),
            "netctl console shows the text; flash the agent",
            {}};
  }
  if (stats_.rx_frames == 0) {
    return {ExitCode::kChannel,
            fmt::format("no agent on {}: bytes arrive but no frame ({} noise bytes)", via,
                        stats_.rx_noise_bytes),
            advice.empty() ? "does the board run the netctl agent?" : advice,
            {}};
  }
  return {ExitCode::kChannel, fmt::format("the agent on {} does not answer HELLO", via), {}, {}};
}

}  // namespace netctl
