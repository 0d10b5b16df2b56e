// Messages for whoever looks for a fault: spdlog, on stderr.
#pragma once

namespace netctl {

// `verbose` 0 warnings, 1 debug, 2 trace; the variable SPDLOG_LEVEL goes before it.
void SetUpLogging(int verbose, bool color);

}  // namespace netctl
