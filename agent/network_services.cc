#include "agent/network_services.h"

#include "build_info.h"

namespace agent {

NetworkServices::NetworkServices(Core& core)
    : discard_connections_(core.runtime),
      chargen_connections_(core.runtime),
      http_connections_(core.runtime),
      facts_{.board = core.board.name,
             .build = kVersion,
             .tasks = named_tasks_,
             .frames = core.runtime.arena},
      pages_(core.stack, facts_),
      echo_(core.stack),
      discard_(core.stack, discard_connections_),
      chargen_(core.stack, chargen_connections_),
      http_(core.stack, http_connections_, pages_),
      servers_(core.runtime) {}

base::Status NetworkServices::Start() {
  base::Status status = base::Status::kOk;
  const auto run = [&](auto& service) {
    const base::Status started =
        servers_.Spawn([&service](stack::TaskContext& context) { return service.Run(context); });
    status = started == base::Status::kOk ? status : started;
  };
  run(echo_);
  run(discard_);
  run(chargen_);
  run(http_);
  return status;
}

}  // namespace agent
