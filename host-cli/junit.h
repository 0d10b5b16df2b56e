// JUnit XML as Jenkins (junit-10.xsd), GitLab and GitHub actions read it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace netctl {

enum class CaseResult { kPassed, kFailed, kError, kSkipped };

struct TestCase {
  std::string classname;  // "bringup.link"
  std::string name;
  double time_s = 0;
  CaseResult result = CaseResult::kPassed;
  std::string message;  // one line
  std::string details;  // more lines, optional
};

struct TestSuite {
  std::string name;
  std::string timestamp;  // ISO 8601, no zone
  std::string hostname;
  std::vector<std::pair<std::string, std::string>> properties;
  std::vector<TestCase> cases;
};

// The report as text. Bytes that XML 1.0 forbids (console output has them) become spaces.
std::string FormatJunit(const TestSuite& suite);

}  // namespace netctl
