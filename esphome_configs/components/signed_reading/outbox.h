#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "p256.h"

namespace esphome::signed_reading {

/// Keeps what was said until somebody acknowledges it: first unsigned, then signed, then sent.
///
/// All is in one block of memory that is taken once. When a new payload finds no room, the oldest
/// ones make way, in whatever state they are, but for those that must be kept: their sequence
/// numbers are then missing at the receiver, and the loss can be seen.
class Outbox {
 public:
  enum class State : uint8_t { WAITING, SIGNED, SENT };
  enum class Keep : uint8_t { WHILE_THERE_IS_ROOM, UNTIL_ACKNOWLEDGED };

  /// What identifies an envelope of this device, and what it says.
  struct Item {
    uint32_t epoch;
    uint32_t seq;
    std::string_view payload;
    Signature signature;
  };

  /// Numbers of one epoch of a key, from `first` to `last`.
  struct Numbers {
    std::string_view did;
    uint32_t epoch;
    uint32_t first;
    uint32_t last;
  };

  /// Take the memory. False when there is not enough.
  bool setup(size_t capacity);

  /// Keep a payload of at most LONGEST_PAYLOAD bytes. Returns how many were dropped for it, itself
  /// among them where those that must be kept leave no room.
  size_t push(uint32_t epoch, uint32_t seq, std::string_view payload, Keep keep = Keep::WHILE_THERE_IS_ROOM);

  /// Find the oldest one in a state. What `item.payload` points to is valid until the next change.
  bool oldest(State state, Item &item) const;

  void set_signed(uint32_t epoch, uint32_t seq, const Signature &signature);
  void set_sent(uint32_t epoch, uint32_t seq);

  /// Forget those of these numbers that were sent. Returns whether one that had to be kept until now
  /// was among them.
  bool acknowledge(const Numbers &numbers);
  /// Have those of these numbers that were sent, sent again.
  void resend(const Numbers &numbers);
  /// Have all that were sent, sent again.
  void resend_all();
  /// Forget one, in whatever state it is.
  void remove(uint32_t epoch, uint32_t seq);

  /// How many there are in a state.
  uint32_t count(State state) const;

 protected:
  struct Header {
    uint32_t epoch;
    uint32_t seq;
    uint16_t payload_length;
    State state;
    Keep keep;

    size_t size() const { return sizeof(Header) + sizeof(Signature) + this->payload_length; }
  };

  // An entry is a header, a signature and a payload, one after the other without gaps.
  Header header_at_(size_t offset) const;
  std::string_view payload_at_(size_t offset) const;
  bool is_sent_(size_t offset, const Numbers &numbers) const;
  void set_state_(size_t offset, State state);
  void erase_(size_t offset);
  /// The offset of the oldest entry that may make way, or used_ when there is none.
  size_t find_droppable_() const;
  /// The offset of an entry, or used_ when there is none.
  size_t find_(uint32_t epoch, uint32_t seq) const;

  struct Free {
    void operator()(uint8_t *memory) const { std::free(memory); }
  };

  std::unique_ptr<uint8_t[], Free> memory_;
  size_t capacity_{0};
  size_t used_{0};
};

}  // namespace esphome::signed_reading
