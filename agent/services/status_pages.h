// The pages of the agent's own web server, for a browser and for scripts:
//   /            board, up-time, interfaces, tasks, packet buffers, connections, counters
//   /stats.json  every counter, one flat object
//   /hello       one line
#pragma once

#include <span>
#include <string_view>

#include "agent/services/http_pages.h"
#include "stack/sequential/arena.h"
#include "stack/sequential/task_set.h"
#include "stack/stack.h"

namespace agent {

// Tasks of one owner, under a name for people.
struct NamedTasks {
  std::string_view name;
  const stack::TaskGroup* tasks = nullptr;
};

// What the pages show besides the stack. The referents outlive the pages.
struct StatusFacts {
  std::string_view board;
  std::string_view build;
  std::span<const NamedTasks> tasks;
  const stack::FrameArena& frames;
};

class StatusPages final : public HttpPages {
 public:
  // `stack` has a Tcp attached. Both outlive the pages.
  StatusPages(stack::Stack& stack, const StatusFacts& facts) : stack_(stack), facts_(facts) {}

  base::Result<Page> Find(std::string_view path) override;
  bool WriteSection(const Page& page, size_t index, TextWriter& out) override;

  static constexpr size_t kMaxConnections = 8;  // listed

 private:
  using Row = void (StatusPages::*)(size_t row, TextWriter& out);
  struct Part {
    size_t rows;
    Row write;
  };

  bool WriteStatus(size_t index, TextWriter& out);
  bool WriteJson(size_t index, TextWriter& out);

  void WriteTop(size_t row, TextWriter& out);
  void WriteInterface(size_t row, TextWriter& out);
  void WriteTasksHead(size_t row, TextWriter& out);
  void WriteTasks(size_t row, TextWriter& out);
  void WritePoolsHead(size_t row, TextWriter& out);
  void WritePool(size_t row, TextWriter& out);
  void WriteConnectionsHead(size_t row, TextWriter& out);
  void WriteConnection(size_t row, TextWriter& out);
  void WriteCountersHead(size_t row, TextWriter& out);
  void WriteCounters(size_t row, TextWriter& out);
  void WriteBottom(size_t row, TextWriter& out);

  size_t pools() const { return stack_.pools().pools().size(); }

  stack::Stack& stack_;
  const StatusFacts& facts_;
};

}  // namespace agent
