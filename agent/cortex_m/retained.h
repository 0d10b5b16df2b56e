// Memory that a warm reset keeps.
#pragma once

#include "agent/boot_record.h"

namespace agent::cortex_m {

BootRecord& RetainedBootRecord();

}  // namespace agent::cortex_m
