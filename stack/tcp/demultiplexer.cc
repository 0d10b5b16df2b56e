#include "stack/tcp/demultiplexer.h"

#include "stack/tcp/connection.h"

namespace stack {

// Multiplicative hashing (Knuth, TAOCP 3, 6.4). The chains are no longer than the pool of
// connections, so the key only has to keep strangers from choosing who shares a bucket.
Connection*& Demultiplexer::BucketOf(const ConnectionId& id) const {
  uint32_t hash = (id.remote_ip.value ^ key_) * 0x9e3779b1u;
  hash ^= uint32_t{id.remote_port} << 16 | id.local_port;
  hash *= 0x85ebca6bu;
  return buckets_[(hash >> 16) & mask_];
}

Connection* Demultiplexer::Find(const ConnectionId& id) const {
  Connection* connection = BucketOf(id);
  while (connection != nullptr && !(connection->id() == id)) {
    connection = connection->next_in_bucket_;
  }
  return connection;
}

void Demultiplexer::Insert(Connection& connection) {
  Connection*& bucket = BucketOf(connection.id());
  connection.next_in_bucket_ = bucket;
  bucket = &connection;
}

void Demultiplexer::Remove(Connection& connection) {
  Connection** link = &BucketOf(connection.id());
  while (*link != nullptr && *link != &connection) {
    link = &(*link)->next_in_bucket_;
  }
  if (*link != nullptr) {
    *link = connection.next_in_bucket_;
  }
}

}  // namespace stack
