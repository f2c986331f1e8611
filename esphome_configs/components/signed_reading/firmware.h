#pragma once

#include <string>

namespace esphome::signed_reading {

/// Hash the firmware that runs, in hexadecimal. ESP8266: MD5 of the program, by the SDK; takes a
/// third of a second. ESP32: SHA-256 of the ELF file. Host: SHA-256 of the program's file.
std::string firmware_hash();

/// Say what this is: "esp8266 d1_mini", "esp32s3 esp32-s3-devkitc-1", "host".
std::string model();

}  // namespace esphome::signed_reading
