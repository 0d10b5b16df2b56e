// The services that the board offers to its network: UDP echo, TCP discard and character generator
// (RFC 862 to 864), and web pages about the board.
#pragma once

#include <array>

#include "agent/core.h"
#include "agent/services/chargen.h"
#include "agent/services/discard.h"
#include "agent/services/http_server.h"
#include "agent/services/status_pages.h"
#include "agent/services/udp_echo.h"
#include "stack/sequential/task_set.h"

namespace agent {

class NetworkServices {
 public:
  // `core` outlives the services.
  explicit NetworkServices(Core& core);

  // kResourceExhausted: no room for the coroutine of a service; the others run.
  base::Status Start();

  static constexpr size_t kConnections = 2;  // of each TCP service at a time

 private:
  stack::TaskSet<kConnections> discard_connections_;
  stack::TaskSet<kConnections> chargen_connections_;
  stack::TaskSet<kConnections> http_connections_;
  std::array<NamedTasks, 4> named_tasks_{{{"servers", &servers_},
                                          {"discard", &discard_connections_},
                                          {"chargen", &chargen_connections_},
                                          {"http", &http_connections_}}};
  StatusFacts facts_;
  StatusPages pages_;
  UdpEcho echo_;
  Discard discard_;
  Chargen chargen_;
  HttpServer http_;
  stack::TaskSet<4> servers_;  // behind what its tasks use
};

}  // namespace agent
