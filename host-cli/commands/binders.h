// The binders that commands.cc lists; BindName lives in commands/name.cc.
#pragma once

#include "host-cli/command.h"

namespace netctl {

Runner BindInfo(CLI::App& app);

}  // namespace netctl
