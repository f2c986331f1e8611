#pragma once

#include <cstdint>

#include "esphome/core/defines.h"
#include "p256.h"

#ifndef USE_SIGNED_READING_SECTORS
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

/// The two places in flash where the key is.
///
/// On an ESP8266 with 4 MB of flash or more (USE_SIGNED_READING_SECTORS), they are two sectors
/// that nothing else writes to: a power cut can damage one of them at most, and only while the
/// key changes. Elsewhere they are preferences. Those of an ESP32 survive a power cut. Those of a
/// small ESP8266 are all in one sector, which ESPHome erases whenever it saves anything.
class KeyCopies {
 public:
  static constexpr uint8_t COUNT = 2;

  /// Prepare. False when this device has no place for the copies.
  bool setup();
  bool read(uint8_t index, KeyRecord &record);
  /// Write through to flash. False when that failed.
  bool write(uint8_t index, const KeyRecord &record);

#ifndef USE_SIGNED_READING_SECTORS
 protected:
  ESPPreferenceObject preferences_[COUNT];
#endif
};

}  // namespace esphome::signed_reading
