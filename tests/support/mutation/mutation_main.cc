// Runs the unit tests once for each falsified condition, each time in a process of its own and only
// those tests that evaluate the condition. A mutant that no test notices has survived.
//
// usage: test_AREA CONDITIONS FIRST LAST
// Prints a line for each condition from FIRST to before LAST: its number, then for each kind of
// mutant one letter: k killed, t killed by the time limit, s survived, u no test evaluates it.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/mutation/condition.h"

namespace mutation {
namespace {

constexpr rlim_t kMemoryLimit = rlim_t{4} << 30;
constexpr unsigned kWallSeconds = 60;

// What the unchanged tests do, shared with the process that runs them.
class Baseline {
 public:
  Baseline(size_t tests, size_t conditions)
      : conditions_(conditions),
        size_(tests * (conditions + sizeof(uint32_t))),
        memory_(static_cast<uint8_t*>(
            ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
    if (memory_ == MAP_FAILED) {
      std::perror("mmap");
      std::exit(2);
    }
    durations_ = reinterpret_cast<uint32_t*>(memory_);
    reached_ = memory_ + tests * sizeof(uint32_t);
  }
  Baseline(const Baseline&) = delete;
  Baseline& operator=(const Baseline&) = delete;
  ~Baseline() { ::munmap(memory_, size_); }

  uint8_t* reached(size_t test) { return reached_ + test * conditions_; }
  uint32_t& milliseconds(size_t test) { return durations_[test]; }

 private:
  size_t conditions_;
  size_t size_;
  uint8_t* memory_;
  uint32_t* durations_;
  uint8_t* reached_;
};

std::vector<std::string> TestNames() {
  std::vector<std::string> names;
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *all.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      names.push_back(std::string(suite.name()) + "." + suite.GetTestInfo(j)->name());
    }
  }
  return names;
}

class Recorder final : public testing::EmptyTestEventListener {
 public:
  Recorder(const std::vector<std::string>& names, Baseline& baseline)
      : names_(names), baseline_(baseline) {}

 private:
  void OnTestStart(const testing::TestInfo& test) override {
    const auto found =
        std::ranges::find(names_, std::string(test.test_suite_name()) + "." + test.name());
    current_ = static_cast<size_t>(found - names_.begin());
    reached = baseline_.reached(current_);
  }
  void OnTestEnd(const testing::TestInfo& test) override {
    reached = nullptr;
    baseline_.milliseconds(current_) = static_cast<uint32_t>(test.result()->elapsed_time());
  }

  const std::vector<std::string>& names_;
  Baseline& baseline_;
  size_t current_ = 0;
};

// Calls `run` in a process of its own and returns its wait status.
template <typename Run>
int InChild(Run run) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(run());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

void Silence() {
  if (std::freopen("/dev/null", "w", stdout) == nullptr ||
      std::freopen("/dev/null", "w", stderr) == nullptr) {
    ::_exit(2);
  }
}

// A loop that no longer ends is ended, and one that no longer stops to allocate.
void LimitTo(rlim_t cpu_seconds) {
  const rlimit cpu{cpu_seconds, cpu_seconds + 1};
  const rlimit memory{kMemoryLimit, kMemoryLimit};
  const rlimit core{0, 0};
  ::setrlimit(RLIMIT_CPU, &cpu);
  ::setrlimit(RLIMIT_AS, &memory);
  ::setrlimit(RLIMIT_CORE, &core);
  ::alarm(kWallSeconds + static_cast<unsigned>(cpu_seconds));
}

char RunMutant(const Mutant& mutant, const std::string& filter, uint32_t milliseconds) {
  const int status = InChild([&] {
    Silence();
    LimitTo(2 + milliseconds / 250);
    active = mutant;
    GTEST_FLAG_SET(filter, filter);
    GTEST_FLAG_SET(fail_fast, true);
    return RUN_ALL_TESTS();
  });
  if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGALRM)) {
    return 't';
  }
  return status == 0 ? 's' : 'k';
}

void RunCondition(uint32_t condition, const std::vector<std::string>& names, Baseline& baseline) {
  std::string filter;
  uint32_t milliseconds = 0;
  for (size_t test = 0; test < names.size(); ++test) {
    if (baseline.reached(test)[condition] != 0) {
      filter += (filter.empty() ? "" : ":") + names[test];
      milliseconds += baseline.milliseconds(test);
    }
  }
  std::printf("%u ", condition);
  for (uint32_t kind = 0; kind < kKinds; ++kind) {
    std::putchar(filter.empty()
                     ? 'u'
                     : RunMutant({condition, static_cast<Kind>(kind)}, filter, milliseconds));
  }
  std::putchar('\n');
}

}  // namespace
}  // namespace mutation

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s CONDITIONS FIRST LAST\n", argv[0]);
    return 2;
  }
  const auto number = [argv](int i) {
    return static_cast<uint32_t>(std::strtoul(argv[i], nullptr, 10));
  };
  const std::vector<std::string> names = mutation::TestNames();
  mutation::Baseline baseline(names.size(), number(1));
  const int status = mutation::InChild([&] {
    mutation::Silence();
    testing::UnitTest::GetInstance()->listeners().Append(new mutation::Recorder(names, baseline));
    return RUN_ALL_TESTS();
  });
  if (status != 0) {
    std::fprintf(stderr, "the tests fail without any mutant\n");
    return 2;
  }
  for (uint32_t condition = number(2); condition < number(3); ++condition) {
    mutation::RunCondition(condition, names, baseline);
  }
  return 0;
}
