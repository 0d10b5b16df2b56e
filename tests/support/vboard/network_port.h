// The wire side of a model of a MAC and its PHY.
#pragma once

#include <deque>

#include "tests/support/bytes.h"
#include "tests/support/phy_model.h"

namespace test {

class NetworkPort {
 public:
  virtual ~NetworkPort() = default;

  // A frame from the wire, without frame check sequence. False: the MAC did not take it (receiver
  // off, filtered, no room).
  virtual bool Deliver(base::ConstByteSpan frame) = 0;
  // Frames that left, padded to 60 bytes and without frame check sequence, oldest first.
  virtual std::deque<ByteVector>& sent() = 0;
  virtual void PlugIn(const PhyPartner& partner) = 0;
  virtual void Unplug() = 0;
};

}  // namespace test
