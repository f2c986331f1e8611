#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "p256.h"

namespace esphome::signed_reading {

/// Append a string as JSON, with exactly the escapes of RFC 8785, section 3.2.2.2. What is not
/// UTF-8 becomes U+FFFD, as Python's errors="replace" makes it.
void append_json_string(std::string &json, std::string_view text);

/// Count the characters (code points) that append_json_string makes of a text.
size_t count_characters(std::string_view text);

/// Append bytes as base64url without padding (RFC 4648, section 5, RFC 7515, appendix C).
void append_base64url(std::string &text, const uint8_t *data, size_t length);

/// Write a public key as a did:key: multicodec p256-pub (0x1200), base58btc, "did:key:zDnae...".
std::string did_key(const PublicKey &public_key);

/// Write bytes in lower-case hexadecimal.
std::string hexadecimal(const uint8_t *data, size_t length);

}  // namespace esphome::signed_reading
