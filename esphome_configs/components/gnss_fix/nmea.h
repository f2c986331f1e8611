#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "esphome/core/optional.h"

namespace esphome::gnss_fix {

/// One position, as a receiver reports it in one sentence.
struct Fix {
  int32_t latitude;   ///< in 1e-7 degrees (WGS 84), north is positive
  int32_t longitude;  ///< in 1e-7 degrees (WGS 84), east is positive
  uint8_t satellites;
  float hdop;  ///< horizontal dilution of precision: 1 is best
};

/// Space for the text of a position: "-89.12345,-179.12345".
static const size_t POSITION_SIZE = 24;

/// Reads a GGA sentence (NMEA 0183), from `$` to the two digits of its checksum.
///
/// Whole numbers throughout: a float knows a longitude to a metre only.
/// Nothing for any other sentence, for one that was garbled, and for a position that
/// was not measured now, but estimated, entered by hand or simulated.
optional<Fix> parse_gga(const std::string &sentence);

/// Writes "latitude,longitude" in degrees with five decimals, which is about a metre.
void format_position(const Fix &fix, char (&buffer)[POSITION_SIZE]);

/// The distance between two positions in metres; for near ones, since the earth is round.
float distance_between(const Fix &a, const Fix &b);

}  // namespace esphome::gnss_fix
