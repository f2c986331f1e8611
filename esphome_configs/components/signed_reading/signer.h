#pragma once

#include <cstddef>
#include <cstdint>

#include "p256.h"

// ECDSA over P-256 with SHA-256, deterministic (RFC 6979), by the library that the platform
// brings anyway. Each backend is a file: signer_bearssl.cpp, signer_mbedtls.cpp.

namespace esphome::signed_reading {

/// Say whether there is memory for a signature at the moment. Without it, nothing below succeeds.
bool can_sign();

/// Compute the public key. False when that failed.
bool derive_public_key(const PrivateKey &key, PublicKey &public_key);

/// Sign a message, with the low s. False when that failed.
bool sign(const PrivateKey &key, const uint8_t *message, size_t length, Signature &signature);

}  // namespace esphome::signed_reading
