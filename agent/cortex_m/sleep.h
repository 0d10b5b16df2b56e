// How the main loop of a Cortex-M board sleeps: as on every other bare board.
#pragma once

#include "agent/bare_metal/sleep.h"

namespace agent::cortex_m {

using bare_metal::NoteWork;
using bare_metal::SleepParts;
using bare_metal::SleepUntil;

}  // namespace agent::cortex_m
