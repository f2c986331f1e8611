#pragma once
// The ESP8266's second stack. Here it only counts who has it: calling without it is an error.
#include <cstdint>
#include <cstdlib>

inline uint32_t stack_thunk_references = 0;
inline void stack_thunk_add_ref() { stack_thunk_references++; }
inline void stack_thunk_del_ref() { stack_thunk_references--; }
inline uint32_t stack_thunk_get_refcnt() { return stack_thunk_references; }

#define make_stack_thunk(function)      \
  size_t thunk_##function(Work *work) { \
    if (stack_thunk_references != 1)    \
      abort();                          \
    return function(work);              \
  }                                     \
  static_assert(true)
