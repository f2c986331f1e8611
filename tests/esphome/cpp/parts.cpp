// Runs the signer, the text functions and the outbox of signed_reading for a test: one command a line, whose
// arguments and answer are hexadecimal. What failed answers "failed".

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "envelope.h"
#include "outbox.h"
#include "p256.h"
#include "signer.h"
#include "text.h"
#ifdef USE_ESP8266
#include <Esp.h>
#endif
#ifdef USE_ESP32
#include <psa/crypto.h>
#endif

using namespace esphome::signed_reading;

using Bytes = std::string;

static Bytes unhex(const std::string &text) {
  Bytes bytes;
  for (size_t i = 1; i + 1 < text.size(); i += 2)  // after the "x", which makes empty ones visible
    bytes += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  return bytes;
}

template <typename T>
static T array(const Bytes &bytes) {
  T array{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), array.size()), array.begin());
  return array;
}

template <typename T>
static Bytes bytes_of(const T &array) {
  return Bytes(array.begin(), array.end());
}

static bool sign_bytes(const Bytes &key, const Bytes &message, Signature &signature) {
  return sign(array<PrivateKey>(key), reinterpret_cast<const uint8_t *>(message.data()), message.size(), signature);
}

using Arguments = std::vector<Bytes>;

static uint32_t number(const Bytes &text) { return static_cast<uint32_t>(std::stoul(text)); }

static Stamp stamp_of(const Arguments &a) { return {a[0], number(a[1]), number(a[2]), number(a[3]), number(a[4])}; }

static Outbox outbox;

/// The oldest in a state: "epoch seq payload signature", or nothing.
static bool oldest(Outbox::State state, Bytes &answer) {
  Outbox::Item item;
  if (outbox.oldest(state, item)) {
    answer = std::to_string(item.epoch) + " " + std::to_string(item.seq) + " " + std::string(item.payload);
    if (state != Outbox::State::WAITING)
      answer += " " + bytes_of(item.signature);
  }
  return true;
}

static const std::map<std::string, std::function<bool(const Arguments &, Bytes &)>> COMMANDS = {
    {"sign",
     [](const Arguments &a, Bytes &answer) {
       Signature signature;
       const bool done = sign_bytes(a[0], a[1], signature);
       answer = bytes_of(signature);
       return done;
     }},
    {"public_key",
     [](const Arguments &a, Bytes &answer) {
       PublicKey key;
       const bool done = derive_public_key(array<PrivateKey>(a[0]), key);
       answer = bytes_of(key);
       return done;
     }},
    {"low_s",
     [](const Arguments &a, Bytes &answer) {
       auto signature = array<Signature>(a[0]);
       make_low_s(signature);
       answer = bytes_of(signature);
       return true;
     }},
    {"did",
     [](const Arguments &a, Bytes &answer) {
       answer = did_key(array<PublicKey>(a[0]));
       return true;
     }},
    {"json",
     [](const Arguments &a, Bytes &answer) {
       append_json_string(answer, a[0]);
       return true;
     }},
    {"characters",
     [](const Arguments &a, Bytes &answer) {
       answer = std::to_string(count_characters(a[0]));
       return true;
     }},
    {"base64url",
     [](const Arguments &a, Bytes &answer) {
       append_base64url(answer, reinterpret_cast<const uint8_t *>(a[0].data()), a[0].size());
       return true;
     }},
    {"reading",
     [](const Arguments &a, Bytes &answer) {
       answer = reading_payload(stamp_of(a), {a[5], a[6], a[7]});
       return true;
     }},
    {"boot",
     [](const Arguments &a, Bytes &answer) {
       answer = boot_payload(stamp_of(a), {a[5], a[6], a[7], a[8], a[9]});
       return true;
     }},
    {"rotation",
     [](const Arguments &a, Bytes &answer) {
       answer = rotation_payload(stamp_of(a), a[5]);
       return true;
     }},
    {"issuer",
     [](const Arguments &a, Bytes &answer) {
       answer = issuer_of(a[0]);
       return true;
     }},
    {"jws",
     [](const Arguments &a, Bytes &answer) {
       Signature signature;
       const std::string input = signing_input(a[1]);
       const bool done = sign_bytes(a[0], input, signature);
       answer = compact_jws(input, signature);
       return done;
     }},
    {"outbox",
     [](const Arguments &a, Bytes &) {
       outbox = Outbox();
       return outbox.setup(number(a[0]));
     }},
    {"push",
     [](const Arguments &a, Bytes &answer) {
       const auto keep = a[3] == "keep" ? Outbox::Keep::UNTIL_ACKNOWLEDGED : Outbox::Keep::WHILE_THERE_IS_ROOM;
       answer = std::to_string(outbox.push(number(a[0]), number(a[1]), a[2], keep));
       return true;
     }},
    {"oldest_waiting", [](const Arguments &, Bytes &answer) { return oldest(Outbox::State::WAITING, answer); }},
    {"oldest_signed", [](const Arguments &, Bytes &answer) { return oldest(Outbox::State::SIGNED, answer); }},
    {"oldest_sent", [](const Arguments &, Bytes &answer) { return oldest(Outbox::State::SENT, answer); }},
    {"set_signed",
     [](const Arguments &a, Bytes &) {
       outbox.set_signed(number(a[0]), number(a[1]), array<Signature>(a[2]));
       return true;
     }},
    {"set_sent",
     [](const Arguments &a, Bytes &) {
       outbox.set_sent(number(a[0]), number(a[1]));
       return true;
     }},
    {"acknowledge",
     [](const Arguments &a, Bytes &answer) {
       answer = outbox.acknowledge({a[0], number(a[1]), number(a[2]), number(a[3])}) ? "kept" : "";
       return true;
     }},
    {"resend",
     [](const Arguments &a, Bytes &) {
       outbox.resend({a[0], number(a[1]), number(a[2]), number(a[3])});
       return true;
     }},
    {"resend_all",
     [](const Arguments &, Bytes &) {
       outbox.resend_all();
       return true;
     }},
    {"remove",
     [](const Arguments &a, Bytes &) {
       outbox.remove(number(a[0]), number(a[1]));
       return true;
     }},
    {"counts",
     [](const Arguments &, Bytes &answer) {
       for (const auto state : {Outbox::State::WAITING, Outbox::State::SIGNED, Outbox::State::SENT})
         answer += std::to_string(outbox.count(state)) + " ";
       return true;
     }},
#ifdef USE_ESP8266
    {"free_block",
     [](const Arguments &a, Bytes &) {
       ESP.free_block = number(a[0]);
       return true;
     }},
#endif
};

int main() {
#ifdef USE_ESP32
  psa_crypto_init();  // as ESP-IDF 6 does at startup
#endif
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    Arguments arguments;
    for (std::string word; words >> word;)
      arguments.push_back(unhex(word));
    Bytes answer;
    const bool done = COMMANDS.at(command)(arguments, answer);
    std::cout << (done ? "x" + hexadecimal(reinterpret_cast<const uint8_t *>(answer.data()), answer.size()) : "failed")
              << std::endl;
  }
}
