// The whole command line: parse, run, exit code.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host-cli/context.h"
#include "host-cli/message_port.h"
#include "host-cli/report.h"

namespace netctl {

// What the command line stands on; tests bring their own.
struct Surroundings {
  ReportOutput output;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  // Opens the board of `target` by `deadline`; its text goes to `sink`.
  std::function<Expected<std::unique_ptr<MessagePort>>(
      const Target& target, const GlobalOptions& options, base::Instant deadline,
      MessagePort::TextSink sink)>
      open;
};

// `arguments` without the program's name.
ExitCode RunCommandLine(const std::vector<std::string>& arguments,
                        const Surroundings& surroundings);

}  // namespace netctl
