// Messages: every method and event against any bytes. What the layout tables accept is what the
// fields accept, and is written back as the same message; the dispatcher answers every request.

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "protocol/dispatcher.h"
#include "protocol/message.h"

namespace {

using protocol::Message;
using protocol::MessageHeader;
using protocol::MessageKind;

void Check(bool holds) {
  if (!holds) {
    std::abort();
  }
}

template <typename T>
std::vector<std::byte> Write(const T& value) {
  std::vector<std::byte> bytes(base::kMaxWireSize<T>);
  const auto size = protocol::EncodeByLayout(protocol::kLayout<T>, &value, bytes);
  Check(size.has_value());
  bytes.resize(*size);
  return bytes;
}

template <typename T>
void CheckFields(base::ConstByteSpan bytes) {
  const auto by_fields = base::DecodeExactly<T, base::kMessageOrder>(bytes);
  const auto by_layout = protocol::DecodeFields<T>(bytes);
  Check(by_fields.has_value() == by_layout.has_value());
  if (by_layout) {
    const std::vector<std::byte> first = Write(*by_fields);
    Check(first.size() == bytes.size());
    Check(first == Write(*by_layout));
  }
}

struct Service {
  template <typename Method>
  base::Result<typename Method::Response> Handle(Method, const typename Method::Request&) {
    ++calls;
    if (status != base::Status::kOk) {
      return std::unexpected(status);
    }
    return typename Method::Response{};
  }
  base::Status status = base::Status::kOk;
  int calls = 0;
};

void Dispatch(base::ConstByteSpan bytes, base::Status status) {
  Service service{.status = status};
  protocol::Dispatcher<Service> dispatcher(service);
  std::vector<std::byte> out(protocol::kMaxResponse);
  const size_t size = dispatcher.Dispatch(bytes, out);
  const auto request = protocol::DecodeMessage(bytes);
  if (!request || request->header.kind != MessageKind::kRequest) {
    Check(size == 0 && service.calls == 0);
    return;
  }
  const auto response = protocol::DecodeMessage(base::ConstByteSpan(out).first(size));
  Check(response.has_value());
  Check(response->header.kind == MessageKind::kResponse);
  Check(response->header.id == request->header.id);
  Check(response->header.request == request->header.request);
  Check((response->header.status == base::Status::kOk) ==
        (service.calls == 1 && status == base::Status::kOk));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const base::ConstByteSpan bytes(reinterpret_cast<const std::byte*>(data), size);
  Dispatch(bytes, base::Status::kOk);
  Dispatch(bytes, base::Status::kNotFound);
  const auto message = protocol::DecodeMessage(bytes);
  if (!message) {
    return 0;
  }
  const uint16_t id = message->header.id;
  protocol::ForEachType(protocol::AllMethods{}, [&](auto type) {
    using Method = typename decltype(type)::type;
    if (id == Method::kId) {
      CheckFields<typename Method::Request>(message->fields);
      CheckFields<typename Method::Response>(message->fields);
    }
  });
  protocol::ForEachType(protocol::AllEvents{}, [&](auto type) {
    using Event = typename decltype(type)::type;
    if (id == Event::kId) {
      CheckFields<typename Event::Payload>(message->fields);
    }
  });
  return 0;
}
