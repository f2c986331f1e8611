#include "text.h"

#include <algorithm>
#include <iterator>

namespace esphome::signed_reading {

static const char HEX_DIGITS[] = "0123456789abcdef";

/// The length of the UTF-8 sequence that a text begins with (Unicode, table 3-7), and whether it
/// is valid. An invalid one is as long as its longest beginning that could have become valid.
static size_t utf8_length(std::string_view text, bool &valid) {
  const auto byte = [&text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  valid = first < 0x80;
  if (valid)
    return 1;
  // The second byte's range keeps out overlong forms, surrogates and what is above U+10FFFF.
  uint8_t low = 0x80, high = 0xBF;
  size_t length;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    if (first == 0xE0)
      low = 0xA0;
    if (first == 0xED)
      high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    if (first == 0xF0)
      low = 0x90;
    if (first == 0xF4)
      high = 0x8F;
  } else {
    return 1;
  }
  for (size_t i = 1; i < length; i++) {
    if (i >= text.size() || byte(i) < low || byte(i) > high)
      return i;
    low = 0x80;
    high = 0xBF;
  }
  valid = true;
  return length;
}

static void append_escaped(std::string &json, char character) {
  static const char ESCAPED[] = "\"\\\b\t\n\f\r";
  static const char NAMES[] = "\"\\btnfr";
  const char *found = std::find(ESCAPED, std::end(ESCAPED) - 1, character);
  if (found != std::end(ESCAPED) - 1) {
    json += '\\';
    json += NAMES[found - ESCAPED];
  } else if (static_cast<uint8_t>(character) < 0x20) {
    json += "\\u00";
    json += HEX_DIGITS[character >> 4];
    json += HEX_DIGITS[character & 0x0F];
  } else {
    json += character;
  }
}

void append_json_string(std::string &json, std::string_view text) {
  json += '"';
  while (!text.empty()) {
    bool valid;
    const size_t length = utf8_length(text, valid);
    if (!valid) {
      json += "\xEF\xBF\xBD";
    } else if (length == 1) {
      append_escaped(json, text.front());
    } else {
      json += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  json += '"';
}

size_t count_characters(std::string_view text) {
  size_t characters = 0;
  for (bool valid; !text.empty(); characters++)
    text.remove_prefix(utf8_length(text, valid));
  return characters;
}

void append_base64url(std::string &text, const uint8_t *data, size_t length) {
  static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  uint32_t bits = 0;
  int count = 0;
  for (size_t i = 0; i < length; i++) {
    bits = (bits << 8) | data[i];
    count += 8;
    for (; count >= 6; count -= 6)
      text += ALPHABET[(bits >> (count - 6)) & 0x3F];
  }
  if (count > 0)
    text += ALPHABET[(bits << (6 - count)) & 0x3F];
}

std::string did_key(const PublicKey &public_key) {
  static const char ALPHABET[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  // The multicodec 0x1200 as a varint, then the key. It never begins with zeros.
  uint8_t number[2 + 33] = {0x80, 0x24};
  std::copy(public_key.begin(), public_key.end(), number + 2);
  std::string digits;
  for (size_t start = 0; start < sizeof(number);) {
    uint32_t remainder = 0;
    for (size_t i = start; i < sizeof(number); i++) {
      remainder = (remainder << 8) | number[i];
      number[i] = static_cast<uint8_t>(remainder / 58);
      remainder %= 58;
    }
    digits += ALPHABET[remainder];
    while (start < sizeof(number) && number[start] == 0)
      start++;
  }
  return "did:key:z" + std::string(digits.rbegin(), digits.rend());
}

std::string hexadecimal(const uint8_t *data, size_t length) {
  std::string text;
  text.reserve(2 * length);
  for (size_t i = 0; i < length; i++) {
    text += HEX_DIGITS[data[i] >> 4];
    text += HEX_DIGITS[data[i] & 0x0F];
  }
  return text;
}

}  // namespace esphome::signed_reading
