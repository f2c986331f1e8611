#pragma once
// As much of ESPHome's helpers.h as the parts under test use.

#include <sys/random.h>
#include <cstddef>
#include <cstdint>

namespace esphome {

inline uint32_t fnv1a_hash_extend(uint32_t hash, uint8_t value) { return (hash ^ value) * 16777619U; }

inline uint32_t fnv1_hash(const char *text) {
  uint32_t hash = 2166136261U;
  for (; *text != '\0'; text++)
    hash = (hash * 16777619U) ^ static_cast<uint8_t>(*text);
  return hash;
}

inline bool random_bytes(uint8_t *data, size_t length) {
  return getrandom(data, length, 0) == static_cast<ssize_t>(length);
}

class CpuFrequencyBoost {};

}  // namespace esphome
