#pragma once

#include "key_copies.h"
#include "p256.h"

namespace esphome::signed_reading {

/// Keeps the key where a power cut cannot take it: in two copies, written one after the other.
class KeyStore {
 public:
  enum class Result : uint8_t { LOADED, HEALED, CREATED, FAILED };

  /// Load the key, mend a copy that is missing or damaged, or make a key where there is none.
  Result setup();

  const KeyRecord &record() const { return this->record_; }

  /// Replace the record; generation and checksum are filled in. False, and nothing has changed,
  /// when no copy could be written.
  bool save(const KeyRecord &record);

  /// Make a random key. False without randomness.
  static bool generate(PrivateKey &key);

 protected:
  bool read_(uint8_t index, KeyRecord &record);

  KeyCopies copies_;
  KeyRecord record_{};
};

}  // namespace esphome::signed_reading
