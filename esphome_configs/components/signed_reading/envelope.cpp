#include "envelope.h"

#include "text.h"

namespace esphome::signed_reading {

// {"alg":"ES256"} in base64url: always these bytes.
static const char HEADER[] = "eyJhbGciOiJFUzI1NiJ9";

/// Writes one object. Its members must be added in the order of their names (RFC 8785, section
/// 3.2.3).
class Object {
 public:
  Object &add(const char *name, std::string_view value) {
    this->begin_(name);
    append_json_string(this->json_, value);
    return *this;
  }
  Object &add(const char *name, uint32_t value) {
    this->begin_(name);
    this->json_ += std::to_string(value);
    return *this;
  }
  std::string end() { return std::move(this->json_) + '}'; }

 protected:
  void begin_(const char *name) {
    this->json_ += this->json_.empty() ? '{' : ',';
    append_json_string(this->json_, name);
    this->json_ += ':';
  }

  std::string json_;
};

std::string reading_payload(const Stamp &stamp, const Reading &reading) {
  Object object;
  object.add("epoch", stamp.epoch)
      .add("iat", stamp.iat)
      .add("iss", stamp.iss)
      .add("sensor", reading.sensor)
      .add("seq", stamp.seq);
  if (!reading.unit.empty())
    object.add("unit", reading.unit);
  return object.add("uptime", stamp.uptime).add("value", reading.value).end();
}

std::string boot_payload(const Stamp &stamp, const Boot &boot) {
  return Object()
      .add("config", boot.config)
      .add("epoch", stamp.epoch)
      .add("esphome", boot.esphome)
      .add("firmware", boot.firmware)
      .add("iat", stamp.iat)
      .add("iss", stamp.iss)
      .add("model", boot.model)
      .add("name", boot.name)
      .add("seq", stamp.seq)
      .add("uptime", stamp.uptime)
      .end();
}

std::string rotation_payload(const Stamp &stamp, std::string_view next) {
  return Object()
      .add("epoch", stamp.epoch)
      .add("iat", stamp.iat)
      .add("iss", stamp.iss)
      .add("next", next)
      .add("seq", stamp.seq)
      .add("uptime", stamp.uptime)
      .end();
}

std::string_view issuer_of(std::string_view payload) {
  // In no text before it: there, the quotes would be escaped.
  static constexpr std::string_view MEMBER = "\"iss\":\"";
  const size_t member = payload.find(MEMBER);
  if (member == std::string_view::npos)
    return {};
  payload.remove_prefix(member + MEMBER.size());
  return payload.substr(0, payload.find('"'));
}

std::string signing_input(std::string_view payload) {
  std::string input;
  // For the signature, too: it is appended in place.
  input.reserve(sizeof(HEADER) + (payload.size() * 4 + 2) / 3 + 88);
  input += HEADER;
  input += '.';
  append_base64url(input, reinterpret_cast<const uint8_t *>(payload.data()), payload.size());
  return input;
}

std::string compact_jws(std::string signing_input, const Signature &signature) {
  signing_input += '.';
  append_base64url(signing_input, signature.data(), signature.size());
  return signing_input;
}

}  // namespace esphome::signed_reading
