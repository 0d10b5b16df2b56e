#include "host-cli/probe/open.h"

#include "host-cli/probe/hid_transport.h"
#include "host-cli/probe/probe_info.h"
#include "host-cli/probe/probe_list.h"
#include "host-cli/probe/probe_memory.h"
#include "host-cli/probe/usb_transport.h"

namespace netctl {

Expected<std::unique_ptr<TargetMemory>> OpenProbe(const ProbeOptions& options) {
  const auto probes = ListProbes(AccessCheck::kNo);
  if (!probes) {
    return std::unexpected(probes.error());
  }
  const auto probe = ChooseProbe(options.selector, *probes);
  if (!probe) {
    return std::unexpected(probe.error());
  }
  auto transport =
      probe->kind == ProbeKind::kCmsisDapV1 ? OpenHidTransport(*probe) : OpenUsbTransport(*probe);
  if (!transport) {
    return std::unexpected(transport.error());
  }
  const std::string selector = SelectorOf(*probe, *probes);
  auto memory = ProbeMemory::Connect(
      std::move(*transport), options,
      {.selector = selector, .serial = probe->serial, .product = probe->product});
  if (!memory) {
    return std::unexpected(std::move(memory.error().error).In("probe " + selector));
  }
  return std::move(*memory);
}

}  // namespace netctl
