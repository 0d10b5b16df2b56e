#include "agent/control.h"

namespace agent {

Control::Control(Core& core, ControlPort& port, std::span<Job> jobs, base::ByteSpan response_memory)
    : port_(port),
      jobs_(jobs),
      handlers_(core, jobs_, port),
      dispatcher_(handlers_),
      response_memory_(response_memory) {}

base::Instant Control::Poll(base::Instant now) {
  const bool more = port_.MoveInput(now);
  if (port_.generation() != generation_ || !port_.established()) {
    generation_ = port_.generation();
    response_size_ = 0;
    jobs_.Abandon();
  }
  size_t answered = 0;
  while (answered < kRequestsPerPoll && AnswerRequest()) {
    ++answered;
  }
  jobs_.Poll();
  const base::Instant next = port_.Poll(now);
  port_.MoveOutput(now);
  // A handler may have left work for the stack.
  return more || answered != 0 ? now : next;
}

bool Control::AnswerRequest() {
  if (!SendResponse()) {
    return false;
  }
  protocol::ReceivedMessage message;
  if (!port_.session().Receive(message)) {
    return false;
  }
  if (const auto decoded = protocol::DecodeMessage(message.bytes)) {
    handlers_.set_request(decoded->header.request);
    response_size_ = dispatcher_.Dispatch(message.bytes, response_memory_);
  }
  port_.session().Release();
  SendResponse();
  return true;
}

// False: a response waits, and until it is gone no other request is taken.
bool Control::SendResponse() {
  if (response_size_ == 0) {
    return true;
  }
  base::Status sent =
      port_.SendMessage(protocol::Stream::kRequests, response_memory_.first(response_size_));
  if (sent == base::Status::kInvalidArgument && ReplaceResponse()) {
    sent = port_.SendMessage(protocol::Stream::kRequests, response_memory_.first(response_size_));
  }
  if (sent == base::Status::kUnavailable) {
    return false;
  }
  response_size_ = 0;
  return true;
}

// A response that this host cannot take becomes one that says so. False: it was that already.
bool Control::ReplaceResponse() {
  auto response = protocol::DecodeMessage(response_memory_.first(response_size_));
  if (!response || response->fields.empty()) {
    return false;
  }
  response->header.status = base::Status::kResourceExhausted;
  protocol::EncodeMessageHeader(response->header, response_memory_);
  response_size_ = protocol::kMessageHeaderSize;
  return true;
}

}  // namespace agent
