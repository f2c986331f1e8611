#pragma once

#include <cstdint>

#include "esphome/core/defines.h"
#include "p256.h"

#if !defined(USE_HOST) && !defined(USE_SIGNED_READING_SECTORS)
#define USE_SIGNED_READING_PREFERENCES
#include "esphome/core/preferences.h"
#endif

namespace esphome::signed_reading {

/// The key as it is in flash, and what is needed to send a rotation again that nobody has
/// acknowledged. All zeros after `key` when there is none.
struct KeyRecord {
  /// One more with each change: of two copies that differ, the higher one is newer.
  uint32_t generation;
  PrivateKey key;
  PrivateKey previous_key;
  uint32_t rotation_epoch;
  uint32_t rotation_seq;
  uint32_t rotation_iat;
  uint32_t rotation_uptime;
  /// Of all that is above.
  uint32_t checksum;
};

/// The two places where the key is. Each backend is a file.
///
/// - key_copies_sectors.cpp, on an ESP8266 with 4 MB of flash or more: two sectors that nothing
///   else writes to. A power cut can damage one of them at most, and only while the key changes.
/// - key_copies_preferences.cpp, on an ESP32, whose preferences survive a power cut, and on a small
///   ESP8266, whose preferences are all in one sector, erased whenever ESPHome saves anything.
/// - key_copies_files.cpp, on the host, where ESPHome rewrites all its preferences in place.
class KeyCopies {
 public:
  static constexpr uint8_t COUNT = 2;

  /// Prepare. False when this device has no place for the copies.
  bool setup();
  bool read(uint8_t index, KeyRecord &record);
  /// Write through to the storage. False when that failed.
  bool write(uint8_t index, const KeyRecord &record);

#ifdef USE_SIGNED_READING_PREFERENCES
 protected:
  ESPPreferenceObject preferences_[COUNT];
#endif
};

}  // namespace esphome::signed_reading
