#include "firmware.h"

#include <algorithm>
#include <cctype>

#include "esphome/core/defines.h"
#include "text.h"

#if defined(USE_ESP8266)
#include <Esp.h>
#elif defined(USE_ESP32)
#include <esp_app_desc.h>
#elif defined(USE_HOST)
#include <bearssl.h>
#include <fstream>
#include "esphome/components/host/core.h"
#endif

namespace esphome::signed_reading {

#if defined(USE_ESP8266)

std::string firmware_hash() { return ESP.getSketchMD5().c_str(); }

#elif defined(USE_ESP32)

std::string firmware_hash() {
  const esp_app_desc_t *description = esp_app_get_description();
  return hexadecimal(description->app_elf_sha256, sizeof(description->app_elf_sha256));
}

#elif defined(USE_HOST)

std::string firmware_hash() {
  br_sha256_context sha256;
  br_sha256_init(&sha256);
  std::ifstream file(host::get_exe_path(), std::ios::binary);
  for (char buffer[4096]; file.read(buffer, sizeof(buffer)) || file.gcount() > 0;)
    br_sha256_update(&sha256, buffer, file.gcount());
  uint8_t hash[br_sha256_SIZE];
  br_sha256_out(&sha256, hash);
  return hexadecimal(hash, sizeof(hash));
}

#endif

std::string model() {
  std::string model = ESPHOME_VARIANT;
  std::transform(model.begin(), model.end(), model.begin(), [](unsigned char letter) { return std::tolower(letter); });
  return model == ESPHOME_BOARD ? model : model + ' ' + ESPHOME_BOARD;
}

}  // namespace esphome::signed_reading
