#include "host-cli/lock.h"

#include <csignal>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/netctl_env.h"

namespace netctl {
namespace {

constexpr base::Duration kNoWait{};

// A process that holds a lock until it is killed.
class Holder {
 public:
  explicit Holder(const char* key) {
    int ready[2];
    EXPECT_EQ(::pipe(ready), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      const auto lock = Lock::Take(key, "netctl ping", kNoWait);
      [[maybe_unused]] const ssize_t written = ::write(ready[1], lock ? "y" : "n", 1);
      ::pause();
      ::_exit(0);
    }
    char answer = 0;
    EXPECT_EQ(::read(ready[0], &answer, 1), 1);
    EXPECT_EQ(answer, 'y');
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~Holder() { Kill(); }
  void Kill() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
      pid_ = -1;
    }
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

class LockTest : public testing::Test {
 protected:
  test::CleanEnvironment environment_;
};

TEST_F(LockTest, TheHolderIsNamed) {
  const Holder holder("/dev/ttyACM0");
  const auto lock = Lock::Take("/dev/ttyACM0", "netctl info", kNoWait);
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code, ExitCode::kBusy);
  EXPECT_TRUE(lock.error().message.starts_with(
      fmt::format("/dev/ttyACM0 is held by process {} (netctl ping) since 20", holder.pid())))
      << lock.error().message;
}

TEST_F(LockTest, GoesWithItsHolder) {
  Holder holder("board");
  holder.Kill();
  EXPECT_TRUE(Lock::Take("board", "netctl info", kNoWait));
}

TEST_F(LockTest, EveryBoardHasItsOwn) {
  const Holder holder("board");
  EXPECT_TRUE(Lock::Take("other", "netctl info", kNoWait));
}

TEST_F(LockTest, ARecordThatIsNoRecordIsNoTrouble) {
  environment_.Write("locks/board.lock", "{\"pid\": [");
  environment_.Set("NETCTL_LOCK_DIR", (environment_.folder() / "locks").string());
  const auto lock = Lock::Take("board", "netctl info", kNoWait);
  ASSERT_TRUE(lock);
}

TEST_F(LockTest, WaitsForItsHolder) {
  Holder holder("board");
  const pid_t killer = ::fork();
  if (killer == 0) {
    ::usleep(50'000);
    ::kill(holder.pid(), SIGKILL);
    ::_exit(0);
  }
  EXPECT_TRUE(Lock::Take("board", "netctl info", std::chrono::seconds(60)));
  ::waitpid(killer, nullptr, 0);
}

TEST_F(LockTest, AFolderOfSomebodyElseIsRefused) {
  environment_.Set("XDG_RUNTIME_DIR", environment_.folder().string());
  environment_.Write("elsewhere/x", "");
  std::filesystem::create_symlink(environment_.folder() / "elsewhere",
                                  environment_.folder() / "netctl");
  EXPECT_EQ(Lock::Take("board", "netctl info", kNoWait).error().code, ExitCode::kUsage);
}

}  // namespace
}  // namespace netctl
