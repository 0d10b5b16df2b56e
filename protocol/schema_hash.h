// One number that stands for both tables and every message in them. In a pair of files of its own:
// computing it walks over every member of every message.
#pragma once

#include <cstdint>

#include "protocol/method.h"
#include "stack/base/fields.h"

namespace protocol {

// Differs when an id, a name, an order or a size in either table differs. Hello carries it.
extern const uint32_t kSchemaHash;

namespace internal {

// `role` tells apart what stands in the same order: request, response, event.
template <base::Described T>
consteval uint32_t HashPart(uint32_t hash, char role) {
  return base::SchemaHash<T>(base::internal::HashByte(hash, static_cast<uint8_t>(role)));
}
consteval uint32_t HashId(uint32_t hash, uint16_t id) {
  hash = base::internal::HashByte(hash, static_cast<uint8_t>(id));
  return base::internal::HashByte(hash, static_cast<uint8_t>(id >> 8));
}
template <typename... M>
consteval uint32_t HashMethods(TypeList<M...>, uint32_t hash) {
  ((hash = HashPart<typename M::Response>(HashPart<typename M::Request>(HashId(hash, M::kId), 'q'),
                                          'r')),
   ...);
  return hash;
}
template <typename... E>
consteval uint32_t HashEvents(TypeList<E...>, uint32_t hash) {
  ((hash = HashPart<typename E::Payload>(HashId(hash, E::kId), 'e')), ...);
  return hash;
}

}  // namespace internal

}  // namespace protocol
