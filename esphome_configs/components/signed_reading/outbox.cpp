#include "outbox.h"

#include <cstring>

#include "envelope.h"

namespace esphome::signed_reading {

bool Outbox::setup(size_t capacity) {
  // Not new: without memory it ends the program.
  this->memory_.reset(static_cast<uint8_t *>(std::malloc(capacity)));
  this->capacity_ = capacity;
  return this->memory_ != nullptr;
}

size_t Outbox::push(uint32_t epoch, uint32_t seq, std::string_view payload, Keep keep) {
  const Header header{epoch, seq, static_cast<uint16_t>(payload.size()), State::WAITING, keep};
  size_t dropped = 0;
  for (; this->used_ + header.size() > this->capacity_; dropped++) {
    const size_t offset = this->find_droppable_();
    if (offset == this->used_)
      return dropped + 1;
    this->erase_(offset);
  }
  uint8_t *entry = this->memory_.get() + this->used_;
  std::memcpy(entry, &header, sizeof(Header));
  std::memcpy(entry + sizeof(Header) + sizeof(Signature), payload.data(), payload.size());
  this->used_ += header.size();
  return dropped;
}

bool Outbox::oldest(State state, Item &item) const {
  for (size_t offset = 0; offset < this->used_;) {
    const Header header = this->header_at_(offset);
    if (header.state == state) {
      item.epoch = header.epoch;
      item.seq = header.seq;
      std::memcpy(item.signature.data(), this->memory_.get() + offset + sizeof(Header), sizeof(Signature));
      item.payload = this->payload_at_(offset);
      return true;
    }
    offset += header.size();
  }
  return false;
}

void Outbox::set_signed(uint32_t epoch, uint32_t seq, const Signature &signature) {
  const size_t offset = this->find_(epoch, seq);
  if (offset == this->used_)
    return;
  std::memcpy(this->memory_.get() + offset + sizeof(Header), signature.data(), signature.size());
  this->set_state_(offset, State::SIGNED);
}

void Outbox::set_sent(uint32_t epoch, uint32_t seq) {
  const size_t offset = this->find_(epoch, seq);
  if (offset != this->used_)
    this->set_state_(offset, State::SENT);
}

bool Outbox::acknowledge(const Numbers &numbers) {
  bool was_kept = false;
  for (size_t offset = 0; offset < this->used_;) {
    const Header header = this->header_at_(offset);
    if (this->is_sent_(offset, numbers)) {
      was_kept |= header.keep == Keep::UNTIL_ACKNOWLEDGED;
      this->erase_(offset);
    } else {
      offset += header.size();
    }
  }
  return was_kept;
}

void Outbox::resend(const Numbers &numbers) {
  for (size_t offset = 0; offset < this->used_; offset += this->header_at_(offset).size()) {
    if (this->is_sent_(offset, numbers))
      this->set_state_(offset, State::SIGNED);
  }
}

void Outbox::resend_all() {
  for (size_t offset = 0; offset < this->used_;) {
    const Header header = this->header_at_(offset);
    if (header.state == State::SENT)
      this->set_state_(offset, State::SIGNED);
    offset += header.size();
  }
}

void Outbox::remove(uint32_t epoch, uint32_t seq) {
  const size_t offset = this->find_(epoch, seq);
  if (offset != this->used_)
    this->erase_(offset);
}

uint32_t Outbox::count(State state) const {
  uint32_t count = 0;
  for (size_t offset = 0; offset < this->used_;) {
    const Header header = this->header_at_(offset);
    count += header.state == state;
    offset += header.size();
  }
  return count;
}

Outbox::Header Outbox::header_at_(size_t offset) const {
  // Entries are not aligned: a header is copied out.
  Header header;
  std::memcpy(&header, this->memory_.get() + offset, sizeof(Header));
  return header;
}

std::string_view Outbox::payload_at_(size_t offset) const {
  const uint8_t *payload = this->memory_.get() + offset + sizeof(Header) + sizeof(Signature);
  return {reinterpret_cast<const char *>(payload), this->header_at_(offset).payload_length};
}

bool Outbox::is_sent_(size_t offset, const Numbers &numbers) const {
  const Header header = this->header_at_(offset);
  return header.state == State::SENT && header.epoch == numbers.epoch && header.seq >= numbers.first &&
         header.seq <= numbers.last && issuer_of(this->payload_at_(offset)) == numbers.did;
}

void Outbox::set_state_(size_t offset, State state) {
  Header header = this->header_at_(offset);
  header.state = state;
  std::memcpy(this->memory_.get() + offset, &header, sizeof(Header));
}

void Outbox::erase_(size_t offset) {
  const size_t size = this->header_at_(offset).size();
  uint8_t *entry = this->memory_.get() + offset;
  std::memmove(entry, entry + size, this->used_ - offset - size);
  this->used_ -= size;
}

size_t Outbox::find_droppable_() const {
  size_t offset = 0;
  while (offset < this->used_) {
    const Header header = this->header_at_(offset);
    if (header.keep == Keep::WHILE_THERE_IS_ROOM)
      break;
    offset += header.size();
  }
  return offset;
}

size_t Outbox::find_(uint32_t epoch, uint32_t seq) const {
  size_t offset = 0;
  while (offset < this->used_) {
    const Header header = this->header_at_(offset);
    if (header.epoch == epoch && header.seq == seq)
      break;
    offset += header.size();
  }
  return offset;
}

}  // namespace esphome::signed_reading
