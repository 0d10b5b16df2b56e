// A board at the far end of a file descriptor: the agent's half of the protocol in a thread, with a
// FakeAgent behind it.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "protocol/schema_hash.h"
#include "protocol/session.h"
#include "tests/support/fake_agent.h"

namespace test {

class FakeBoard {
 public:
  struct Options {
    uint32_t schema_hash = protocol::kSchemaHash;
    std::string boot_text;         // printed before anything else
    std::string busy_holder;       // another channel holds the board
    bool reset_on_request = true;  // ResetBoard ends the session and counts the boot up
  };
  // Takes `fd`, which becomes non-blocking.
  FakeBoard(int fd, FakeAgent& agent, Options options);
  FakeBoard(int fd, FakeAgent& agent) : FakeBoard(fd, agent, Options{}) {}
  // Unplugs: closes the descriptor.
  ~FakeBoard();

  // Text between the frames.
  void Print(std::string text);
  // As power loss and power up: the session is forgotten, the boot counter goes up.
  void Restart() { restart_ = true; }
  // Reads nothing and writes nothing any more.
  void Freeze() { frozen_ = true; }
  uint32_t sessions() const { return sessions_; }

 private:
  struct Core;
  void Run();

  int fd_;
  FakeAgent& agent_;
  Options options_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> restart_ = false;
  std::atomic<bool> frozen_ = false;
  std::atomic<uint32_t> sessions_ = 0;
  std::mutex mutex_;
  std::string text_;  // to print
  std::thread thread_;
};

// Both ends of a pseudo terminal: the board's descriptor, and the path for netctl.
struct Pty {
  Pty();
  int board = -1;
  std::string path;
};

}  // namespace test
