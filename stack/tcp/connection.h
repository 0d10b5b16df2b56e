// One TCP connection: the state of RFC 9293 3.3 and what is done with it.
//
// The class is one, its code is cut by duty: connection.cc states and ends, calls.cc what sockets
// ask for, handshake.cc, receive.cc the checks of an arriving segment, text.cc its payload,
// acknowledge.cc, recovery.cc losses, send.cc, timers.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "stack/base/executor.h"
#include "stack/base/intrusive_list.h"
#include "stack/base/pbuf.h"
#include "stack/base/result.h"
#include "stack/base/time.h"
#include "stack/base/timer_queue.h"
#include "stack/route.h"
#include "stack/tcp/ack_limiter.h"
#include "stack/tcp/congestion.h"
#include "stack/tcp/info.h"
#include "stack/tcp/options.h"
#include "stack/tcp/reassembly.h"
#include "stack/tcp/receive_queue.h"
#include "stack/tcp/rtt_estimator.h"
#include "stack/tcp/segment.h"
#include "stack/tcp/send_queue.h"
#include "stack/tcp/sequence.h"

namespace stack {

class Stack;
class Tcp;
class TcpListener;

// A connection is in at most one of: a listener's half-open ones, those ready for Accept, the ones
// in TIME-WAIT that Tcp may recycle.
class LifecycleNode : public base::ListNode {};
// In Tcp's list of connections that have something to send at the next Flush.
class FlushNode : public base::ListNode {};

// What a check of RFC 9293 3.10.7.4 decides about a segment; Connection::OnSegment acts.
enum class Verdict : uint8_t {
  kContinue,   // on to the next check
  kDone,       // nothing more to do with it
  kSendAck,    // drop it and tell the sender where we stand
  kChallenge,  // the same, and count it as a suspicious one (RFC 5961)
  kSendReset,  // it belongs to no connection of ours
  kReset,      // the peer ended the connection
};

class Connection : public LifecycleNode, public FlushNode {
 public:
  Connection(Tcp& tcp, const ConnectionId& id, const Route& route, const TcpOptions& options);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Handshake (handshake.cc). `iss` is the initial send sequence number.
  void OpenActive(Sequence iss);
  void OpenPassive(Sequence iss, const Segment& syn, TcpListener& listener);

  // What sockets ask for (calls.cc); the contracts stand in socket.h.
  base::Status connect_status() const;
  base::Result<base::Pbuf> Receive();
  base::Result<size_t> Receive(base::ByteSpan out);
  base::Result<size_t> Send(base::ConstByteSpan data);
  base::Status Send(base::Pbuf&& data);
  size_t send_room() const;
  bool all_acknowledged() const;
  base::Status CloseSend();
  base::Status Close();
  void Abort();
  void OnAccepted();
  TcpInfo info() const;
  base::Signal& changed() { return changed_; }

  // What the stack brings.
  void OnSegment(Segment& segment);
  // ICMP destination unreachable about the segment that begins at `quoted`.
  void OnUnreachable(Sequence quoted, uint8_t code, uint16_t mtu, bool is_hard);
  void Flush() { Output(); }

  const ConnectionId& id() const { return id_; }
  TcpState state() const { return state_; }
  size_t receive_queued() const { return receive_queue_.size(); }
  Sequence receive_next() const { return rcv_.nxt; }
  Sequence send_max() const { return snd_.max; }
  // Nobody needs it any more.
  bool is_done() const { return state_ == TcpState::kClosed && owner_ == Owner::kNobody; }
  // Ends it without a word to the peer.
  void Terminate(base::Status why);
  void SendReset();

 private:
  friend class Demultiplexer;

  enum class Owner : uint8_t { kListener, kSocket, kNobody };
  enum class TimerKind : uint8_t { kRetransmit, kDelayedAck, kIdle };
  static constexpr size_t kTimerKinds = 3;

  // unreachable.cc
  void OnPathMtu(uint16_t mtu);

  // connection.cc
  void EnterState(TcpState state);
  void EnterTimeWait();
  void LeaveListener();
  base::Instant now() const;
  bool can_receive_text() const;
  bool is_sending_fin() const;  // FIN is queued and not acknowledged
  bool is_synchronized() const { return state_ >= TcpState::kEstablished; }
  // Something arrived behind what is missing: text, or a FIN.
  bool has_gap() const { return !reassembly_.empty() || rcv_.has_fin; }
  base::Status end_status() const;
  // Of a segment without text. A probe beyond a closed window may not have been taken.
  Sequence next_number() const { return persisting_ ? snd_.nxt : snd_.max; }

  // calls.cc
  base::Status receive_status() const;
  base::Status send_status() const;
  void QueueFin();

  // handshake.cc
  void TakePeerSyn(const Segment& segment);
  void SendSyn();
  void OnSegmentInSynSent(const Segment& segment);
  Verdict CheckHandshakeAck(const Segment& segment);
  void BecomeEstablished(const Segment& segment);
  void SetPeerMss(uint16_t mss);

  // receive.cc
  using Check = Verdict (Connection::*)(Segment& segment);
  bool TakeFastPath(Segment& segment);
  Verdict RunChecks(Segment& segment);
  void Act(Verdict verdict, const Segment& segment);
  bool IsAcceptable(const Segment& segment) const;
  Verdict CheckSequence(Segment& segment);
  Verdict CheckReset(Segment& segment);
  Verdict CheckSyn(Segment& segment);
  Verdict TrimToWindow(Segment& segment);
  Verdict CheckAck(Segment& segment);
  Verdict TakeText(Segment& segment);
  Verdict CheckFin(Segment& segment);

