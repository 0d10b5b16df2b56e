#include "agent/boards/s3c2416-dm9000a/clocks.h"

#include "agent/boards/s3c2416-dm9000a/board.h"

namespace agent::s3c2416 {

Clocks ReadClocks() {
  return ComputeClocks(Register<kSystemController + 0x10>(), Register<kSystemController + 0x20>(),
                       Register<kSystemController + 0x24>(), kCrystalHz);
}

}  // namespace agent::s3c2416
