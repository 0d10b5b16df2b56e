#include "host-cli/open_port.h"

#include <spdlog/spdlog.h>

#include "host-cli/broker/broker_port.h"
#include "host-cli/channels/open.h"
#include "host-cli/lock.h"
#include "host-cli/session_port.h"

namespace netctl {
namespace {

class LockedChannel : public Channel {
 public:
  LockedChannel(Lock lock, std::unique_ptr<Channel> channel)
      : lock_(std::move(lock)), channel_(std::move(channel)) {}

  void AddPollFds(std::vector<pollfd>& fds, bool want_write) const override {
    channel_->AddPollFds(fds, want_write);
  }
  Expected<size_t> Read(base::ByteSpan out) override { return channel_->Read(out); }
  Expected<size_t> Write(base::ConstByteSpan data) override { return channel_->Write(data); }
  std::string describe() const override { return channel_->describe(); }
  Json facts() const override { return channel_->facts(); }
  std::string advice() const override { return channel_->advice(); }
  base::Duration gather_time() const override { return channel_->gather_time(); }

 private:
  Lock lock_;
  std::unique_ptr<Channel> channel_;
};

}  // namespace

Expected<std::unique_ptr<Channel>> OpenLockedChannel(const Target& target,
                                                     const GlobalOptions& options,
                                                     base::Instant deadline) {
  const auto url = ParseChannelUrl(target.channel);
  if (!url) {
    return std::unexpected(url.error());
  }
  const std::string key = LockKey(*url);
  if (key.empty()) {
    return OpenChannel(*url, deadline);
  }
  auto lock = Lock::Take(key, options.command, options.lock_wait);
  if (!lock) {
    return std::unexpected(lock.error());
  }
  auto channel = OpenChannel(*url, deadline);
  if (!channel) {
    return channel;
  }
  return std::make_unique<LockedChannel>(std::move(*lock), std::move(*channel));
}

Expected<std::unique_ptr<MessagePort>> OpenPort(const Target& target, const GlobalOptions& options,
                                                base::Instant deadline,
                                                MessagePort::TextSink sink) {
  auto brokered = BrokerPort::Attach(target.name, options.command, deadline, sink);
  if (!brokered) {
    return std::unexpected(brokered.error());
  }
  if (*brokered != nullptr) {
    spdlog::debug("attached to the broker of {}", target.name);
    return std::move(*brokered);
  }
  auto channel = OpenLockedChannel(target, options, deadline);
  if (!channel) {
    return std::unexpected(channel.error());
  }
  spdlog::debug("opened {}", (*channel)->describe());
  return SessionPort::Open(std::move(*channel), options.takeover, deadline, std::move(sink));
}

}  // namespace netctl
