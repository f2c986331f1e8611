#include "sequence.h"

#include "esphome/core/helpers.h"

namespace esphome::signed_reading {

// With a reading each minute, flash is written six times a day.
static constexpr uint32_t BLOCK = 256;
// The API's integers end here.
static constexpr uint32_t LARGEST = INT32_MAX;

bool Sequence::setup(bool new_key) {
  this->preference_ = global_preferences->make_preference<Record>(fnv1_hash("signed_reading sequence"), true);
  Record record;
  if (new_key || !this->preference_.load(&record) || record.limit == 0 || record.limit > LARGEST - BLOCK)
    return this->begin_epoch();
  this->record_ = record;
  this->next_ = record.limit;
  return true;
}

bool Sequence::begin_epoch() {
  Record record;
  if (!random_bytes(reinterpret_cast<uint8_t *>(&record.epoch), sizeof(record.epoch)))
    return false;
  record.epoch &= INT32_MAX;
  record.limit = 1;
  if (!this->save_(record))
    return false;
  this->next_ = record.limit;
  return true;
}

bool Sequence::next(uint32_t &seq) {
  if (this->next_ == this->record_.limit) {
    if (this->record_.limit > LARGEST - BLOCK && !this->begin_epoch())
      return false;
    if (!this->save_({this->record_.epoch, this->record_.limit + BLOCK}))
      return false;
  }
  seq = this->next_++;
  return true;
}

bool Sequence::save_(const Record &record) {
  if (!this->preference_.save(&record) || !global_preferences->sync())
    return false;
  this->record_ = record;
  return true;
}

}  // namespace esphome::signed_reading
