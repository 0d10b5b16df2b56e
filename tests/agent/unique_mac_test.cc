#include "agent/unique_mac.h"

#include <array>
#include <set>

#include <gtest/gtest.h>

namespace agent {
namespace {

TEST(UniqueMac, IsLocallyAdministeredAndIndividual) {
  std::array<std::byte, 12> id{};
  for (int i = 0; i < 256; ++i) {
    id[0] = static_cast<std::byte>(i);
    const base::MacAddress mac = MacOfUniqueId(id);
    EXPECT_FALSE(mac.is_group());
    EXPECT_EQ(mac.octets[0] & 2, 2);
  }
}

TEST(UniqueMac, DependsOnEveryByteAndOnNothingElse) {
  std::array<std::byte, 12> id{};
  std::set<std::array<uint8_t, 6>> seen{MacOfUniqueId(id).octets};
  EXPECT_TRUE(seen.contains(MacOfUniqueId(id).octets));
  for (size_t at = 0; at < id.size(); ++at) {
    id = {};
    id[at] = std::byte{1};
    EXPECT_TRUE(seen.insert(MacOfUniqueId(id).octets).second) << "byte " << at;
  }
}

}  // namespace
}  // namespace agent
