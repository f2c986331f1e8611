#include "key_store.h"

#include <cstddef>
#include <cstring>

#include "esphome/core/helpers.h"

namespace esphome::signed_reading {

static uint32_t checksum_of(const KeyRecord &record) {
  // A damaged record must not look right: zeros and erased flash do not.
  uint32_t hash = fnv1_hash("signed_reading");
  const auto *bytes = reinterpret_cast<const uint8_t *>(&record);
  for (size_t i = 0; i < offsetof(KeyRecord, checksum); i++)
    hash = fnv1a_hash_extend(hash, bytes[i]);
  return hash;
}

KeyStore::Result KeyStore::setup() {
  if (!this->copies_.setup())
    return Result::FAILED;

  KeyRecord records[KeyCopies::COUNT];
  bool intact[KeyCopies::COUNT];
  const KeyRecord *newest = nullptr;
  for (uint8_t i = 0; i < KeyCopies::COUNT; i++) {
    intact[i] = this->read_(i, records[i]);
    if (intact[i] && (newest == nullptr || records[i].generation > newest->generation))
      newest = &records[i];
  }
  if (newest == nullptr) {
    KeyRecord record{};
    return generate(record.key) && this->save(record) ? Result::CREATED : Result::FAILED;
  }
  this->record_ = *newest;
  Result result = Result::LOADED;
  for (uint8_t i = 0; i < KeyCopies::COUNT; i++) {
    if (intact[i] && records[i].generation == this->record_.generation)
      continue;
    // When this fails, there is still the other copy, and the next boot.
    this->copies_.write(i, this->record_);
    result = Result::HEALED;
  }
  return result;
}

bool KeyStore::save(const KeyRecord &record) {
  KeyRecord next = record;
  next.generation = this->record_.generation + 1;
  next.checksum = checksum_of(next);
  bool written = false;
  for (uint8_t i = 0; i < KeyCopies::COUNT; i++)
    written |= this->copies_.write(i, next);
  if (written)
    this->record_ = next;
  return written;
}

bool KeyStore::generate(PrivateKey &key) {
  do {
    if (!random_bytes(key.data(), key.size()))
      return false;
  } while (!is_private_key(key));
  return true;
}

bool KeyStore::read_(uint8_t index, KeyRecord &record) {
  return this->copies_.read(index, record) && record.checksum == checksum_of(record) && is_private_key(record.key);
}

}  // namespace esphome::signed_reading
