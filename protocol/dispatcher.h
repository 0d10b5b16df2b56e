// From the bytes of a request to a handler, and from its result to the bytes of a response.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "protocol/message.h"
#include "protocol/method.h"
#include "protocol/methods.h"
#include "stack/base/bytes.h"
#include "stack/base/result.h"

namespace protocol {

namespace internal {
// One request on its way through a handler.
struct Exchange {
  void* service;
  base::ConstByteSpan request;  // fields
  base::ByteSpan response;      // room for fields
  size_t size = 0;              // of the response's fields

  bool Read(const Layout& layout, void* fields) const;
  // kResourceExhausted: the response does not fit.
  base::Status Write(const Layout& layout, const void* fields);
};

// What the table needs of a method, without its types. kInvalidArgument for fields that are not the
// method's.
using Handler = base::Status (*)(Exchange& exchange);
struct Route {
  uint16_t id;
  Handler handler;
};

// Answers `message` by the route with its id; `routes` is in ascending order.
size_t Dispatch(std::span<const Route> routes, void* service, base::ConstByteSpan message,
                base::ByteSpan response);
}  // namespace internal

// Routes a request to `service.Handle(Method{}, request)`, which returns Result<Response>. A
// service without a handler for every method of the list does not compile.
template <typename Service, typename List = AllMethods>
class Dispatcher;

template <typename Service, typename... M>
class Dispatcher<Service, TypeList<M...>> {
 public:
  explicit Dispatcher(Service& service) : service_(service) {}

  // Writes the response to `message`, at least a header with a status, to `response` and returns
  // its size; `response` holds kMaxResponse bytes. Unknown ids are answered with kUnimplemented,
  // malformed fields with kInvalidArgument. 0: not a request, there is nobody to answer.
  size_t Dispatch(base::ConstByteSpan message, base::ByteSpan response) {
    return internal::Dispatch(kRoutes, &service_, message, response);
  }

 private:
  template <typename OneMethod>
  static base::Status Call(internal::Exchange& exchange) {
    typename OneMethod::Request request;
    if (!exchange.Read(kLayout<typename OneMethod::Request>, &request)) {
      return base::Status::kInvalidArgument;
    }
    const base::Result<typename OneMethod::Response> response =
        static_cast<Service*>(exchange.service)->Handle(OneMethod{}, request);
    return response ? exchange.Write(kLayout<typename OneMethod::Response>, &*response)
                    : response.error();
  }

  static consteval std::array<internal::Route, sizeof...(M)> MakeRoutes() {
    std::array<internal::Route, sizeof...(M)> routes{internal::Route{M::kId, &Call<M>}...};
    std::sort(routes.begin(), routes.end(),
              [](const internal::Route& a, const internal::Route& b) { return a.id < b.id; });
    return routes;
  }
  static constexpr std::array<internal::Route, sizeof...(M)> kRoutes = MakeRoutes();

  Service& service_;
};

}  // namespace protocol
