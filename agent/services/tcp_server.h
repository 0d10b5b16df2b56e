// What the TCP services have in common: a listener, and a bounded number of connections that are
// served at the same time. Those beyond wait in the listener's backlog, further ones with the peer.
#pragma once

#include <cstdint>

#include "stack/base/fields.h"
#include "stack/sequential/task.h"
#include "stack/sequential/task_set.h"
#include "stack/stack.h"
#include "stack/tcp/listener.h"
#include "stack/tcp/socket.h"

namespace agent {

struct TcpServerStats {
  uint32_t accepted = 0;
  uint32_t refused_no_memory = 0;  // reset: no room for the frame of another handler
  static constexpr auto kFields =
      base::FieldList{base::Field{"accepted", &TcpServerStats::accepted},
                      base::Field{"refused_no_memory", &TcpServerStats::refused_no_memory}};
};

class TcpServer {
 public:
  // `stack` and `connections` outlive the server. It serves as many connections at a time as
  // `connections` has slots; nobody else uses them.
  TcpServer(stack::Stack& stack, stack::TaskGroup& connections, uint16_t port,
            const stack::TcpOptions& options = {})
      : stack_(stack), connections_(connections), listener_(stack, options), port_(port) {}
  TcpServer(const TcpServer&) = delete;
  TcpServer& operator=(const TcpServer&) = delete;

  // Accepts connections until cancelled, then ends those that it has. kBusy: somebody else listens
  // on the port.
  stack::Task<base::Status> Run(stack::TaskContext& context);

  const TcpServerStats& server_stats() const { return server_stats_; }
  const stack::TaskGroup& connections() const { return connections_; }

 protected:
  ~TcpServer() { connections_.DestroyAll(); }

  stack::Stack& stack() { return stack_; }

 private:
  // Serves one connection. What it returns is counted by `connections` and goes nowhere else.
  virtual stack::Task<base::Status> Serve(stack::TaskContext& context, stack::TcpSocket socket) = 0;

  stack::Stack& stack_;
  stack::TaskGroup& connections_;
  stack::TcpListener listener_;
  uint16_t port_;
  TcpServerStats server_stats_;
};

}  // namespace agent
