#include "agent/services/status_pages.h"

#include <cctype>
#include <string>

#include "tests/agent/services/service_pair.h"

namespace agent {
namespace {

class StatusPagesTest : public testing::Test {
 protected:
  // The whole page; no section may be longer than the limit.
  std::string Page(std::string_view path) {
    const auto page = pages_.Find(path);
    EXPECT_TRUE(page);
    std::string text;
    for (size_t section = 0; section < 1000; ++section) {
      std::array<char, kHttpSectionSize> memory;
      TextWriter out(memory);
      const bool there = pages_.WriteSection(*page, section, out);
      EXPECT_FALSE(out.overflowed()) << out.view();
      if (!there) {
        EXPECT_EQ(out.view(), "");
        return text;
      }
      text += out.view();
    }
    ADD_FAILURE() << "the page does not end";
    return text;
  }
  static bool Has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  }

  ServicePair hosts_;
  std::array<NamedTasks, 1> tasks_{{{"main & others", &hosts_.services().tasks()}}};
  StatusFacts facts_{.board = "board <1>",
                     .build = "abc123",
                     .tasks = tasks_,
                     .frames = hosts_.services().arena()};
  StatusPages pages_{hosts_.board(), facts_};
};

TEST_F(StatusPagesTest, TellsTheStateOfTheBoard) {
  hosts_.board().Poll(base::FromMicroseconds(12'345'678));
  const std::string page = Page("/");
  EXPECT_TRUE(Has(page, "<h1>board &lt;1&gt;</h1>"));
  EXPECT_TRUE(Has(page, "Build abc123, up 12.345 s"));
  EXPECT_TRUE(Has(page, "<td>main &amp; others<td>0<td>4<td>0<td>0</tr>"));
  EXPECT_TRUE(Has(page, "<tr><td>256<td>64<td>"));
  EXPECT_TRUE(Has(page, "<tr><td>parts<td>256<td>0"));
  EXPECT_TRUE(page.ends_with("</html>\n"));
}

TEST_F(StatusPagesTest, TellsLinkAndAddresses) {
  hosts_.RunFor(std::chrono::seconds(1));
  const std::string up = Page("/");
  EXPECT_TRUE(Has(up,
                  "eth0 (fake): link up, 100 Mbit/s full duplex; 02:00:00:00:00:01; "
                  "192.0.2.1/24, gateway 192.0.2.254, DNS 192.0.2.253"));
  hosts_.hosts().a().driver().SetLink(false);
  hosts_.hosts().a().driver().CheckLink();
  hosts_.RunFor(std::chrono::seconds(5));
  EXPECT_TRUE(Has(Page("/"), "eth0 (fake): link down; "));
}

TEST_F(StatusPagesTest, ListsConnections) {
  stack::TcpListener listener(hosts_.board());
  EXPECT_EQ(listener.Listen(80), base::Status::kOk);
  EXPECT_TRUE(Has(Page("/"), "<tr><td>LISTEN<td>"));
  TcpClient client(hosts_, 80);
  EXPECT_TRUE(Has(Page("/"), "<tr><td>ESTABLISHED<td>192.0.2.1:80<td>192.0.2.2:"));
}

TEST_F(StatusPagesTest, ListsNoMoreConnectionsThanItsLimit) {
  std::array<std::optional<stack::TcpListener>, StatusPages::kMaxConnections + 2> listeners;
  for (size_t i = 0; i < listeners.size(); ++i) {
    listeners[i].emplace(hosts_.board());
    EXPECT_EQ(listeners[i]->Listen(static_cast<uint16_t>(1000 + i)), base::Status::kOk);
  }
  const std::string page = Page("/");
  size_t rows = 0;
  for (size_t at = page.find("LISTEN"); at != std::string::npos; at = page.find("LISTEN", at + 1)) {
    ++rows;
  }
  EXPECT_EQ(rows, StatusPages::kMaxConnections);
}

TEST_F(StatusPagesTest, ShowsCountersThatAreNotZero) {
  hosts_.board().stats().tcp.rx_bad_checksum = 77;
  const std::string page = Page("/");
  EXPECT_TRUE(Has(page, "<tr><td>tcp<td>rx_bad_checksum<td>77</tr>"));
  EXPECT_FALSE(Has(page, "rx_bad_flags"));
}

TEST_F(StatusPagesTest, JsonHasEveryCounterOnce) {
  hosts_.board().stats().dns.timeouts = 5;
  hosts_.board().Poll(base::FromMicroseconds(3'000'000));
  const std::string json = Page("/stats.json");
  EXPECT_TRUE(json.starts_with("{\n\"uptime_us\": 3000000,\n"));
  EXPECT_TRUE(json.ends_with("\n}\n"));
  EXPECT_TRUE(Has(json, "\"dns.timeouts\": 5"));
  EXPECT_TRUE(Has(json, "\"eth0.rx_frames\": "));
  size_t expected = 1;  // uptime_us
  base::ForEachField(hosts_.board().stats(), [&](std::string_view group, const auto& counters) {
    base::ForEachField(counters, [&](std::string_view name, const auto&) {
      EXPECT_TRUE(Has(json, "\"" + std::string(group) + "." + std::string(name) + "\": ")) << name;
      ++expected;
    });
  });
  base::EthernetStats interface;
  base::ForEachField(interface, [&](std::string_view, const auto&) { ++expected; });
  EXPECT_EQ(static_cast<size_t>(std::ranges::count(json, ':')), expected);
  EXPECT_EQ(static_cast<size_t>(std::ranges::count(json, ',')), expected - 1);
}

TEST_F(StatusPagesTest, SectionsFitWithTheLargestValues) {
  auto& stats = hosts_.board().stats();
  base::ForEachField(stats, [](std::string_view, auto& counters) {
    base::ForEachField(counters, [](std::string_view, auto& value) { value = ~value; });
  });
  Page("/");
  Page("/stats.json");
}

TEST_F(StatusPagesTest, SaysHello) { EXPECT_EQ(Page("/hello"), "netctl agent on board <1>\n"); }

TEST_F(StatusPagesTest, KnowsNoOtherPage) {
  EXPECT_EQ(pages_.Find("/x").error(), base::Status::kNotFound);
  EXPECT_EQ(pages_.Find("").error(), base::Status::kNotFound);
}

}  // namespace
}  // namespace agent
