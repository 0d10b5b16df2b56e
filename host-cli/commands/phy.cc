// netctl phy scan|show|read|write|bench: the PHY's registers over MDIO.
#include "host-cli/commands/phy.h"

#include <memory>

#include "host-cli/commands/binders.h"
#include "host-cli/commands/network.h"
#include "host-cli/format.h"
#include "host-cli/options.h"
#include "host-cli/phy_registers.h"
#include "host-cli/progress.h"

namespace netctl {
namespace {

constexpr uint8_t kPhyAddresses = 32;
constexpr uint8_t kAnyPhy = 32;  // the one that the driver uses

struct Options {
  uint8_t interface = 0;
  uint8_t phy = kAnyPhy;
  std::string reg;
  uint16_t value = 0;
  uint32_t reads = 1000;
};

void AddPhy(CLI::App& app, Options& options) {
  AddInterface(app, options.interface);
  AddNumber(app, "-p,--phy", options.phy, "PHY address (default: the one in use)", 0, 31);
}

// The PHY that is meant, with its identifier.
Expected<protocol::PhyFound> FindPhy(Context& context, const Options& options) {
  const auto list = context.client.Call<protocol::ScanPhys>({.interface = options.interface});
  if (!list) {
    return std::unexpected(list.error());
  }
  const uint8_t wanted = options.phy == kAnyPhy ? list->used : options.phy;
  for (const protocol::PhyFound& found : list->phys) {
    if (found.phy == wanted) {
      return found;
    }
  }
  return Fail(ExitCode::kFailed, fmt::format("no PHY answers at address {}", wanted),
              "see 'netctl phy scan'");
}

ExitCode RunScan(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.phy_scan/1");
  const auto list = context.client.Call<protocol::ScanPhys>({.interface = options.interface});
  if (!list) {
    return report.Fail(list.error());
  }
  report.Set("used", list->used);
  report.Set("phys", list->phys);
  if (list->phys.empty()) {
    return report.Fail({ExitCode::kFailed,
                        "no PHY answers at any of the 32 addresses",
                        "check its power, reset pin, MDC, MDIO and the pull-up on MDIO",
                        {}});
  }
  Table table({"ADDRESS", "ID", "NAME", ""});
  for (const protocol::PhyFound& found : list->phys) {
    table.Row({found.phy, fmt::format("{:04x}:{:04x}", found.id >> 16, found.id & 0xffff),
               fmt::format("{}", found.name), found.phy == list->used ? "in use" : ""});
  }
  report.Print(table);
  if (list->phys.size() == kPhyAddresses) {
    report.Note("every address answers: this MAC ignores the PHY's address, or MDIO is stuck");
  }
  return ExitCode::kOk;
}

Json RegisterJson(const protocol::PhyFound& phy, uint8_t reg, uint16_t value) {
  Json json = {{"register", reg}, {"value", value}};
  if (const PhyRegisterName* name = FindPhyRegister(phy.id, reg); name != nullptr) {
    json["name"] = name->name;
    for (const DecodedField& field : DecodePhyRegister(*name, value)) {
      json["fields"][std::string(field.name)] = field.value;
    }
  }
  return json;
}

void ShowRegister(Report& report, const protocol::PhyFound& phy, uint8_t reg, uint16_t value,
                  bool all_bits) {
  const PhyRegisterName* const name = FindPhyRegister(phy.id, reg);
  report.Line("{:2}  {:04x}  {}", reg, value,
              name == nullptr
                  ? ""
                  : report.Paint(Style::kBold, fmt::format("{:8}{}", name->name, name->title)));
  if (name == nullptr) {
    return;
  }
  for (const DecodedField& field : DecodePhyRegister(*name, value)) {
    if (field.value == 0 && !all_bits && field.meaning.empty()) {
      continue;
    }
    const std::string bits = field.high == field.low ? fmt::format("{}", field.high)
                                                     : fmt::format("{}:{}", field.high, field.low);
    report.Line("          {:>5} = {:<4} {:24} {}", bits, field.value, field.name, field.meaning);
  }
}

ExitCode RunShow(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.phy/1");
  const auto phy = FindPhy(context, options);
  if (!phy) {
    return report.Fail(phy.error());
  }
  const auto dump = context.client.Call<protocol::DumpPhy>(
      {.interface = options.interface, .phy = phy->phy, .reg = 0});
  if (!dump) {
    return report.Fail(dump.error());
  }
  report.Value("phy", phy->phy);
  report.Value("name", phy->name);
  report.Value("id", phy->id, fmt::format("{:04x}:{:04x}", phy->id >> 16, phy->id & 0xffff));
  report.Line("");
  Json registers = Json::array();
  for (uint8_t reg = 0; reg < dump->registers.size(); ++reg) {
    const bool named = FindPhyRegister(phy->id, reg) != nullptr;
    if (named || options.reg == "all") {
      ShowRegister(report, *phy, reg, dump->registers[reg], false);
    }
    registers.push_back(RegisterJson(*phy, reg, dump->registers[reg]));
  }
  report.Set("registers", registers);
  return ExitCode::kOk;
}

// The register that `options` names, for the PHY that it means.
Expected<protocol::PhyRegister> FindRegister(const Options& options,
                                             const protocol::PhyFound& phy) {
  const int reg = ParsePhyRegister(phy.id, options.reg);
  if (reg < 0) {
    return Fail(ExitCode::kUsage, fmt::format("'{}' is no register of {}", options.reg, phy.name),
                "a number from 0 to 31, or a name that 'netctl phy show' prints");
  }
  return protocol::PhyRegister{options.interface, phy.phy, static_cast<uint8_t>(reg)};
}

ExitCode RunRead(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.phy_read/1");
  const auto phy = FindPhy(context, options);
  if (!phy) {
    return report.Fail(phy.error());
  }
  const auto reg = FindRegister(options, *phy);
  if (!reg) {
    return report.Fail(reg.error());
  }
  const auto read = context.client.Call<protocol::ReadPhy>(*reg);
  if (!read) {
    return report.Fail(read.error());
  }
  ShowRegister(report, *phy, reg->reg, read->value, true);
  report.SetMembers(RegisterJson(*phy, reg->reg, read->value));
  return ExitCode::kOk;
}

ExitCode RunWrite(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.phy_write/1");
  const auto phy = FindPhy(context, options);
  if (!phy) {
    return report.Fail(phy.error());
  }
  const auto reg = FindRegister(options, *phy);
  if (!reg) {
    return report.Fail(reg.error());
  }
  if (const auto wrote = context.client.Call<protocol::WritePhy>({*reg, options.value}); !wrote) {
    return report.Fail(wrote.error());
  }
  const auto read = context.client.Call<protocol::ReadPhy>(*reg);
  if (!read) {
    return report.Fail(read.error());
  }
  report.Value("register", reg->reg);
  report.Value("written", options.value, fmt::format("{:04x}", options.value));
  report.Value("read_back", read->value, fmt::format("{:04x}", read->value));
  return ExitCode::kOk;
}

ExitCode RunBench(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.phy_bench/1");
  const auto phy = FindPhy(context, options);
  if (!phy) {
    return report.Fail(phy.error());
  }
  const auto bench = BenchMdio(context, options.interface, *phy, options.reads);
  if (!bench) {
    return report.Fail(bench.error());
  }
  report.Value("reads", bench->reads);
  report.Value("deviations", bench->deviations, {},
               bench->deviations == 0 ? Style::kGood : Style::kBad);
  report.Value("failures", bench->failures, {}, bench->failures == 0 ? Style::kGood : Style::kBad);
  report.Value("read_us", bench->read_us(), fmt::format("{:.1f} us", bench->read_us()));
  if (bench->deviations != 0) {
    report.Value(
        "last_deviation", bench->last_deviation,
        fmt::format("{:04x} where {:04x} was expected", bench->last_deviation, phy->id >> 16));
    report.Note(
        "MDIO is noisy: check the pull-up (1.5 to 4.7 kOhm), MDC below 2.5 MHz, and the routing");
  }
  return bench->good() ? ExitCode::kOk : ExitCode::kFailed;
}

}  // namespace

Expected<MdioBench> BenchMdio(Context& context, uint8_t interface, const protocol::PhyFound& phy,
                              uint32_t reads) {
  constexpr uint8_t kPhyId1 = 2;
  MdioBench total;
  Progress progress(context.report, "MDIO reads", reads);
  while (total.reads < reads) {
    const auto slice =
        static_cast<uint16_t>(std::min<uint32_t>(reads - total.reads, protocol::kMdioBenchSlice));
    const auto result =
        context.client.Call<protocol::BenchMdio>({.target = {interface, phy.phy, kPhyId1},
                                                  .reads = slice,
                                                  .expected = static_cast<uint16_t>(phy.id >> 16)});
    if (!result) {
      return std::unexpected(result.error());
    }
    total.reads += result->reads;
    total.deviations += result->deviations;
    total.failures += result->failures;
    total.duration_us += result->duration_us;
    total.last_deviation = result->deviations != 0 ? result->last_deviation : total.last_deviation;
    progress.Update(total.reads, Now());
    if (result->reads == 0) {
      break;
    }
  }
  return total;
}

Runner BindPhyScan(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddInterface(app, options->interface);
  return [options](Context& context) { return RunScan(context, *options); };
}

Runner BindPhyShow(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddPhy(app, *options);
  AddFlag(
      app, "-a,--all", [options] { options->reg = "all"; }, "also the registers without a name");
  return [options](Context& context) { return RunShow(context, *options); };
}

Runner BindPhyRead(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddPhy(app, *options);
  AddText(app, "register", options->reg, "number, or name such as bmsr").Required();
  return [options](Context& context) { return RunRead(context, *options); };
}

Runner BindPhyWrite(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddPhy(app, *options);
  AddText(app, "register", options->reg, "number, or name such as bmcr").Required();
  AddNumber(app, "value", options->value, "16 bits, decimal or 0x...").Required();
  return [options](Context& context) { return RunWrite(context, *options); };
}

Runner BindPhyBench(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddPhy(app, *options);
  AddNumber(app, "-n,--reads", options->reads, "reads of the identifier (default 1000)", 1,
            1'000'000);
  return [options](Context& context) { return RunBench(context, *options); };
}

}  // namespace netctl
