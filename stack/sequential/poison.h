// Under AddressSanitizer, memory that nobody owns is marked, so that a use of it is reported.
// Otherwise these do nothing.
#pragma once

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STACK_SEQUENTIAL_POISON 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define STACK_SEQUENTIAL_POISON 1
#endif

#ifdef STACK_SEQUENTIAL_POISON
#include <sanitizer/asan_interface.h>
#endif

namespace stack::internal {

#ifdef STACK_SEQUENTIAL_POISON
inline void Poison(void* memory, size_t size) { __asan_poison_memory_region(memory, size); }
inline void Unpoison(void* memory, size_t size) { __asan_unpoison_memory_region(memory, size); }
#else
inline void Poison(void*, size_t) {}
inline void Unpoison(void*, size_t) {}
#endif

}  // namespace stack::internal
