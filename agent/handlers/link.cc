#include "agent/handlers/handlers.h"
#include "agent/handlers/link_test.h"

namespace agent {
namespace {

// The ability bit of BMSR (IEEE 802.3 22.2.4.2) that a forced mode needs.
uint16_t AbilityOf(bool speed_100, base::Duplex duplex) {
  const bool full = duplex == base::Duplex::kFull;
  if (speed_100) {
    return full ? drivers::BasicStatus::k100Full : drivers::BasicStatus::k100Half;
  }
  return full ? drivers::BasicStatus::k10Full : drivers::BasicStatus::k10Half;
}

base::Status Force(drivers::Phy& phy, const protocol::LinkSetRequest& request) {
  if (request.speed_mbit != 10 && request.speed_mbit != 100) {
    return base::Status::kInvalidArgument;
  }
  const bool speed_100 = request.speed_mbit == 100;
  const auto status = phy.Read<drivers::BasicStatus>();
  if (!status) {
    return status.error();
  }
  if ((status->raw & AbilityOf(speed_100, request.duplex)) == 0) {
    return base::Status::kUnimplemented;
  }
  phy.Request({.negotiate = false, .speed_100 = speed_100, .duplex = request.duplex});
  return base::Status::kOk;
}

struct Negotiation {
  drivers::Advertisement own;
  drivers::PartnerAbility partner;
  drivers::NegotiationExpansion expansion;
};

// Registers 4 to 6. A PHY that cannot negotiate has none of them (the ENC28J60); they count as 0.
base::Result<Negotiation> ReadNegotiation(drivers::Phy& phy, drivers::BasicStatus status) {
  if (!status.can_negotiate()) {
    return Negotiation{};
  }
  const auto own = phy.Read<drivers::Advertisement>();
  const auto partner = phy.Read<drivers::PartnerAbility>();
  const auto expansion = phy.Read<drivers::NegotiationExpansion>();
  if (!own || !partner || !expansion) {
    return std::unexpected(base::Status::kUnavailable);
  }
  return Negotiation{*own, *partner, *expansion};
}

}  // namespace

base::Result<protocol::LinkStatus> Handlers::Handle(protocol::GetLink,
                                                    const protocol::InterfaceReference& request) {
  Interface* const interface = core_.FindInterface(request.interface);
  if (interface == nullptr) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  drivers::Phy& phy = interface->phy;
  const auto control = phy.Read<drivers::BasicControl>();
  const auto status = phy.Read<drivers::BasicStatus>();
  if (!control || !status || !status->is_plausible()) {
    return std::unexpected(base::Status::kUnavailable);
  }
  const auto negotiation = ReadNegotiation(phy, *status);
  if (!negotiation) {
    return std::unexpected(negotiation.error());
  }
  if (!status->link_up() && phy.link().is_up()) {
    // The bit latches a loss until it is read: the supervision must not miss what was read here.
    interface->netif.driver().CheckLink();
  }
  return protocol::LinkStatus{.phy = phy.link(),
                              .mac = interface->netif.driver().link(),
                              .autonegotiation = control->has(drivers::BasicControl::kNegotiate),
                              .autonegotiation_complete = status->negotiation_done(),
                              .advertised = negotiation->own.raw,
                              .partner = negotiation->partner.raw,
                              .expansion = negotiation->expansion.raw,
                              .changes = interface->netif.driver().stats().link_changes};
}

base::Result<protocol::Empty> Handlers::Handle(protocol::SetLink,
                                               const protocol::LinkSetRequest& request) {
  Interface* const interface = core_.FindInterface(request.interface);
  if (interface == nullptr) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  if (interface->phy.far_loopback()) {
    RETURN_IF_ERROR(interface->phy.SetFarLoopback(false));
  }
  switch (request.setting) {
    case protocol::LinkSetting::kAutonegotiate:
      interface->phy.Request({});
      break;
    case protocol::LinkSetting::kForce:
      RETURN_IF_ERROR(Force(interface->phy, request));
      break;
    case protocol::LinkSetting::kRestart:
      interface->phy.RestartNegotiation();
      break;
    case protocol::LinkSetting::kFarLoopback:
      RETURN_IF_ERROR(interface->phy.SetFarLoopback(true));
      break;
    default:
      return std::unexpected(base::Status::kInvalidArgument);
  }
  interface->netif.driver().CheckLink();
  return protocol::Empty{};
}

base::Result<protocol::Empty> Handlers::Handle(protocol::TestLink,
                                               const protocol::LinkTestRequest& request) {
  Interface* const interface = core_.FindInterface(request.interface);
  if (interface == nullptr || !IsLinkTest(request)) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  const base::Capabilities hardware = interface->netif.driver().capabilities();
  if ((request.path == protocol::LinkTestPath::kMacLoopback && !hardware.mac_loopback) ||
      (request.path == protocol::LinkTestPath::kPhyLoopback && !hardware.phy_loopback)) {
    return std::unexpected(base::Status::kUnimplemented);
  }
  return StartJob<protocol::TestLink>(&RunLinkTest, request);
}

}  // namespace agent
