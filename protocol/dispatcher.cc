#include "protocol/dispatcher.h"

namespace protocol::internal {

bool Exchange::Read(const Layout& layout, void* fields) const {
  return DecodeByLayout(layout, request, fields);
}

base::Status Exchange::Write(const Layout& layout, const void* fields) {
  const auto written = EncodeByLayout(layout, fields, response);
  size = written.value_or(0);
  return written ? base::Status::kOk : base::Status::kResourceExhausted;
}

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
  Exchange exchange{.service = service,
                    .request = request->fields,
                    .response = response.subspan(kMessageHeaderSize)};
  const auto route = std::ranges::lower_bound(routes, header.id, {}, &Route::id);
  if (route != routes.end() && route->id == header.id) {
    header.status = route->handler(exchange);
  }
  EncodeMessageHeader(header, response);
  return kMessageHeaderSize + (header.status == base::Status::kOk ? exchange.size : 0);
}

}  // namespace protocol::internal
