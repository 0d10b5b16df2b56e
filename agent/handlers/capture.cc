#include "agent/handlers/handlers.h"

namespace agent {
namespace {

// Ends the capture, however the job ends.
class ScopedCapture {
 public:
  explicit ScopedCapture(CaptureRing& ring) : ring_(ring) {}
  ScopedCapture(const ScopedCapture&) = delete;
  ScopedCapture& operator=(const ScopedCapture&) = delete;
  ~ScopedCapture() { ring_.Stop(); }

 private:
  CaptureRing& ring_;
};

stack::Task<base::Status> RunCapture(stack::TaskContext&, Job& job,
                                     protocol::CaptureRequest request) {
  CaptureRing& ring = job.core().capture;
  const base::Status started =
      ring.Start(job.core().interfaces[request.interface].netif, request.snaplen);
  if (started != base::Status::kOk) {
    co_return started;
  }
  const ScopedCapture stop_at_the_end(ring);
  protocol::CapturedFrameInfo frame;
  base::Status status = base::Status::kOk;
  while (status == base::Status::kOk) {
    status = co_await stack::Until(ring.changed(), base::kNever, [&] {
      return ring.Pop(frame) ? base::Status::kOk : base::Status::kUnavailable;
    });
    if (status == base::Status::kOk) {
      status = co_await SendEvent<protocol::FrameCaptured>(job, frame);
      if (status == base::Status::kCancelled) {
        ring.CountLost(1);
      }
    }
  }
  // What was captured before the end goes out as far as the session takes it at once.
  ring.Pause();
  while (ring.Pop(frame)) {
    if (job.TrySend<protocol::FrameCaptured>(frame) != base::Status::kOk) {
      ring.CountLost(1);
    }
  }
  job.SendLast<protocol::CaptureEnd>(ring.totals());
  co_return status;
}

}  // namespace

base::Result<protocol::Empty> Handlers::Handle(protocol::CaptureFrames,
                                               const protocol::CaptureRequest& request) {
  if (core_.FindInterface(request.interface) == nullptr ||
      !CaptureRing::IsSnaplen(request.snaplen)) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  if (core_.capture.running()) {
    return std::unexpected(base::Status::kBusy);
  }
  return StartJob<protocol::CaptureFrames>(&RunCapture, request);
}

}  // namespace agent
