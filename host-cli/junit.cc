#include "host-cli/junit.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

namespace netctl {
namespace {

std::string Clean(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n'; },
      ' ');
  return text;
}

void Set(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(Clean(value).c_str());
}

std::string Seconds(double seconds) { return fmt::format("{:.3f}", seconds); }

// The element that tells a case apart from a passed one; nullptr for that.
const char* ResultElement(CaseResult result) {
  switch (result) {
    case CaseResult::kPassed:
      return nullptr;
    case CaseResult::kFailed:
      return "failure";
    case CaseResult::kError:
      return "error";
    case CaseResult::kSkipped:
      return "skipped";
  }
  return nullptr;
}

const char* ResultType(CaseResult result) {
  if (result == CaseResult::kFailed) {
    return "AssertionFailed";
  }
  return result == CaseResult::kError ? "Error" : "skip";
}

void AppendCase(pugi::xml_node suite, const TestCase& test) {
  pugi::xml_node node = suite.append_child("testcase");
  Set(node, "classname", test.classname);
  Set(node, "name", test.name);
  Set(node, "time", Seconds(test.time_s));
  const char* const element = ResultElement(test.result);
  if (element == nullptr) {
    return;
  }
  pugi::xml_node result = node.append_child(element);
  Set(result, "type", ResultType(test.result));
  Set(result, "message", test.message);
  result.text().set(Clean(test.details.empty() ? test.message : test.details).c_str());
}

std::string Count(const TestSuite& suite, CaseResult result) {
  return std::to_string(std::ranges::count(suite.cases, result, &TestCase::result));
}

}  // namespace

std::string FormatJunit(const TestSuite& suite) {
  double total_s = 0;
  for (const TestCase& test : suite.cases) {
    total_s += test.time_s;
  }
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("testsuites");
  Set(root, "name", "netctl");
  pugi::xml_node node = root.append_child("testsuite");
  Set(node, "name", suite.name);
  for (pugi::xml_node counted : {root, node}) {
    Set(counted, "tests", std::to_string(suite.cases.size()));
    Set(counted, "failures", Count(suite, CaseResult::kFailed));
    Set(counted, "errors", Count(suite, CaseResult::kError));
    Set(counted, "time", Seconds(total_s));
  }
  Set(node, "skipped", Count(suite, CaseResult::kSkipped));
  Set(node, "timestamp", suite.timestamp);
  Set(node, "hostname", suite.hostname);
  Set(node, "id", "0");
  Set(node, "package", "netctl");
  pugi::xml_node properties = node.append_child("properties");
  for (const auto& [name, value] : suite.properties) {
    pugi::xml_node property = properties.append_child("property");
    Set(property, "name", name);
    Set(property, "value", value);
  }
  for (const TestCase& test : suite.cases) {
    AppendCase(node, test);
  }
  std::ostringstream out;
  document.save(out, " ");
  return out.str();
}

}  // namespace netctl
