// Cuts the power of an ESP8266 at every instant in which its key changes, and looks at what is left.

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <Esp.h>
#include <flash_hal.h>
#include <spi_flash.h>
#include "key_store.h"

using namespace esphome::signed_reading;

#define REQUIRE(condition)                                \
  do {                                                    \
    if (!(condition)) {                                   \
      std::printf("line %d: %s\n", __LINE__, #condition); \
      std::exit(1);                                       \
    }                                                     \
  } while (false)

static const uint32_t FIRST_SECTOR = 512;

/// Both copies are there and say the same.
static bool is_whole() { return flash.sector(FIRST_SECTOR) == flash.sector(FIRST_SECTOR + 1); }

/// Boot, and say which key there is.
static PrivateKey boot(KeyStore::Result expected) {
  KeyStore store;
  REQUIRE(store.setup() == expected);
  return store.record().key;
}

static void first_boot() {
  const PrivateKey key = boot(KeyStore::Result::CREATED);
  REQUIRE(is_private_key(key));
  REQUIRE(is_whole());
  REQUIRE(boot(KeyStore::Result::LOADED) == key);
}

static void each_damaged_byte_is_healed() {
  const PrivateKey key = boot(KeyStore::Result::LOADED);
  for (uint32_t copy = 0; copy < 2; copy++) {
    for (size_t i = 0; i < sizeof(KeyRecord); i++) {
      auto &sector = flash.sector(FIRST_SECTOR + copy);
      reinterpret_cast<uint8_t *>(sector.data())[i] ^= 0x10;
      REQUIRE(boot(KeyStore::Result::HEALED) == key);
      REQUIRE(is_whole());
    }
    for (const uint32_t word : {0x00000000U, 0xFFFFFFFFU}) {
      flash.sector(FIRST_SECTOR + copy).assign(SPI_FLASH_SEC_SIZE / 4, word);
      REQUIRE(boot(KeyStore::Result::HEALED) == key);
      REQUIRE(is_whole());
    }
  }
}

static void a_cut_leaves_the_old_key_or_the_new() {
  const PrivateKey old_key = boot(KeyStore::Result::LOADED);
  KeyRecord next{};
  REQUIRE(KeyStore::generate(next.key));
  next.previous_key = old_key;
  const auto before = flash.sectors;
  bool old_seen = false, new_seen = false;
  for (int64_t words = 0;; words++) {
    flash.sectors = before;
    KeyStore store;
    REQUIRE(store.setup() == KeyStore::Result::LOADED);
    flash.words_left = words;
    store.save(next);
    const bool was_cut = flash.words_left == 0;
    flash.words_left = -1;

    KeyStore rebooted;
    const auto result = rebooted.setup();
    REQUIRE(result == KeyStore::Result::LOADED || result == KeyStore::Result::HEALED);
    REQUIRE(is_whole());
    const PrivateKey key = rebooted.record().key;
    REQUIRE(key == old_key || key == next.key);
    // Never back to the old one: it may have signed that it is replaced.
    REQUIRE(key == next.key || !new_seen);
    old_seen |= key == old_key;
    new_seen |= key == next.key;
    if (!was_cut)
      break;
  }
  REQUIRE(old_seen && new_seen);
}

static void a_cut_while_healing_loses_nothing() {
  const PrivateKey key = boot(KeyStore::Result::LOADED);
  flash.sector(FIRST_SECTOR)[3] ^= 1;
  const auto before = flash.sectors;
  for (int64_t words = 0; words < 2000; words++) {
    flash.sectors = before;
    flash.words_left = words;
    KeyStore store;
    store.setup();
    flash.words_left = -1;
    KeyStore rebooted;
    REQUIRE(rebooted.setup() != KeyStore::Result::CREATED);
    REQUIRE(rebooted.record().key == key);
  }
}

static void nothing_else_is_touched() {
  REQUIRE(flash.sectors.size() == 2);
  REQUIRE(flash.sectors.count(FIRST_SECTOR) == 1 && flash.sectors.count(FIRST_SECTOR + 1) == 1);
}

static void without_both_copies_the_key_is_new() {
  const PrivateKey key = boot(KeyStore::Result::LOADED);
  flash.sectors.clear();
  REQUIRE(boot(KeyStore::Result::CREATED) != key);
}

static void flash_that_cannot_be_written_is_an_error() {
  const PrivateKey key = boot(KeyStore::Result::LOADED);
  KeyStore store;
  REQUIRE(store.setup() == KeyStore::Result::LOADED);
  flash.words_left = 0;
  KeyRecord next{};
  REQUIRE(KeyStore::generate(next.key));
  REQUIRE(!store.save(next));
  REQUIRE(store.record().key == key);
  flash.sectors.clear();
  KeyStore empty;
  REQUIRE(empty.setup() == KeyStore::Result::FAILED);
  flash.words_left = -1;
}

static void an_update_never_overwrites_the_key() {
  const auto has_place = [](uint32_t flash_size, uint32_t file_system) {
    ESP.flash_size = flash_size;
    FS_start = file_system;
    return KeyCopies().setup();
  };
  REQUIRE(has_place(0x400000, 0x405FB000));   // 4 MB
  REQUIRE(has_place(0x1000000, 0x40400000));  // 16 MB
  REQUIRE(!has_place(0x100000, 0x402FB000));  // 1 MB
  REQUIRE(!has_place(0x200000, 0x403FB000));  // 2 MB
  REQUIRE(!has_place(0x100000, 0x405FB000));  // a board that says 4 MB, with a chip of 1 MB
  // Whatever the layout: an update is written to the megabyte before the file system.
  for (uint32_t start = 0x40300000; start < 0x40600000; start += SPI_FLASH_SEC_SIZE) {
    const uint32_t end = start - 0x40200000, begin = end - 0x100000, key = FIRST_SECTOR * SPI_FLASH_SEC_SIZE;
    const bool overwritten = begin < key + 2 * SPI_FLASH_SEC_SIZE && key < end;
    REQUIRE(has_place(0x400000, start) == !overwritten);
  }
}

int main() {
  first_boot();
  each_damaged_byte_is_healed();
  a_cut_leaves_the_old_key_or_the_new();
  a_cut_while_healing_loses_nothing();
  nothing_else_is_touched();
  without_both_copies_the_key_is_new();
  flash_that_cannot_be_written_is_an_error();
  an_update_never_overwrites_the_key();
}
