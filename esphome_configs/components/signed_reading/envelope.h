#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "p256.h"

// The device envelope: a compact JWS (RFC 7515, section 7.1) over RFC 8785 JSON. docs/formats.md.

namespace esphome::signed_reading {

/// Longest value of a reading, in characters: the longest state in Home Assistant.
static constexpr size_t LONGEST_VALUE = 255;
/// Longest payload in bytes, for an envelope of 2,048 characters.
static constexpr size_t LONGEST_PAYLOAD = 1455;

/// Who says something, and when: in every payload.
struct Stamp {
  std::string_view iss;
  uint32_t epoch;
  uint32_t seq;
  /// UNIX seconds, or 0 when the device knows no time.
  uint32_t iat;
  /// Seconds since boot.
  uint32_t uptime;
};

/// One state of an entity.
struct Reading {
  std::string_view sensor;
  /// May be empty: then there is none.
  std::string_view unit;
  std::string_view value;
};

/// What runs on the device.
struct Boot {
  std::string_view config;
  std::string_view esphome;
  std::string_view firmware;
  std::string_view model;
  std::string_view name;
};

std::string reading_payload(const Stamp &stamp, const Reading &reading);
std::string boot_payload(const Stamp &stamp, const Boot &boot);
/// `next` is the did:key that signs from now on.
std::string rotation_payload(const Stamp &stamp, std::string_view next);

/// The did:key that a payload of this device names.
std::string_view issuer_of(std::string_view payload);

/// What is signed: the header {"alg":"ES256"} and the payload, both in base64url.
std::string signing_input(std::string_view payload);
/// The compact JWS, from what was signed and the signature.
std::string compact_jws(std::string signing_input, const Signature &signature);

}  // namespace esphome::signed_reading