  // text.cc
  void AcceptInOrder(base::Pbuf&& text, uint32_t size);
  void AcceptOutOfOrder(Segment& segment);
  void AcceptBetweenKept(base::Pbuf&& text, uint32_t size);
  void DeliverKept();
  void OnFin();
  void NoteReceived(uint32_t size);
  uint32_t OfferableWindow() const;
  uint16_t AdvertiseWindow();
  void OfferWindowAfterRead();

  // acknowledge.cc
  void OnNewAck(Sequence ack);
  void OnFinAcknowledged();
  void UpdateSendWindow(const Segment& segment);
  void TakeSendWindow(const Segment& segment);
  bool IsDuplicateAck(const Segment& segment) const;

  // recovery.cc
  void OnDuplicateAck();
  void OnRecoveryAck(uint32_t acked);
  void RetransmitHead();
  void NoteRetransmission();
  void OnRetransmitTimer();
  bool GaveUp() const;
  void GiveUp();

  // send.cc
  struct Transmission {
    uint32_t size = 0;  // of the text
    bool fin = false;
    bool push = false;
    bool empty() const { return size == 0 && !fin; }
  };
  void Output();
  Transmission ChooseNext() const;
  bool MayLeaveNow(const Transmission& next, uint32_t offset) const;
  uint32_t UsableWindow() const;
  bool SendNext(const Transmission& next);
  void NoteSent(uint32_t length);
  base::Status Transmit(Sequence sequence, uint32_t text_size, uint8_t flags);
  base::Status SendEmpty(Sequence sequence, uint8_t flags, uint16_t mss = 0);
  base::Status SendPacket(base::Pbuf&& packet, SegmentHeader header, base::Sum text_sum,
                          size_t text_size);
  void SendAck();

  // timers.cc
  void SetTimer(TimerKind kind, base::Instant deadline);
  void CancelTimer(TimerKind kind) { deadlines_[static_cast<size_t>(kind)] = base::kNever; }
  bool IsArmed(TimerKind kind) const {
    return deadlines_[static_cast<size_t>(kind)] != base::kNever;
  }
  void RestartRetransmitTimer();
  void StartPersistIfStuck();
  void OnTimer(base::Instant now);
  void OnTimerKind(TimerKind kind);
  void OnPersistTimer();
  void SendProbe();
  void RestartIdleTimer();
  void OnIdleTimer();
  void OnKeepAliveTimer();

  // RFC 9293 3.3.1. SND.NXT goes back to SND.UNA after a retransmission timeout; `max` is the
  // highest number sent, what the RFC's checks of an ACK call SND.NXT.
  struct SendSequence {
    Sequence una, nxt, max, iss, wl1, wl2;
    uint32_t wnd = 0;
    uint32_t max_wnd = 0;
    uint16_t mss = 536;  // of segments that we send (RFC 9293 3.7.1: the default)
  };
  struct ReceiveSequence {
    Sequence nxt;
    Sequence edge;   // RCV.NXT + RCV.WND as advertised; never goes back
    Sequence acked;  // the RCV.NXT of the last ACK sent
    Sequence irs;
    Sequence fin;               // number of a FIN that arrived behind a gap, if has_fin
    uint16_t mss = 536;         // as we announced it
    uint16_t segment_size = 0;  // largest text seen: what the peer calls full-sized
    bool has_fin = false;
  };

  TcpState state_ = TcpState::kClosed;
  Owner owner_ = Owner::kNobody;
  bool ack_now_ = false;
  bool persisting_ = false;    // the retransmission timer probes a closed window
  bool fin_received_ = false;  // and acknowledged
  bool timed_ = false;         // a segment is being timed
  bool in_recovery_ = false;
  bool fin_requested_ = false;  // before the handshake was done
  uint8_t duplicate_acks_ = 0;
  base::Status end_status_ = base::Status::kOk;
  base::Status soft_error_ = base::Status::kDeadlineExceeded;  // what to say when giving up
  uint8_t keep_alive_probes_ = 0;

  SendSequence snd_;
  ReceiveSequence rcv_;
  SendQueue send_queue_;
  ReceiveQueue receive_queue_;
  Reassembly reassembly_;
  Congestion congestion_;
  RttEstimator rtt_;
  Sequence timed_end_;  // the ACK that ends the measurement
  Sequence recover_;    // RFC 6582: SND.NXT when the last loss was found
  base::Instant timed_at_;
  base::Instant progress_at_;  // the last ACK of something new, or the first send after idle
  base::Instant last_heard_;
  std::array<base::Instant, kTimerKinds> deadlines_;

  Tcp& tcp_;
  Stack& stack_;
  Connection* next_in_bucket_ = nullptr;
  TcpListener* listener_ = nullptr;
  ConnectionId id_;
  Route route_;
  TcpOptions options_;
  AckLimiter ack_limiter_;
  uint32_t window_limit_ = 0;  // largest window to offer
  uint32_t retransmits_ = 0;
  uint64_t bytes_acked_ = 0;
  uint64_t bytes_received_ = 0;
  base::Signal changed_;
  base::MemberTimer<Connection, &Connection::OnTimer> timer_;
};

}  // namespace stack
