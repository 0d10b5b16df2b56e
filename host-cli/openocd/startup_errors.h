// OpenOCD's log lines in netctl's words.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "host-cli/error.h"

namespace netctl {

// Why OpenOCD, started with `config`, did not get as far as the target, or lost it: kChannel, with
// what to do next. A log that is unknown gives its last line of an error.
Error ExplainLog(std::string_view log, std::string_view config);

// What `log` says about probe or target, where it is one of the errors that netctl knows.
std::optional<Error> KnownError(std::string_view log);

// The last line of `log` that OpenOCD marks as an error, without the mark; else its last line.
std::string LastErrorLine(std::string_view log);

}  // namespace netctl
