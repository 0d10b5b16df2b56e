// netctl http get URL: what the board fetches, with its size, hash and timing.
#include "host-cli/commands/http.h"

#include <cerrno>
#include <cstring>
#include <memory>

#include "host-cli/commands/binders.h"
#include "host-cli/commands/network.h"
#include "host-cli/format.h"
#include "host-cli/options.h"
#include "host-cli/output_file.h"
#include "host-cli/progress.h"

namespace netctl {
namespace {

struct Options {
  std::string url;
  std::string output;
  bool fail = false;
  base::Duration wait = std::chrono::seconds(30);
};

double Seconds(uint64_t microseconds) { return static_cast<double>(microseconds) / 1e6; }

double BytesPerSecond(const protocol::HttpResult& result) {
  return result.total_us == 0
             ? 0
             : static_cast<double>(result.size) * 1e6 / static_cast<double>(result.total_us);
}

void Show(Report& report, const protocol::HttpResult& result) {
  const bool good = result.code < 400;
  report.Value("http_code", result.code, {}, good ? Style::kGood : Style::kBad);
  if (!result.content_type.empty()) {
    report.Value("content_type", result.content_type);
  }
  if (!result.location.empty()) {
    report.Value("location", result.location);
  }
  report.Value("size_download", result.size,
               fmt::format("{} bytes ({})", result.size, FormatSize(result.size)));
  report.Value("sha256", result.sha256);
  report.Value("speed_download", BytesPerSecond(result),
               fmt::format("{:.0f} bytes/s ({})", BytesPerSecond(result),
                           FormatBitRate(BytesPerSecond(result) * 8)));
  report.Value("remote_ip", result.address);
  report.Value("time_namelookup", Seconds(result.namelookup_us),
               fmt::format("{:.6f}", Seconds(result.namelookup_us)));
  report.Value("time_connect", Seconds(result.connect_us),
               fmt::format("{:.6f}", Seconds(result.connect_us)));
  report.Value("time_starttransfer", Seconds(result.starttransfer_us),
               fmt::format("{:.6f}", Seconds(result.starttransfer_us)));
  report.Value("time_total", Seconds(result.total_us),
               fmt::format("{:.6f}", Seconds(result.total_us)));
}

Expected<protocol::HttpResult> Fetch(Context& context, const Options& options, const Url& url,
                                     OutputFile* output) {
  std::unique_ptr<Progress> progress;
  const auto begin = Now();
  const protocol::HttpRequest request{
      .host = std::string_view(url.host),
      .port = url.port,
      .path = std::string_view(url.path),
      .want_body = output != nullptr,
      .timeout_ms = static_cast<uint32_t>(base::ToMilliseconds(options.wait))};
  return FetchHttp(
      context, request,
      {.on_progress =
           [&](const protocol::HttpProgressInfo& step) {
             if (!progress) {
               progress = std::make_unique<Progress>(context.report, url.path,
                                                     step.length_known ? step.content_length : 0);
             }
             const double seconds = std::chrono::duration<double>(Now() - begin).count();
             progress->Update(
                 step.received, Now(),
                 FormatBitRate(seconds > 0 ? static_cast<double>(step.received) * 8 / seconds : 0));
           },
       .on_body = [&](base::ConstByteSpan bytes) { return output->Write(bytes); }});
}

ExitCode Run(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.http_get/1");
  const auto url = ParseUrl(options.url);
  if (!url) {
    return report.Fail(url.error());
  }
  std::unique_ptr<OutputFile> output;
  if (!options.output.empty()) {
    auto opened = OutputFile::Open(options.output);
    if (!opened) {
      return report.Fail(opened.error());
    }
    output = std::make_unique<OutputFile>(std::move(*opened));
  }
  if (const auto ip = WaitForAddress(context, 0); !ip) {
    return report.Fail(ip.error());
  }
  const auto result = Fetch(context, options, *url, output.get());
  if (!result) {
    return report.Fail(result.error());
  }
  if (output) {
    if (const auto closed = output->Finish(FormatHex(std::as_bytes(std::span(result->sha256))));
        !closed) {
      return report.Fail(closed.error());
    }
    report.Set("output", options.output);
  }
  if (options.output != "-") {
    Show(report, *result);
  }
  return options.fail && result->code >= 400 ? ExitCode::kFailed : ExitCode::kOk;
}

}  // namespace

Runner BindHttpGet(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddText(app, "url", options->url, "http://HOST[:PORT][/PATH]").Required();
  AddText(app, "-o,--output", options->output,
          "write the body there ('-': stdout); it travels through the channel", "FILE");
  AddFlag(app, "-f,--fail", options->fail, "exit 1 when the status code is 400 or above");
  AddParsed(app, "-w,--wait", options->wait, "without progress (default 30s)");
  return [options](Context& context) { return Run(context, *options); };
}

}  // namespace netctl
