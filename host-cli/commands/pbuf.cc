// netctl pbuf: the packet buffer pools, and who holds the buffers.

#include "host-cli/commands/binders.h"
#include "host-cli/format.h"
#include "protocol/methods.h"

namespace netctl {
namespace {

std::string PoolName(const base::PbufPoolStats& pool) {
  return pool.buffer_size == 0 ? "parts" : fmt::format("{} bytes", pool.buffer_size);
}

std::string Holders(const base::PbufPoolStats& pool) {
  std::string text;
  for (size_t i = 0; i < pool.held.size(); ++i) {
    if (pool.held[i] != 0) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", base::kHolderNames[i], pool.held[i]);
    }
  }
  return text.empty() ? "-" : text;
}

Json PoolJson(const base::PbufPoolStats& pool) {
  Json json = ToJson(pool);
  Json held = Json::object();
  for (size_t i = 0; i < pool.held.size(); ++i) {
    held[std::string(base::kHolderNames[i])] = pool.held[i];
  }
  json["held"] = held;
  return json;
}

ExitCode Run(Context& context) {
  Report& report = context.report;
  report.Object("netctl.pbuf/1");
  const auto pools = context.client.Call<protocol::GetPools>();
  if (!pools) {
    return report.Fail(pools.error());
  }
  Json list = Json::array();
  Table table({"POOL", "COUNT", "IN USE", "PEAK", "EXHAUSTED", "ALLOCATED", "HELD BY"});
  for (const base::PbufPoolStats& pool : pools->pools) {
    list.push_back(PoolJson(pool));
    Cell exhausted(pool.exhausted);
    exhausted.style = pool.exhausted == 0 ? Style::kPlain : Style::kWarning;
    table.Row({PoolName(pool), pool.count, pool.in_use, pool.in_use_peak, exhausted, pool.allocated,
               Holders(pool)});
  }
  report.Set("pools", list);
  report.Print(table);
  return ExitCode::kOk;
}

}  // namespace

Runner BindPbuf(CLI::App&) { return Run; }

}  // namespace netctl
