// What travels on a stream: a header and the fields of a request, a response or an event.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "protocol/events.h"
#include "protocol/layout.h"
#include "protocol/methods.h"
#include "stack/base/bytes.h"
#include "stack/base/fields.h"
#include "stack/base/result.h"

namespace protocol {

enum class MessageKind : uint8_t { kRequest = 1, kResponse = 2, kEvent = 3 };

struct MessageHeader {
  MessageKind kind = MessageKind::kRequest;
  base::Status status = base::Status::kOk;  // of a response; its fields follow only with kOk
  uint16_t id = 0;                          // of the method or event
  uint16_t request = 0;  // chosen by the host; an event of a job carries its job's; 0: unasked
  static constexpr auto kFields = base::FieldList{
      base::Field{"kind", &MessageHeader::kind}, base::Field{"status", &MessageHeader::status},
      base::Field{"id", &MessageHeader::id}, base::Field{"request", &MessageHeader::request}};
  constexpr bool operator==(const MessageHeader&) const = default;
};
inline constexpr size_t kMessageHeaderSize = base::kWireSize<MessageHeader>;

namespace internal {
template <typename... M>
consteval size_t LargestRequest(TypeList<M...>) {
  return std::max({base::kMaxWireSize<typename M::Request>...});
}
template <typename... M>
consteval size_t LargestResponse(TypeList<M...>) {
  return std::max({base::kMaxWireSize<typename M::Response>...});
}
template <typename... E>
consteval size_t LargestPayload(TypeList<E...>) {
  return std::max({base::kMaxWireSize<typename E::Payload>...});
}
}  // namespace internal

// Sizes of whole messages, header included: they size every buffer on both sides.
inline constexpr size_t kMaxRequest = kMessageHeaderSize + internal::LargestRequest(AllMethods{});
inline constexpr size_t kMaxResponse = kMessageHeaderSize + internal::LargestResponse(AllMethods{});
inline constexpr size_t kMaxEvent = kMessageHeaderSize + internal::LargestPayload(AllEvents{});
inline constexpr size_t kMaxMessage = std::max({kMaxRequest, kMaxResponse, kMaxEvent});
static_assert(kMaxMessage <= 64 * 1024);

// A message taken apart; `fields` lives where the message does.
struct Message {
  MessageHeader header;
  base::ConstByteSpan fields;
};

// kDataLoss: shorter than a header.
inline base::Result<Message> DecodeMessage(base::ConstByteSpan bytes) {
  const auto header = base::Decode<MessageHeader, base::kMessageOrder>(bytes);
  if (!header) {
    return std::unexpected(header.error());
  }
  return Message{*header, bytes.subspan(kMessageHeaderSize)};
}

// `out` holds at least kMessageHeaderSize bytes.
inline void EncodeMessageHeader(const MessageHeader& header, base::ByteSpan out) {
  (void)EncodeByLayout(kLayout<MessageHeader>, &header, out);
}

// kDataLoss: `bytes` are not exactly the fields of a T.
template <base::Described T>
base::Result<T> DecodeFields(base::ConstByteSpan bytes) {
  base::Result<T> fields;
  if (!DecodeByLayout(kLayout<T>, bytes, &*fields)) {
    fields = std::unexpected(base::Status::kDataLoss);
  }
  return fields;
}

// The size of the message written to `out`. kResourceExhausted: `out` is too small.
template <base::Described T>
base::Result<size_t> EncodeMessage(const MessageHeader& header, const T& fields,
                                   base::ByteSpan out) {
  const auto size = out.size() < kMessageHeaderSize
                        ? std::nullopt
                        : EncodeByLayout(kLayout<T>, &fields, out.subspan(kMessageHeaderSize));
  if (!size) {
    return std::unexpected(base::Status::kResourceExhausted);
  }
  EncodeMessageHeader(header, out);
  return kMessageHeaderSize + *size;
}

// kResourceExhausted: `out` is too small.
template <typename M>
base::Result<size_t> EncodeRequest(const typename M::Request& request, uint16_t number,
                                   base::ByteSpan out) {
  return EncodeMessage({.kind = MessageKind::kRequest, .id = M::kId, .request = number}, request,
                       out);
}

// A failure travels as its status, without fields. kResourceExhausted: `out` is too small.
template <typename M>
base::Result<size_t> EncodeResponse(const base::Result<typename M::Response>& response,
                                    uint16_t number, base::ByteSpan out) {
  MessageHeader header{.kind = MessageKind::kResponse, .id = M::kId, .request = number};
  if (response) {
    return EncodeMessage(header, *response, out);
  }
  header.status = response.error();
  return EncodeMessage(header, Empty{}, out);
}

// `request` is the number of the job's request, 0 for an unasked event. kResourceExhausted: `out`
// is too small.
template <typename E>
base::Result<size_t> EncodeEvent(const typename E::Payload& payload, uint16_t request,
                                 base::ByteSpan out) {
  return EncodeMessage({.kind = MessageKind::kEvent, .id = E::kId, .request = request}, payload,
                       out);
}

// kDataLoss: not the fields of this request.
template <typename M>
base::Result<typename M::Request> DecodeRequest(const Message& message) {
  return DecodeFields<typename M::Request>(message.fields);
}

// The status that the agent sent, or kDataLoss: not a response to M, or not its fields.
template <typename M>
base::Result<typename M::Response> DecodeResponse(const Message& message) {
  if (message.header.kind != MessageKind::kResponse || message.header.id != M::kId) {
    return std::unexpected(base::Status::kDataLoss);
  }
  if (message.header.status != base::Status::kOk) {
    return std::unexpected(message.header.status);
  }
  return DecodeFields<typename M::Response>(message.fields);
}

template <typename E>
bool Is(const Message& message) {
  return message.header.kind == MessageKind::kEvent && message.header.id == E::kId;
}

// kDataLoss: not an event E, or not its fields.
template <typename E>
base::Result<typename E::Payload> DecodeEvent(const Message& message) {
  if (!Is<E>(message)) {
    return std::unexpected(base::Status::kDataLoss);
  }
  return DecodeFields<typename E::Payload>(message.fields);
}

}  // namespace protocol
