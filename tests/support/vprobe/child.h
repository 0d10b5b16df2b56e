// A program that does not outlive this one.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace test {

struct ChildSettings {
  // Variables of the environment to set.
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<int> inherited;  // descriptors that survive exec
  bool quiet = false;          // no stdin, no stdout, a session of its own: no Ctrl-C
  bool precise_sleep = false;  // PR_SET_TIMERSLACK 1
  // File permissions count even for root.
  bool obey_permissions = false;
};

class Child {
 public:
  // Throws std::runtime_error when there can be no more process. A program that cannot be executed
  // ends with 127 (not found) or 126, as with a shell.
  Child(const std::vector<std::string>& command, const ChildSettings& settings);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();  // kills it

  pid_t pid() const { return pid_; }
  // Its exit status, 128 + n after signal n; nothing: it runs.
  std::optional<int> TakeStatus();
  void Signal(int number) const;

 private:
  pid_t pid_;
  bool running_ = true;
};

}  // namespace test
