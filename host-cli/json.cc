#include "host-cli/json.h"

template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace netctl::internal {

Json FromBool(bool value) { return value; }
Json FromSigned(int64_t value) { return value; }
Json FromUnsigned(uint64_t value) { return value; }
Json FromDouble(double value) { return value; }
Json FromText(std::string_view text) { return text; }
Json FromAddress(const base::MacAddress& address) { return fmt::format("{}", address); }
Json FromAddress(const base::Ipv4Address& address) { return fmt::format("{}", address); }
Json FromAddress(const base::IpAddress& address) { return fmt::format("{}", address); }
Json FromAddress(const base::SocketAddress& address) { return fmt::format("{}", address); }
Json EmptyObject() { return Json::object(); }
Json EmptyArray() { return Json::array(); }

void AddMember(Json& object, std::string_view name, Json&& value) {
  object[std::string(name)] = std::move(value);
}

void AddElement(Json& array, Json&& value) { array.push_back(std::move(value)); }

}  // namespace netctl::internal
