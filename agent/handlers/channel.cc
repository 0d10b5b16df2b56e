#include <algorithm>

#include "agent/handlers/handlers.h"
#include "protocol/crc32c.h"
#include "protocol/repeatable_random.h"

namespace agent {
namespace {

stack::Task<base::Status> RunSendBlocks(stack::TaskContext&, Job& job,
                                        protocol::BlocksRequest request) {
  protocol::RepeatableRandom random(request.seed);
  protocol::BlockRequest block;
  for (uint64_t left = request.bytes; left != 0; left -= block.data.size()) {
    block.data.count = static_cast<uint16_t>(std::min<uint64_t>(left, protocol::kMaxBlock));
    random.Fill(block.data.span());
    const base::Status sent = co_await SendEvent<protocol::BlockSent>(job, block);
    if (sent != base::Status::kOk) {
      co_return sent;
    }
  }
  co_return base::Status::kOk;
}

}  // namespace

base::Result<protocol::BlockCheck> Handlers::Handle(protocol::CheckBlock,
                                                    const protocol::BlockRequest& request) {
  protocol::Crc32c crc;
  crc.Update(request.data.span());
  return protocol::BlockCheck{.crc = crc.value()};
}

base::Result<protocol::Empty> Handlers::Handle(protocol::SendBlocks,
                                               const protocol::BlocksRequest& request) {
  return StartJob<protocol::SendBlocks>(&RunSendBlocks, request);
}

}  // namespace agent
