// A channel whose other end is a child process: exec:, sim:, vboard: and qemu:.
#pragma once

#include <string>

#include "host-cli/channels/fd_channel.h"
#include "host-cli/child_process.h"

namespace netctl {

class ProcessChannel : public FdChannel {
 public:
  // `extra_facts` is what facts() says besides the pid.
  ProcessChannel(UniqueFd fd, std::string description, ChildProcess child, Json extra_facts)
      : FdChannel(std::move(fd), std::move(description)),
        child_(std::move(child)),
        facts_(std::move(extra_facts)) {}
  ~ProcessChannel() override;

  Expected<size_t> Read(base::ByteSpan out) override;
  Json facts() const override;

 private:
  std::string LostReason(int error) override;

  ChildProcess child_;
  Json facts_;
};

// Two connected sockets, the first of them non-blocking. kChannel when there are none.
Expected<std::pair<UniqueFd, UniqueFd>> SocketPair();

}  // namespace netctl
