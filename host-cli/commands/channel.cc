// netctl channel test: what the path between host and board is worth, without its network.
#include <algorithm>
#include <memory>

#include "host-cli/commands/binders.h"
#include "host-cli/commands/job.h"
#include "host-cli/format.h"
#include "host-cli/interrupt.h"
#include "host-cli/options.h"
#include "host-cli/progress.h"
#include "protocol/crc32c.h"
#include "protocol/repeatable_random.h"

namespace netctl {
namespace {

struct Options {
  uint32_t count = 100;
  uint16_t size = 16;
  uint64_t bytes = 1 << 20;
  uint32_t seed = 1;
  double min_rate = 0;  // kB/s
};

struct Latency {
  uint32_t requests = 0;
  uint32_t size = 0;  // bytes of payload
  uint64_t min_us = 0;
  uint64_t median_us = 0;
  uint64_t p95_us = 0;
  uint64_t max_us = 0;
  static constexpr auto kFields = base::FieldList{
      base::Field{"requests", &Latency::requests}, base::Field{"size", &Latency::size},
      base::Field{"min_us", &Latency::min_us},     base::Field{"median_us", &Latency::median_us},
      base::Field{"p95_us", &Latency::p95_us},     base::Field{"max_us", &Latency::max_us}};
};

struct Transfer {
  uint64_t bytes = 0;
  uint64_t took_us = 0;
  uint64_t bytes_per_second = 0;
  static constexpr auto kFields = base::FieldList{
      base::Field{"bytes", &Transfer::bytes}, base::Field{"took_us", &Transfer::took_us},
      base::Field{"bytes_per_second", &Transfer::bytes_per_second}};
};

Transfer Measured(uint64_t bytes, base::Duration took) {
  const auto us = static_cast<uint64_t>(std::max<int64_t>(took.count(), 1));
  return {.bytes = bytes, .took_us = us, .bytes_per_second = bytes * 1'000'000 / us};
}

// Sends one block, and compares what the board says it got. kFailed: something else.
Expected<void> CheckOne(Context& context, const protocol::BlockRequest& block, uint64_t offset) {
  const auto answer = context.client.Call<protocol::CheckBlock>(block);
  if (!answer) {
    return std::unexpected(answer.error());
  }
  protocol::Crc32c crc;
  crc.Update(block.data.span());
  if (answer->crc != crc.value()) {
    return Fail(ExitCode::kFailed,
                fmt::format("the block at offset {} arrived changed: CRC-32C {:08x} became {:08x}",
                            offset, crc.value(), answer->crc));
  }
  if (Interrupted()) {
    return Fail(*Interrupted(), "interrupted");
  }
  return {};
}

Expected<Latency> MeasureLatency(Context& context, const Options& options) {
  protocol::RepeatableRandom random(options.seed);
  Progress progress(context.report, "requests", options.count);
  std::vector<uint64_t> times;
  protocol::BlockRequest block;
  block.data.count = options.size;
  for (uint32_t i = 0; i < options.count; ++i) {
    random.Fill(block.data.span());
    const base::Instant begin = Now();
    if (const auto checked = CheckOne(context, block, i); !checked) {
      return std::unexpected(checked.error());
    }
    times.push_back(static_cast<uint64_t>((Now() - begin).count()));
    progress.Update(i + 1, Now());
  }
  std::ranges::sort(times);
  const size_t count = times.size();
  return Latency{.requests = options.count,
                 .size = options.size,
                 .min_us = times.front(),
                 .median_us = times[count / 2],
                 .p95_us = times[std::min(count - 1, count * 95 / 100)],
                 .max_us = times.back()};
}

Expected<Transfer> MeasureToBoard(Context& context, const Options& options) {
  protocol::RepeatableRandom random(options.seed);
  Progress progress(context.report, "to the board", options.bytes);
  protocol::BlockRequest block;
  const base::Instant begin = Now();
  for (uint64_t sent = 0; sent < options.bytes; sent += block.data.size()) {
    block.data.count =
        static_cast<uint16_t>(std::min<uint64_t>(options.bytes - sent, protocol::kMaxBlock));
    random.Fill(block.data.span());
    if (const auto checked = CheckOne(context, block, sent); !checked) {
      return std::unexpected(checked.error());
    }
    progress.Update(sent + block.data.size(), Now());
  }
  return Measured(options.bytes, Now() - begin);
}

// Whether `block` is what the board had to send next.
bool IsExpected(const protocol::BlockRequest& block, protocol::RepeatableRandom& random) {
  protocol::BlockRequest expected;
  expected.data.count = block.data.count;
  random.Fill(expected.data.span());
  return block.data == expected.data;
}

Expected<Transfer> MeasureToHost(Context& context, const Options& options) {
  protocol::RepeatableRandom random(options.seed);
  Progress progress(context.report, "to the host", options.bytes);
  uint64_t received = 0;
  std::optional<uint64_t> changed_at;
  const base::Instant begin = Now();
  const auto ended = RunJob<protocol::SendBlocks>(
      context.client, {.bytes = options.bytes, .seed = options.seed}, [&](const JobEvent& event) {
        const auto block = event.As<protocol::BlockSent>();
        if (!block) {
          return;
        }
        if (!changed_at && !IsExpected(*block, random)) {
          changed_at = received;
        }
        received += block->data.size();
        progress.Update(received, Now());
      });
  if (!ended) {
    return std::unexpected(ended.error());
  }
  if (changed_at || received != options.bytes) {
    return Fail(ExitCode::kFailed,
                changed_at ? fmt::format("the block at offset {} arrived changed", *changed_at)
                           : fmt::format("{} of {} bytes arrived", received, options.bytes));
  }
  return Measured(received, Now() - begin);
}

void ShowTransfer(Report& report, std::string_view key, std::string_view label,
                  const Transfer& transfer) {
  report.Set(key, transfer);
  report.Line("{:<14} {} in {}, {} kB/s, every byte as sent", label, FormatSize(transfer.bytes),
              FormatDuration(base::Duration(static_cast<int64_t>(transfer.took_us))),
              transfer.bytes_per_second / 1000);
}

ExitCode Run(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.channel_test/1");
  if (options.bytes == 0 && options.min_rate > 0) {
    return report.Fail({ExitCode::kUsage, "--min-rate needs bytes to measure with", {}, {}});
  }
  const auto peer = context.client.Connect();
  if (!peer) {
    return report.Fail(peer.error());
  }
  report.Value("via", (*peer)->via);
  const auto latency = MeasureLatency(context, options);
  if (!latency) {
    return report.Fail(Error(latency.error()).In("requests"));
  }
  report.Set("latency", *latency);
  report.Line(
      "{:<14} {} of {} bytes answered, min/median/p95/max = {:.1f}/{:.1f}/{:.1f}/{:.1f} ms",
      "requests", latency->requests, latency->size, static_cast<double>(latency->min_us) / 1e3,
      static_cast<double>(latency->median_us) / 1e3, static_cast<double>(latency->p95_us) / 1e3,
      static_cast<double>(latency->max_us) / 1e3);
  if (options.bytes == 0) {
    return ExitCode::kOk;
  }
  const auto to_board = MeasureToBoard(context, options);
  if (!to_board) {
    return report.Fail(Error(to_board.error()).In("to the board"));
  }
  ShowTransfer(report, "to_board", "to the board", *to_board);
  const auto to_host = MeasureToHost(context, options);
  if (!to_host) {
    return report.Fail(Error(to_host.error()).In("to the host"));
  }
  ShowTransfer(report, "to_host", "to the host", *to_host);
  const uint64_t slower = std::min(to_board->bytes_per_second, to_host->bytes_per_second);
  if (static_cast<double>(slower) < options.min_rate * 1000) {
    return report.Fail(
        {ExitCode::kFailed,
         fmt::format("{} kB/s is less than {} kB/s", slower / 1000, options.min_rate),
         {},
         {}});
  }
  return ExitCode::kOk;
}

}  // namespace

Runner BindChannelTest(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  AddNumber(app, "-c,--count", options->count, "requests (default 100)", 1, 1'000'000);
  AddNumber(app, "-s,--size", options->size, "bytes of a request (default 16)", 0,
            protocol::kMaxBlock);
  AddSize(app, "-b,--bytes", options->bytes, "bytes each way (default 1M; 0: only requests)",
          1ull << 40);
  AddNumber(app, "--seed", options->seed, "of the data (default 1)");
  AddDecimal(app, "--min-rate", options->min_rate, "exit 1 below so many kB/s", 0, 1e6);
  return [options](Context& context) { return Run(context, *options); };
}

}  // namespace netctl
