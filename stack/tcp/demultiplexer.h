// Finds the connection of a segment: a hash table over the socket pair, chained through the
// connections.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/tcp/segment.h"

namespace stack {

class Connection;

class Demultiplexer {
 public:
  // `buckets` are nullptr; `count` is a power of two.
  Demultiplexer(Connection** buckets, size_t count) : buckets_(buckets), mask_(count - 1) {}

  // Makes the order in the buckets unpredictable. Only while empty.
  void set_key(uint32_t key) { key_ = key; }

  // nullptr: none.
  Connection* Find(const ConnectionId& id) const;
  void Insert(Connection& connection);
  // Does nothing when it is not in.
  void Remove(Connection& connection);

 private:
  Connection*& BucketOf(const ConnectionId& id) const;

  Connection** buckets_;
  size_t mask_;
  uint32_t key_ = 0;
};

}  // namespace stack
