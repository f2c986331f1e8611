#pragma once
// Where a file system would start in the ESP8266's address space; the test sets it.
extern "C++" {

#include <cstdint>
inline uint32_t FS_start = 0x405FB000;
}
