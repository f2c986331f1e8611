#include "key_copies.h"

#ifdef USE_HOST

#include <fcntl.h>
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "esphome/core/application.h"

namespace esphome::signed_reading {

/// Where ESPHome keeps this device's preferences, too.
static std::filesystem::path folder() {
  if (const char *preferences = std::getenv("ESPHOME_PREFDIR"))
    return preferences;
  const char *home = std::getenv("HOME");
  return home == nullptr ? std::filesystem::path() : std::filesystem::path(home) / ".esphome" / "prefs";
}

static std::string path_of(uint8_t index) {
  return folder() / (App.get_name().str() + ".signing-key-" + std::to_string(index));
}

bool KeyCopies::setup() {
  if (folder().empty())
    return false;
  std::error_code error;
  std::filesystem::create_directories(folder(), error);
  return !error;
}

bool KeyCopies::read(uint8_t index, KeyRecord &record) {
  const int file = open(path_of(index).c_str(), O_RDONLY);
  if (file < 0)
    return false;
  const bool done = ::read(file, &record, sizeof(record)) == sizeof(record);
  close(file);
  return done;
}

bool KeyCopies::write(uint8_t index, const KeyRecord &record) {
  // Another file first: the old one stays until the new one is whole.
  const std::string path = path_of(index), next = path + ".new";
  const int file = open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0)
    return false;
  const bool done = ::write(file, &record, sizeof(record)) == sizeof(record) && fsync(file) == 0;
  return close(file) == 0 && done && std::rename(next.c_str(), path.c_str()) == 0;
}

}  // namespace esphome::signed_reading

#endif  // USE_HOST
