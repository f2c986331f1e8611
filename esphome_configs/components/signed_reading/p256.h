#pragma once

#include <array>
#include <cstdint>

namespace esphome::signed_reading {

// All numbers are big-endian.

/// A scalar from 1 to n - 1.
using PrivateKey = std::array<uint8_t, 32>;
/// A compressed point (SEC 1, section 2.3.3): 02 or 03, then x.
using PublicKey = std::array<uint8_t, 33>;
/// r, then s (RFC 7518, section 3.4).
using Signature = std::array<uint8_t, 64>;

/// Say whether a private key is from 1 to n - 1, which random bytes nearly always are.
bool is_private_key(const PrivateKey &key);

/// Compress a point that is written as 04, x, y (SEC 1, section 2.3.3).
PublicKey compress(const std::array<uint8_t, 65> &point);

/// Of the two signatures (r, s) and (r, n - s), which are equally valid, choose the one with the
/// low s: else anybody could make a second signature of the same reading.
void make_low_s(Signature &signature);

}  // namespace esphome::signed_reading
