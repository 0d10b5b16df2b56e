// Name resolution as an await.
#pragma once

#include <string_view>

#include "stack/base/result.h"
#include "stack/base/time.h"
#include "stack/dns_client.h"
#include "stack/sequential/await.h"

namespace stack {

// Awaits the addresses of `name`, as DnsClient::Query and Take give them; kDeadlineExceeded,
// kCancelled. The query ends with the await.
class [[nodiscard]] Resolve : public Await {
 public:
  Resolve(DnsClient& dns, std::string_view name, base::Instant deadline)
      : Await(&Resolve::TryOnce, &dns.changed(), deadline), dns_(dns), query_(dns.Query(name)) {}
  ~Resolve() {
    if (query_) {
      dns_.Cancel(*query_);
    }
  }

  base::Result<DnsAnswer> await_resume() {
    if (interruption() != base::Status::kOk) {
      return std::unexpected(interruption());
    }
    return std::move(outcome_);
  }

 private:
  static bool TryOnce(Await& self) {
    Resolve& resolve = static_cast<Resolve&>(self);
    if (!resolve.query_) {
      resolve.outcome_ = std::unexpected(resolve.query_.error());
      return true;
    }
    resolve.outcome_ = resolve.dns_.Take(*resolve.query_);
    return StatusOf(resolve.outcome_) != base::Status::kUnavailable;
  }

  DnsClient& dns_;
  base::Result<DnsClient::Handle> query_;
  base::Result<DnsAnswer> outcome_ = std::unexpected(base::Status::kUnavailable);
};

}  // namespace stack
