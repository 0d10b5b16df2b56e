// Who has a device open, as far as this user may see it.
#pragma once

#include <string>

namespace netctl {

// "picocom (process 123)", or "another program".
std::string TtyHolder(const std::string& path);

}  // namespace netctl
