#include "signer.h"

// Before BearSSL: it knows which platform this is.
#include "esphome/core/defines.h"

#if defined(USE_ESP8266) || defined(USE_HOST)

#ifdef USE_ESP8266
#include <Esp.h>
#include <StackThunk.h>
#include <bearssl/bearssl.h>
#include "esphome/core/helpers.h"
#else
#include <bearssl.h>
#endif

// The 15-bit arithmetic is what the ESP8266's core has, and what its multiplier is good at. The
// host computes with it too, so that tests on a computer test what a device does.

namespace esphome::signed_reading {

/// What to compute with the curve, for the call on the second stack: one pointer is all it takes.
struct Work {
  const PrivateKey *key;
  std::array<uint8_t, 65> *point;
  const uint8_t *message;
  size_t length;
  Signature *signature;
};

}  // namespace esphome::signed_reading

using esphome::signed_reading::Work;

extern "C" {

static br_ec_private_key private_key_of(const Work *work) {
  // BearSSL does not write to it.
  return {BR_EC_secp256r1, const_cast<uint8_t *>(work->key->data()), work->key->size()};
}

size_t signed_reading_derive(Work *work) {
  const br_ec_private_key key = private_key_of(work);
  return br_ec_compute_pub(&br_ec_p256_m15, nullptr, work->point->data(), &key);
}

size_t signed_reading_sign(Work *work) {
  const br_ec_private_key key = private_key_of(work);
  uint8_t hash[br_sha256_SIZE];
  br_sha256_context sha256;
  br_sha256_init(&sha256);
  br_sha256_update(&sha256, work->message, work->length);
  br_sha256_out(&sha256, hash);
  return br_ecdsa_i15_sign_raw(&br_ec_p256_m15, &br_sha256_vtable, hash, &key, work->signature->data());
}

#ifdef USE_ESP8266
// A signature needs more stack than the loop has (4,336 of 4,096 bytes).
make_stack_thunk(signed_reading_derive);
make_stack_thunk(signed_reading_sign);
size_t thunk_signed_reading_derive(Work *work);
size_t thunk_signed_reading_sign(Work *work);
#endif

}  // extern "C"

namespace esphome::signed_reading {

#ifdef USE_ESP8266

// The second stack is 6,200 bytes in one piece, and the core aborts when it cannot be had. What
// is left over is for a Wi-Fi packet that arrives meanwhile.
static constexpr size_t SECOND_STACK = 6200 + 1024;

bool can_sign() { return stack_thunk_get_refcnt() > 0 || ESP.getMaxFreeBlockSize() >= SECOND_STACK; }

/// Lends the second stack, and 160 MHz, for one computation.
class SecondStack {
 public:
  SecondStack() { stack_thunk_add_ref(); }
  ~SecondStack() { stack_thunk_del_ref(); }

 protected:
  CpuFrequencyBoost boost_;
};

static size_t derive(Work *work) {
  SecondStack second_stack;
  return thunk_signed_reading_derive(work);
}

static size_t sign(Work *work) {
  SecondStack second_stack;
  return thunk_signed_reading_sign(work);
}

#else

bool can_sign() { return true; }

static size_t derive(Work *work) { return signed_reading_derive(work); }

static size_t sign(Work *work) { return signed_reading_sign(work); }

#endif

bool derive_public_key(const PrivateKey &key, PublicKey &public_key) {
  std::array<uint8_t, 65> point;
  Work work{&key, &point, nullptr, 0, nullptr};
  if (!is_private_key(key) || !can_sign() || derive(&work) != point.size())
    return false;
  public_key = compress(point);
  return true;
}

bool sign(const PrivateKey &key, const uint8_t *message, size_t length, Signature &signature) {
  Work work{&key, nullptr, message, length, &signature};
  if (!is_private_key(key) || !can_sign() || sign(&work) != signature.size())
    return false;
  make_low_s(signature);
  return true;
}

}  // namespace esphome::signed_reading

#endif  // USE_ESP8266 || USE_HOST
