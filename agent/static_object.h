// An object of static storage that is constructed when the program says so and never destroyed:
// without a global constructor and without a destructor at exit.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

namespace agent {

template <typename T>
class StaticObject {
 public:
  // Call once, before get().
  template <typename... Arguments>
  T& Construct(Arguments&&... arguments) {
    return *new (memory_) T(std::forward<Arguments>(arguments)...);
  }
  T& get() { return *std::launder(reinterpret_cast<T*>(memory_)); }

 private:
  alignas(T) std::byte memory_[sizeof(T)] = {};  // zeros: .bss
};

}  // namespace agent
