// Shares the stack's one FrameTap among all who look at frames: capture, link test, ARP probe.
#pragma once

#include "stack/base/intrusive_list.h"
#include "stack/stack.h"

namespace agent {

// Looks at every frame while it is in a FrameTaps. Copies what it wants to keep.
class FrameObserver : public base::ListNode {
 public:
  virtual void OnFrame(const stack::NetIf& netif, stack::Direction direction,
                       const base::Pbuf& frame, base::Instant when) = 0;

 protected:
  ~FrameObserver() = default;
};

// The stack has a tap only while somebody looks, so that nobody else pays for it.
class FrameTaps : private stack::FrameTap {
 public:
  explicit FrameTaps(stack::Stack& stack) : stack_(stack) {}
  ~FrameTaps() { stack_.set_tap(nullptr); }

  void Add(FrameObserver& observer) {
    observers_.PushBack(observer);
    stack_.set_tap(this);
  }
  // An observer that is destroyed leaves the list by itself; the tap then goes with the next frame.
  void Remove(FrameObserver& observer) {
    observer.Unlink();
    if (observers_.empty()) {
      stack_.set_tap(nullptr);
    }
  }

 private:
  void OnFrame(const stack::NetIf& netif, stack::Direction direction, const base::Pbuf& frame,
               base::Instant when) override;

  stack::Stack& stack_;
  base::IntrusiveList<FrameObserver> observers_;
};

// An observer for the life of this object.
class ScopedTap {
 public:
  ScopedTap(FrameTaps& taps, FrameObserver& observer) : taps_(taps), observer_(observer) {
    taps_.Add(observer_);
  }
  ScopedTap(const ScopedTap&) = delete;
  ScopedTap& operator=(const ScopedTap&) = delete;
  ~ScopedTap() { taps_.Remove(observer_); }

 private:
  FrameTaps& taps_;
  FrameObserver& observer_;
};

}  // namespace agent
