#include "signer.h"

#include "esphome/core/defines.h"

#ifdef USE_ESP32

#include <esp_idf_version.h>
#if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(6, 0, 0)
// mbedTLS 4 has only the PSA interface, which ESP-IDF 6 initializes at startup.
#define USE_SIGNED_READING_PSA
#include <psa/crypto.h>
#else
#include <mbedtls/ecdsa.h>
#include <mbedtls/md.h>
#include "esphome/core/helpers.h"
#endif

namespace esphome::signed_reading {

bool can_sign() { return true; }

#ifdef USE_SIGNED_READING_PSA

/// A key that PSA holds for as long as this object lives.
class ImportedKey {
 public:
  explicit ImportedKey(const PrivateKey &key) {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH);
    psa_set_key_algorithm(&attributes, ALGORITHM);
    this->imported_ = psa_import_key(&attributes, key.data(), key.size(), &this->id_) == PSA_SUCCESS;
  }
  ~ImportedKey() {
    if (this->imported_)
      psa_destroy_key(this->id_);
  }
  ImportedKey(const ImportedKey &) = delete;
  ImportedKey &operator=(const ImportedKey &) = delete;

  bool export_point(std::array<uint8_t, 65> &point) const {
    size_t length = 0;
    return this->imported_ && psa_export_public_key(this->id_, point.data(), point.size(), &length) == PSA_SUCCESS &&
           length == point.size();
  }

  bool sign(const uint8_t *message, size_t message_length, Signature &signature) const {
    uint8_t hash[32];
    size_t length = 0;
    return this->imported_ &&
           psa_hash_compute(PSA_ALG_SHA_256, message, message_length, hash, sizeof(hash), &length) == PSA_SUCCESS &&
           psa_sign_hash(this->id_, ALGORITHM, hash, sizeof(hash), signature.data(), signature.size(), &length) ==
               PSA_SUCCESS &&
           length == signature.size();
  }

 protected:
  static constexpr psa_algorithm_t ALGORITHM = PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256);

  psa_key_id_t id_{};
  bool imported_{false};
};

bool derive_public_key(const PrivateKey &key, PublicKey &public_key) {
  std::array<uint8_t, 65> point;
  if (!is_private_key(key) || !ImportedKey(key).export_point(point))
    return false;
  public_key = compress(point);
  return true;
}

bool sign(const PrivateKey &key, const uint8_t *message, size_t length, Signature &signature) {
  if (!is_private_key(key) || !ImportedKey(key).sign(message, length, signature))
    return false;
  make_low_s(signature);
  return true;
}

#else  // mbedTLS 3

/// Randomness that hides the key from who measures time or power; it does not change a signature.
static int blinding(void *, unsigned char *output, size_t length) { return random_bytes(output, length) ? 0 : -1; }

/// The curve, and numbers of it.
class Curve {
 public:
  Curve() {
    mbedtls_ecp_group_init(&this->group);
    mbedtls_ecp_point_init(&this->point);
    for (mbedtls_mpi *number : {&this->key, &this->r, &this->s})
      mbedtls_mpi_init(number);
  }
  ~Curve() {
    for (mbedtls_mpi *number : {&this->key, &this->r, &this->s})
      mbedtls_mpi_free(number);
    mbedtls_ecp_point_free(&this->point);
    mbedtls_ecp_group_free(&this->group);
  }
  Curve(const Curve &) = delete;
  Curve &operator=(const Curve &) = delete;

  bool load(const PrivateKey &private_key) {
    return is_private_key(private_key) && mbedtls_ecp_group_load(&this->group, MBEDTLS_ECP_DP_SECP256R1) == 0 &&
           mbedtls_mpi_read_binary(&this->key, private_key.data(), private_key.size()) == 0;
  }

  mbedtls_ecp_group group;
  mbedtls_ecp_point point;
  mbedtls_mpi key, r, s;
};

bool derive_public_key(const PrivateKey &key, PublicKey &public_key) {
  std::array<uint8_t, 65> point;
  size_t length = 0;
  Curve curve;
  if (!curve.load(key) ||
      mbedtls_ecp_mul(&curve.group, &curve.point, &curve.key, &curve.group.G, blinding, nullptr) != 0 ||
      mbedtls_ecp_point_write_binary(&curve.group, &curve.point, MBEDTLS_ECP_PF_UNCOMPRESSED, &length, point.data(),
                                     point.size()) != 0)
    return false;
  public_key = compress(point);
  return true;
}

bool sign(const PrivateKey &key, const uint8_t *message, size_t length, Signature &signature) {
  uint8_t hash[32];
  Curve curve;
  if (!curve.load(key) || mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), message, length, hash) != 0 ||
      mbedtls_ecdsa_sign_det_ext(&curve.group, &curve.r, &curve.s, &curve.key, hash, sizeof(hash), MBEDTLS_MD_SHA256,
                                 blinding, nullptr) != 0 ||
      mbedtls_mpi_write_binary(&curve.r, signature.data(), 32) != 0 ||
      mbedtls_mpi_write_binary(&curve.s, signature.data() + 32, 32) != 0)
    return false;
  make_low_s(signature);
  return true;
}

#endif

}  // namespace esphome::signed_reading

#endif  // USE_ESP32
