#include "tests/support/fake_board.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "host-cli/clock.h"

namespace test {
namespace {

constexpr protocol::SessionSizes kSizes = {
    .send = {16 * 1024, 16 * 1024, 16 * 1024},
    .receive = {8 * 1024, 256, 256},
    .message = protocol::kMaxMessage,
    .window = 16,
};

struct NoText : protocol::TextSink {
  void OnText(std::string_view) override {}
};

}  // namespace

// What a restart throws away.
struct FakeBoard::Core {
  NoText text;
  protocol::ChannelStats stats;
  protocol::SessionStorage<kSizes> storage;
  protocol::Session session{protocol::Role::kAgent, storage.buffers(), text, stats};
  std::vector<AgentMessage> waiting;  // for room

  Core(const Options& options, uint32_t boot) {
    protocol::HelloReply reply;
    reply.protocol_version = protocol::kVersion;
    reply.schema_hash = options.schema_hash;
    reply.boot_counter = boot;
    reply.reset_cause = protocol::ResetCause::kSoftware;
    reply.build_id = 0x1234;
    reply.receive_buffer = 2048;
    reply.largest_message = protocol::kMaxRequest;
    reply.board = std::string_view("fake");
    reply.version = std::string_view("1.0");
    session.set_hello_reply(reply);
    if (!options.busy_holder.empty()) {
      session.set_busy_holder(options.busy_holder);
    }
  }

  // Answers what came. True when that was ResetBoard.
  bool Answer(FakeAgent& agent) {
    bool reset = false;
    protocol::ReceivedMessage received;
    while (session.Receive(received)) {
      const auto message = protocol::DecodeMessage(received.bytes).value();
      const AgentMessage request{message.header, {message.fields.begin(), message.fields.end()}};
      session.Release();
      reset = reset || request.header.id == protocol::ResetBoard::kId;
      std::ranges::move(agent.Ask(request), std::back_inserter(waiting));
    }
    while (!waiting.empty() && Send(waiting.front())) {
      waiting.erase(waiting.begin());
    }
    return reset;
  }

  bool Send(const AgentMessage& message) {
    std::vector<std::byte> bytes = FieldsOf(message.header);
    bytes.insert(bytes.end(), message.fields.begin(), message.fields.end());
    const bool event = message.header.kind == protocol::MessageKind::kEvent;
    const auto stream = event ? protocol::Stream::kEvents : protocol::Stream::kRequests;
    return session.Send(stream, bytes) != base::Status::kUnavailable;
  }
};

FakeBoard::FakeBoard(int fd, FakeAgent& agent, Options options)
    : fd_(fd), agent_(agent), options_(std::move(options)), text_(options_.boot_text) {
  ::fcntl(fd_, F_SETFL, O_NONBLOCK);
  thread_ = std::thread([this] { Run(); });
}

FakeBoard::~FakeBoard() {
  stop_ = true;
  thread_.join();
  ::close(fd_);
}

void FakeBoard::Print(std::string text) {
  const std::lock_guard lock(mutex_);
  text_ += text;
}

void FakeBoard::Run() {
  uint32_t boot = 1;
  std::optional<Core> core(std::in_place, options_, boot);
  bool reset_due = false;
  while (!stop_) {
    pollfd state{fd_, POLLIN, 0};
    ::poll(&state, 1, 5);
    if (frozen_) {
      continue;
    }
    if (restart_.exchange(false) || reset_due) {
      core.emplace(options_, ++boot);
      reset_due = false;
    }
    std::array<std::byte, 4096> bytes;
    const ssize_t size = ::read(fd_, bytes.data(), bytes.size());
    if (size > 0) {
      core->session.OnBytes(base::ConstByteSpan(bytes).first(static_cast<size_t>(size)),
                            netctl::Now());
    }
    const bool reset = core->Answer(agent_) && options_.reset_on_request;
    core->session.Poll(netctl::Now());
    sessions_ = core->session.generation();
    {
      const std::lock_guard lock(mutex_);
      if (!text_.empty()) {
        core->session.BreakFraming();
        [[maybe_unused]] const ssize_t written = ::write(fd_, text_.data(), text_.size());
        text_.clear();
      }
    }
    size_t output = 0;
    while ((output = core->session.TakeOutput(bytes, netctl::Now())) > 0) {
      for (size_t sent = 0; sent < output && !stop_;) {
        const ssize_t written = ::write(fd_, bytes.data() + sent, output - sent);
        sent += written > 0 ? static_cast<size_t>(written) : 0;
      }
    }
    reset_due = reset;
  }
}

Pty::Pty() {
  board = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  EXPECT_GE(board, 0);
  ::grantpt(board);
  ::unlockpt(board);
  path = ::ptsname(board);
  // As a wire: nothing is changed or echoed before netctl opens the other end.
  termios settings = {};
  ::tcgetattr(board, &settings);
  ::cfmakeraw(&settings);
  ::tcsetattr(board, TCSANOW, &settings);
}

}  // namespace test
