#include "key_copies.h"

#ifdef USE_SIGNED_READING_SECTORS

#include <Esp.h>
#include <cstring>

extern "C" {
#include <flash_hal.h>
#include <spi_flash.h>
}

namespace esphome::signed_reading {

// At 2 MB. A program ends below 1 MB, and an update is written to the megabyte that ends where a
// file system would start (ESPHome has none), at almost 4 MB, or at 2 MB with 16 MB of flash.
static constexpr uint32_t FIRST_SECTOR = 0x200000 / SPI_FLASH_SEC_SIZE;
static constexpr uint32_t FLASH_MAPPED_AT = 0x40200000;
static constexpr uint32_t UPDATE_SIZE = 0x100000;

static_assert(sizeof(KeyRecord) % 4 == 0, "flash is read and written in words");

bool KeyCopies::setup() {
  // The board in the configuration may not be the one on the desk.
  const uint32_t begin = FIRST_SECTOR * SPI_FLASH_SEC_SIZE, end = begin + COUNT * SPI_FLASH_SEC_SIZE;
  const uint32_t update_end = FS_start - FLASH_MAPPED_AT;
  return ESP.getFlashChipRealSize() > end && (update_end <= begin || update_end - UPDATE_SIZE >= end);
}

bool KeyCopies::read(uint8_t index, KeyRecord &record) {
  return spi_flash_read((FIRST_SECTOR + index) * SPI_FLASH_SEC_SIZE, reinterpret_cast<uint32_t *>(&record),
                        sizeof(record)) == SPI_FLASH_RESULT_OK;
}

bool KeyCopies::write(uint8_t index, const KeyRecord &record) {
  const uint16_t sector = FIRST_SECTOR + index;
  KeyRecord written = record;
  if (spi_flash_erase_sector(sector) != SPI_FLASH_RESULT_OK ||
      spi_flash_write(sector * SPI_FLASH_SEC_SIZE, reinterpret_cast<uint32_t *>(&written), sizeof(written)) !=
          SPI_FLASH_RESULT_OK)
    return false;
  // Flash can fail without saying so.
  return this->read(index, written) && std::memcmp(&written, &record, sizeof(record)) == 0;
}

}  // namespace esphome::signed_reading

#endif  // USE_SIGNED_READING_SECTORS
