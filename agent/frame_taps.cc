#include "agent/frame_taps.h"

namespace agent {

void FrameTaps::OnFrame(const stack::NetIf& netif, stack::Direction direction,
                        const base::Pbuf& frame, base::Instant when) {
  for (FrameObserver* observer = observers_.first(); observer != nullptr;) {
    FrameObserver* const next = observers_.Next(*observer);
    observer->OnFrame(netif, direction, frame, when);
    observer = next;
  }
}

}  // namespace agent
