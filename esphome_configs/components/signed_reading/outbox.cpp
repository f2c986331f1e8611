#include "outbox.h"

#include <cstring>

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
      const uint8_t *entry = this->memory_.get() + offset;
      item.epoch = header.epoch;
      item.seq = header.seq;
      std::memcpy(item.signature.data(), entry + sizeof(Header), sizeof(Signature));
      item.payload = {reinterpret_cast<const char *>(entry + sizeof(Header) + sizeof(Signature)),
                      header.payload_length};
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

bool Outbox::acknowledge(uint32_t epoch, uint32_t first, uint32_t last) {
  bool was_kept = false;
  for (size_t offset = 0; offset < this->used_;) {
    const Header header = this->header_at_(offset);
    if (header.state == State::SENT && header.epoch == epoch && header.seq >= first && header.seq <= last) {
      was_kept |= header.keep == Keep::UNTIL_ACKNOWLEDGED;
      this->erase_(offset);
    } else {
      offset += header.size();
    }
  }
  return was_kept;
}

void Outbox::resend(uint32_t epoch, uint32_t first, uint32_t last) {
  for (size_t offset = 0; offset < this->used_;) {
    const Header header = this->header_at_(offset);
    if (header.state == State::SENT && header.epoch == epoch && header.seq >= first && header.seq <= last)
      this->set_state_(offset, State::SIGNED);
    offset += header.size();
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
