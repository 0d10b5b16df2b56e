#include "protocol/dispatcher.h"

namespace protocol::internal {

size_t Dispatch(std::span<const Route> routes, void* service, base::ConstByteSpan message,
                base::ByteSpan response) {
  const auto request = DecodeMessage(message);
  if (!request || request->header.kind != MessageKind::kRequest ||
      response.size() < kMessageHeaderSize) {
    return 0;
  }
  MessageHeader header{.kind = MessageKind::kResponse,
                       .status = base::Status::kUnimplemented,
                       .id = request->header.id,
                       .request = request->header.request};
  size_t size = 0;
  const auto route = std::ranges::lower_bound(routes, header.id, {}, &Route::id);
  if (route != routes.end() && route->id == header.id) {
    header.status =
        route->handler(service, request->fields, response.subspan(kMessageHeaderSize), size);
  }
  (void)base::Encode<base::kMessageOrder>(header, response);
  return kMessageHeaderSize + (header.status == base::Status::kOk ? size : 0);
}

}  // namespace protocol::internal
