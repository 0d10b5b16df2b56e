#include "agent/build_id.h"

#include "build_info.h"

const uint64_t netctl_build_id = kBuildId;
