// Doubly linked list whose links live in the elements: no memory of its own, O(1) insert and
// remove.
#pragma once

namespace base {

// Base class of an element of IntrusiveList<T>. Leaves its list when destroyed. Not copyable.
class ListNode {
 public:
  ListNode() = default;
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;
  ~ListNode() { Unlink(); }

  bool is_linked() const { return next_ != nullptr; }

  // Leaves the list; does nothing when in none.
  void Unlink() {
    if (!is_linked()) {
      return;
    }
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = nullptr;
    previous_ = nullptr;
  }

 private:
  template <typename T>
  friend class IntrusiveList;

  void LinkBefore(ListNode& position) {
    next_ = &position;
    previous_ = position.previous_;
    previous_->next_ = this;
    position.previous_ = this;
  }

  ListNode* next_ = nullptr;
  ListNode* previous_ = nullptr;
};

// T derives from ListNode. The list does not own its elements.
template <typename T>
class IntrusiveList {
 public:
  IntrusiveList() {
    head_.next_ = &head_;
    head_.previous_ = &head_;
  }
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;
  ~IntrusiveList() {
    while (!empty()) {
      head_.next_->Unlink();
    }
    head_.next_ = nullptr;  // so that the destructor of head_ sees an unlinked node
  }

  bool empty() const { return head_.next_ == &head_; }
  T& front() { return static_cast<T&>(*head_.next_); }
  void PushBack(T& node) { Link(node, head_); }
  void PushFront(T& node) { Link(node, *head_.next_); }
  void InsertBefore(T& node, T& position) { Link(node, position); }
  // The element behind `node`, nullptr at the end.
  T* Next(T& node) {
    ListNode* next = static_cast<ListNode&>(node).next_;
    return next == &head_ ? nullptr : static_cast<T*>(next);
  }
  T* first() { return empty() ? nullptr : &front(); }
  T* PopFront() {
    if (empty()) {
      return nullptr;
    }
    T& node = front();
    static_cast<ListNode&>(node).Unlink();
    return &node;
  }

 private:
  static void Link(ListNode& node, ListNode& position) {
    node.Unlink();
    node.LinkBefore(position);
  }

  ListNode head_;
};

}  // namespace base
