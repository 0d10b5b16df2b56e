// Joins two MACs on a virtual clock, with the faults of a bad wire, from a seed.
#pragma once

#include <array>
#include <queue>
#include <random>
#include <vector>

#include "stack/base/time.h"
#include "tests/support/fake_ethernet_driver.h"

namespace test {

// Probabilities are 0 to 1.
struct CableFaults {
  base::Duration delay{};
  double loss = 0;
  double duplicate = 0;
  double reorder = 0;  // a frame is held back for `reorder_by`
  base::Duration reorder_by = std::chrono::milliseconds(2);
  double corrupt = 0;            // one bit behind the Ethernet header flips: any checksum sees it
  uint64_t bits_per_second = 0;  // 0: frames take no time
};

struct CableCounts {
  size_t carried = 0;
  size_t lost = 0;
  size_t duplicated = 0;
  size_t reordered = 0;
  size_t corrupted = 0;
};

class Cable {
 public:
  Cable(FakeEthernetDriver& a, FakeEthernetDriver& b, const CableFaults& faults = {},
        uint64_t seed = 1);

  // Takes what both have sent and delivers what is due. Returns true when it delivered something.
  bool Move(base::Instant now);
  // When the next frame arrives, kNever when none is on its way.
  base::Instant next() const;

  void set_faults(const CableFaults& faults) { faults_ = faults; }
  const CableCounts& counts() const { return counts_; }

 private:
  struct InFlight {
    base::Instant arrives;
    uint64_t order;
    size_t to;
    ByteVector frame;
    bool operator<(const InFlight& other) const {  // the top of a priority_queue is the largest
      return arrives != other.arrives ? arrives > other.arrives : order > other.order;
    }
  };

  bool Happens(double probability) { return uniform_(engine_) < probability; }
  void Send(size_t to, ByteVector frame, base::Instant now);
  void Corrupt(ByteVector& frame);

  std::array<FakeEthernetDriver*, 2> ends_;
  CableFaults faults_;
  CableCounts counts_;
  std::mt19937_64 engine_;
  std::uniform_real_distribution<double> uniform_{0, 1};
  std::priority_queue<InFlight> in_flight_;
  std::array<base::Instant, 2> busy_until_{};
  uint64_t order_ = 0;
};

}  // namespace test
