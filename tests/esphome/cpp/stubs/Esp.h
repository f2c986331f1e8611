#pragma once
// The ESP8266's memory and flash chip, of sizes that the test sets.
#include <cstdint>

inline struct Chip {
  uint32_t free_block = 20000;
  uint32_t flash_size = 0x400000;
  uint32_t getMaxFreeBlockSize() const { return this->free_block; }
  uint32_t getFlashChipRealSize() const { return this->flash_size; }
} ESP;
