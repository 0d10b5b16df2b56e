// The identity of this build, under a name that `netctl flash` finds in the image.
#pragma once

#include <cstdint>

extern "C" {
// kBuildId of build_info.h: the same sources, the same id.
extern const uint64_t netctl_build_id;
}
