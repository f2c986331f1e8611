#pragma once

#include <cstdint>

#include "esphome/core/preferences.h"

namespace esphome::signed_reading {

/// Numbers that are never used twice, and the epoch in which that is so.
///
/// They are reserved in blocks, in flash, before the first of a block is used: a reboot skips
/// numbers, and flash is written once for many of them.
class Sequence {
 public:
  /// Load what was reserved. With a `new_key`, or when the record is lost, a new epoch begins.
  /// False when nothing can be stored.
  bool setup(bool new_key);

  /// Begin another epoch, for another key.
  bool begin_epoch();

  uint32_t epoch() const { return this->record_.epoch; }

  /// Take the next number. False when it could not be reserved: then none may be used.
  bool next(uint32_t &seq);

 protected:
  struct Record {
    uint32_t epoch;
    /// The first number that is not reserved.
    uint32_t limit;
  };

  bool save_(const Record &record);

  ESPPreferenceObject preference_;
  Record record_{};
  uint32_t next_{0};
};

}  // namespace esphome::signed_reading
