#include "host-cli/configuration.h"

#include <algorithm>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "host-cli/channels/url.h"
#include "host-cli/format.h"
#include "host-cli/paths.h"
#include "host-cli/suggest.h"

namespace netctl {
namespace {

namespace fs = std::filesystem;

std::string At(const fs::path& file, const toml::source_region& source) {
  return fmt::format("{}:{}", file.string(), source.begin.line);
}

std::unexpected<Error> Bad(const std::string& where, std::string_view what) {
  return Fail(ExitCode::kUsage, fmt::format("{}: {}", where, what));
}

// Reads one file into what stands already; nothing there is overwritten.
class FileReader {
 public:
  FileReader(const fs::path& file, Configuration& configuration)
      : file_(file), configuration_(configuration) {}

  Expected<void> Read(const toml::table& root) {
    for (const auto& [key, node] : root) {
      const std::string where = At(file_, key.source());
      if (key.str() == "default") {
        if (const auto read = ReadDefault(where, node); !read) {
          return read;
        }
      } else if (key.str() == "target" && node.is_table()) {
        if (const auto read = ReadTargets(*node.as_table()); !read) {
          return read;
        }
      } else {
        return Bad(where, fmt::format("'{}' is no setting; there is: default, [target.NAME]",
                                      EscapeText(key.str())));
      }
    }
    return {};
  }

 private:
  Expected<void> ReadDefault(const std::string& where, const toml::node& node) {
    const auto name = node.value_exact<std::string>();
    if (!name) {
      return Bad(where, "'default' must be a target's name in quotes");
    }
    if (configuration_.default_target.empty()) {
      configuration_.default_target = *name;
      configuration_.default_origin = where;
    }
    return {};
  }

  Expected<void> ReadTargets(const toml::table& targets) {
    for (const auto& [key, node] : targets) {
      const std::string where = At(file_, key.source());
      const std::string name(key.str());
      if (!node.is_table() || name.empty() || LooksLikeUrl(name)) {
        return Bad(where, "expected [target.NAME], with a name without ':' and '/'");
      }
      Target target{.name = name, .origin = where};
      if (const auto read = ReadTarget(*node.as_table(), target); !read) {
        return read;
      }
      if (target.channel.empty()) {
        return Bad(where, fmt::format("target '{}' has no channel", EscapeText(name)));
      }
      configuration_.targets.emplace(name, std::move(target));
    }
    return {};
  }

  Expected<void> ReadTarget(const toml::table& table, Target& target) {
    for (const auto& [key, node] : table) {
      const std::string where = At(file_, key.source());
      std::string* member = key.str() == "channel" ? &target.channel
                            : key.str() == "probe" ? &target.probe
                            : key.str() == "peer"  ? &target.peer
                                                   : nullptr;
      if (member == nullptr) {
        return Bad(where,
                   fmt::format("'{}' is no setting of a target; there is: channel, probe, peer",
                               EscapeText(key.str())));
      }
      const auto value = node.value_exact<std::string>();
      if (!value) {
        return Bad(where, fmt::format("'{}' must be text in quotes", key.str()));
      }
      *member = *value;
      if (member != &target.peer) {
        if (const auto url = ParseChannelUrl(*value); !url) {
          return std::unexpected(Error(url.error()).In(where));
        }
      }
    }
    return {};
  }

  const fs::path& file_;
  Configuration& configuration_;
};

Expected<void> ReadFile(const fs::path& file, Configuration& configuration) {
  try {
    return FileReader(file, configuration).Read(toml::parse_file(file.string()));
  } catch (const toml::parse_error& error) {
    return Bad(At(file, error.source()), EscapeText(error.description()));
  }
}

}  // namespace

std::vector<fs::path> ConfigurationFiles() {
  fs::path user = Environment("XDG_CONFIG_HOME");
  if (user.empty()) {
    user = fs::path(Environment("HOME")) / ".config";
  }
  return {"netctl.toml", user / "netctl/config.toml", "/etc/netctl.toml"};
}

Expected<Configuration> LoadConfiguration(std::span<const fs::path> files) {
  Configuration configuration;
  for (const fs::path& file : files) {
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored)) {
      continue;
    }
    if (const auto read = ReadFile(file, configuration); !read) {
      return std::unexpected(read.error());
    }
  }
  configuration.targets.emplace(
      "qemu", Target{.name = "qemu", .channel = "qemu:mps2-an386", .origin = "built in"});
  configuration.targets.emplace("sim",
                                Target{.name = "sim", .channel = "sim:", .origin = "built in"});
  configuration.targets.emplace(
      "vboard", Target{.name = "vboard", .channel = "vboard:stm32f4-rmii", .origin = "built in"});
  return configuration;
}

Expected<Target> FindTarget(const Configuration& configuration, std::string_view wanted) {
  std::string name(wanted);
  std::string origin = "--target";
  if (name.empty()) {
    name = Environment("NETCTL_TARGET");
    origin = "NETCTL_TARGET";
  }
  if (name.empty()) {
    name = configuration.default_target.empty() ? "qemu" : configuration.default_target;
    origin = configuration.default_origin;
  }
  if (const auto found = configuration.targets.find(name); found != configuration.targets.end()) {
    return found->second;
  }
  if (LooksLikeUrl(name)) {
    if (const auto url = ParseChannelUrl(name); !url) {
      return std::unexpected(url.error());
    }
    return Target{.name = name, .channel = name, .origin = origin};
  }
  std::vector<std::string> known;
  for (const auto& [key, target] : configuration.targets) {
    known.push_back(key);
  }
  return Fail(
      ExitCode::kUsage,
      fmt::format("{}: no target '{}'{}", origin, EscapeText(name), DidYouMean(name, known)),
      "netctl targets lists them; a channel such as /dev/ttyACM0 will do too");
}

}  // namespace netctl
