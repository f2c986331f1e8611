#include "nmea.h"

#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "esphome/core/helpers.h"

namespace esphome::gnss_fix {

static const int64_t DEGREE = 10000000;
static const float METRES_PER_DEGREE = 111195.0f;  // on a sphere of 6,371 km

// The fields of a GGA sentence that are read here, counted from its name.
enum Field : uint8_t {
  NAME = 0,
  LATITUDE = 2,
  NORTH_OR_SOUTH = 3,
  LONGITUDE = 4,
  EAST_OR_WEST = 5,
  QUALITY = 6,
  SATELLITES = 7,
  HDOP = 8,
  FIELDS
};

static optional<int64_t> parse_digits(std::string_view text) {
  if (text.empty() || text.size() > 9)
    return {};
  int64_t number = 0;
  for (char digit : text) {
    if (digit < '0' || digit > '9')
      return {};
    number = number * 10 + (digit - '0');
  }
  return number;
}

// Degrees and minutes, "4807.038": the last two digits before the point are minutes.
static optional<int32_t> parse_angle(std::string_view text, size_t degree_digits, std::string_view hemisphere,
                                     const char *hemispheres, int64_t most_degrees) {
  const size_t point = degree_digits + 2;
  if (text.size() < point || hemisphere.size() != 1)
    return {};
  const auto degrees = parse_digits(text.substr(0, degree_digits));
  const auto minutes = parse_digits(text.substr(degree_digits, 2));
  if (!degrees.has_value() || !minutes.has_value() || *minutes >= 60)
    return {};
  int64_t minutes_e7 = *minutes * DEGREE;
  if (text.size() > point) {
    const std::string_view decimals = text.substr(point + 1, 7);
    const auto fraction = parse_digits(decimals);
    if (text[point] != '.' || !fraction.has_value())
      return {};
    int64_t scaled = *fraction;
    for (size_t i = decimals.size(); i < 7; i++)
      scaled *= 10;
    minutes_e7 += scaled;
  }
  const int64_t angle = *degrees * DEGREE + (minutes_e7 + 30) / 60;
  if (angle > most_degrees * DEGREE)
    return {};
  if (hemisphere[0] == hemispheres[0])
    return static_cast<int32_t>(angle);
  if (hemisphere[0] == hemispheres[1])
    return static_cast<int32_t>(-angle);
  return {};
}

static bool is_intact(const std::string &sentence) {
  const size_t star = sentence.find('*');
  if (sentence.empty() || sentence[0] != '$' || star == std::string::npos || sentence.size() != star + 3)
    return false;
  uint8_t sum = 0;
  for (size_t i = 1; i < star; i++)
    sum ^= static_cast<uint8_t>(sentence[i]);
  return parse_hex_char(sentence[star + 1]) == sum >> 4 && parse_hex_char(sentence[star + 2]) == (sum & 15);
}

optional<Fix> parse_gga(const std::string &sentence) {
  if (!is_intact(sentence))
    return {};
  std::string_view fields[FIELDS];
  std::string_view rest = std::string_view(sentence).substr(1);
  for (auto &field : fields) {
    const size_t comma = rest.find(',');
    if (comma == std::string_view::npos)
      return {};
    field = rest.substr(0, comma);
    rest.remove_prefix(comma + 1);
  }
  // "GP" for GPS, "GN" for several constellations, ...
  if (fields[NAME].size() != 5 || fields[NAME].substr(2) != "GGA")
    return {};
  // 1 to 5 are measured; 0 is no fix, 6 an estimate, 7 entered by hand, 8 simulated.
  const auto quality = parse_digits(fields[QUALITY]);
  if (!quality.has_value() || *quality < 1 || *quality > 5)
    return {};
  const auto latitude = parse_angle(fields[LATITUDE], 2, fields[NORTH_OR_SOUTH], "NS", 90);
  const auto longitude = parse_angle(fields[LONGITUDE], 3, fields[EAST_OR_WEST], "EW", 180);
  const auto satellites = parse_digits(fields[SATELLITES]);
  const auto hdop = parse_number<float>(std::string(fields[HDOP]));
  if (!latitude.has_value() || !longitude.has_value() || !satellites.has_value() || *satellites > UINT8_MAX ||
      !hdop.has_value())
    return {};
  return Fix{*latitude, *longitude, static_cast<uint8_t>(*satellites), *hdop};
}

// In 1e-5 degrees, rounded half away from zero.
static int32_t to_published(int32_t angle) { return (angle + (angle < 0 ? -50 : 50)) / 100; }

void format_position(const Fix &fix, char (&buffer)[POSITION_SIZE]) {
  const int32_t latitude = to_published(fix.latitude);
  const int32_t longitude = to_published(fix.longitude);
  const auto sign = [](int32_t angle) { return angle < 0 ? "-" : ""; };
  const auto whole = [](int32_t angle) { return std::abs(angle) / 100000; };
  const auto decimals = [](int32_t angle) { return std::abs(angle) % 100000; };
  snprintf(buffer, sizeof(buffer), "%s%" PRId32 ".%05" PRId32 ",%s%" PRId32 ".%05" PRId32, sign(latitude),
           whole(latitude), decimals(latitude), sign(longitude), whole(longitude), decimals(longitude));
}

float distance_between(const Fix &a, const Fix &b) {
  int64_t east = static_cast<int64_t>(a.longitude) - b.longitude;
  // The short way, also across the line where 180° east is 180° west.
  if (east > 180 * DEGREE)
    east -= 360 * DEGREE;
  if (east < -180 * DEGREE)
    east += 360 * DEGREE;
  const int64_t north = static_cast<int64_t>(a.latitude) - b.latitude;
  const float latitude = static_cast<float>(a.latitude) / DEGREE;
  const float shrink = cosf(latitude * static_cast<float>(M_PI) / 180.0f);
  return METRES_PER_DEGREE * hypotf(static_cast<float>(north) / DEGREE, static_cast<float>(east) / DEGREE * shrink);
}

}  // namespace esphome::gnss_fix
