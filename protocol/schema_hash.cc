#include "protocol/schema_hash.h"

#include "protocol/events.h"
#include "protocol/methods.h"

namespace protocol {

constinit const uint32_t kSchemaHash =
    internal::HashEvents(AllEvents{}, internal::HashMethods(AllMethods{}, 2166136261u));

}  // namespace protocol
