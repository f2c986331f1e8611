#include "p256.h"

#include <algorithm>

namespace esphome::signed_reading {

// The order n of the base point (SEC 2, section 2.4.2), and n / 2 rounded down.
static const uint8_t ORDER[32] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
};
static const uint8_t HALF_ORDER[32] = {
    0x7F, 0xFF, 0xFF, 0xFF, 0x80, 0x00, 0x00, 0x00, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xDE, 0x73, 0x7D, 0x56, 0xD3, 0x8B, 0xCF, 0x42, 0x79, 0xDC, 0xE5, 0x61, 0x7E, 0x31, 0x92, 0xA8,
};

bool is_private_key(const PrivateKey &key) {
  // In constant time: the key is a secret. key - n must borrow, and key must not be zero.
  uint8_t any = 0;
  int borrow = 0;
  for (size_t i = key.size(); i-- > 0;) {
    any |= key[i];
    borrow = (static_cast<int>(key[i]) - ORDER[i] - borrow) < 0 ? 1 : 0;
  }
  return any != 0 && borrow == 1;
}

PublicKey compress(const std::array<uint8_t, 65> &point) {
  PublicKey compressed;
  compressed[0] = 0x02 | (point[64] & 1);
  std::copy_n(point.begin() + 1, 32, compressed.begin() + 1);
  return compressed;
}

void make_low_s(Signature &signature) {
  uint8_t *s = signature.data() + 32;
  // A signature is public: no constant time is needed.
  if (!std::lexicographical_compare(HALF_ORDER, HALF_ORDER + 32, s, s + 32))
    return;
  int borrow = 0;
  for (size_t i = 32; i-- > 0;) {
    const int difference = static_cast<int>(ORDER[i]) - s[i] - borrow;
    s[i] = static_cast<uint8_t>(difference);
    borrow = difference < 0 ? 1 : 0;
  }
}

}  // namespace esphome::signed_reading
