#include "key_copies.h"

#ifdef USE_SIGNED_READING_PREFERENCES

#include "esphome/core/helpers.h"

namespace esphome::signed_reading {

bool KeyCopies::setup() {
  for (uint8_t i = 0; i < COUNT; i++) {
    const uint32_t type = fnv1_hash_extend(fnv1_hash("signed_reading key"), i);
    // In flash: without it, an ESP8266 keeps preferences in memory that forgets them without power.
    this->preferences_[i] = global_preferences->make_preference<KeyRecord>(type, true);
  }
  return true;
}

bool KeyCopies::read(uint8_t index, KeyRecord &record) { return this->preferences_[index].load(&record); }

bool KeyCopies::write(uint8_t index, const KeyRecord &record) {
  return this->preferences_[index].save(&record) && global_preferences->sync();
}

}  // namespace esphome::signed_reading

#endif  // USE_SIGNED_READING_PREFERENCES
