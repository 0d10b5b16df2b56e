// The order in which a new control block is written, as a probe sees it that looks at any time. The
// id stands at the end of one page and the rest on the next; whichever page is written to less
// recently is read-only, so that each change from one to the other is seen.
#include <array>
#include <csignal>
#include <cstring>
#include <string_view>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent/rtt_port.h"

namespace agent {
namespace {

constexpr std::string_view kId{"SEGGER RTT\0\0\0\0\0\0", 16};

struct Watch {
  std::byte* pages = nullptr;
  size_t page = 0;
  RttMemory* memory = nullptr;
  std::array<char, 8> written{};  // 'i' the id, 'r' the rest
  size_t changes = 0;
  bool id_stood_while_the_rest_was_written = false;
  std::array<std::byte, sizeof(protocol::RttControlBlock)> before_the_last_change{};
};
Watch watch;

bool IdStands() { return std::memcmp(&watch.memory->control, kId.data(), kId.size()) == 0; }

void OnFault(int, siginfo_t* info, void*) {
  const auto* const address = static_cast<const std::byte*>(info->si_addr);
  const bool in_id = address >= watch.pages && address < watch.pages + watch.page;
  const bool in_rest =
      address >= watch.pages + watch.page && address < watch.pages + 5 * watch.page;
  if ((!in_id && !in_rest) || watch.changes == watch.written.size()) {
    std::signal(SIGSEGV, SIG_DFL);
    return;
  }
  watch.written[watch.changes++] = in_id ? 'i' : 'r';
  watch.id_stood_while_the_rest_was_written |= in_rest && IdStands();
  std::memcpy(watch.before_the_last_change.data(), &watch.memory->control,
              watch.before_the_last_change.size());
  ::mprotect(watch.pages, watch.page, in_id ? PROT_READ | PROT_WRITE : PROT_READ);
  ::mprotect(watch.pages + watch.page, 4 * watch.page, in_id ? PROT_READ : PROT_READ | PROT_WRITE);
}

TEST(RttPublish, TakesAnOldIdAwayFirstAndWritesItLast) {
  watch.page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  void* const pages =
      ::mmap(nullptr, 5 * watch.page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  watch.pages = static_cast<std::byte*>(pages);
  watch.memory = reinterpret_cast<RttMemory*>(watch.pages + watch.page - kId.size());
  ASSERT_LE(sizeof(RttMemory), 4 * watch.page);
  // Another image's.
  std::memcpy(watch.pages + watch.page - kId.size(), kId.data(), kId.size());

  struct sigaction action{};
  struct sigaction before{};
  action.sa_sigaction = &OnFault;
  action.sa_flags = SA_SIGINFO;
  ASSERT_EQ(::sigaction(SIGSEGV, &action, &before), 0);
  ASSERT_EQ(::mprotect(watch.pages, 5 * watch.page, PROT_READ), 0);
  const RttPort port(*watch.memory);
  ::mprotect(watch.pages, 5 * watch.page, PROT_READ | PROT_WRITE);
  ::sigaction(SIGSEGV, &before, nullptr);

  EXPECT_STREQ(watch.written.data(), "iri");
  EXPECT_FALSE(watch.id_stood_while_the_rest_was_written);
  EXPECT_TRUE(IdStands());
  EXPECT_EQ(std::memcmp(watch.before_the_last_change.data() + kId.size(),
                        reinterpret_cast<std::byte*>(&watch.memory->control) + kId.size(),
                        watch.before_the_last_change.size() - kId.size()),
            0)
      << "something was written after the id";
  ::munmap(pages, 5 * watch.page);
}

}  // namespace
}  // namespace agent
