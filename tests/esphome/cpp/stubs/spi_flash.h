#pragma once
// The ESP8266's flash, as a chip is: an erased sector is all ones, writing makes zeros. A power cut
// is set after so many words, in an erasure or a write: what comes then does not happen.
extern "C++" {

#include <cstdint>
#include <cstring>
#include <map>
#include <vector>

static constexpr uint32_t SPI_FLASH_SEC_SIZE = 4096;
enum SpiFlashOpResult { SPI_FLASH_RESULT_OK, SPI_FLASH_RESULT_ERR };

inline struct Flash {
  std::map<uint32_t, std::vector<uint32_t>> sectors;
  /// Words until the power goes; -1 for never.
  int64_t words_left = -1;

  std::vector<uint32_t> &sector(uint32_t number) {
    return this->sectors.try_emplace(number, SPI_FLASH_SEC_SIZE / 4, 0x5A5A5A5A).first->second;
  }
  bool powered() {
    if (this->words_left == 0)
      return false;
    if (this->words_left > 0)
      this->words_left--;
    return true;
  }
} flash;

inline SpiFlashOpResult spi_flash_erase_sector(uint16_t number) {
  for (uint32_t &word : flash.sector(number)) {
    if (!flash.powered())
      return SPI_FLASH_RESULT_ERR;
    word = 0xFFFFFFFF;
  }
  return SPI_FLASH_RESULT_OK;
}

inline SpiFlashOpResult spi_flash_write(uint32_t address, uint32_t *data, uint32_t size) {
  auto &sector = flash.sector(address / SPI_FLASH_SEC_SIZE);
  for (uint32_t i = 0; i < size / 4; i++) {
    if (!flash.powered())
      return SPI_FLASH_RESULT_ERR;
    sector[address % SPI_FLASH_SEC_SIZE / 4 + i] &= data[i];
  }
  return SPI_FLASH_RESULT_OK;
}

inline SpiFlashOpResult spi_flash_read(uint32_t address, uint32_t *data, uint32_t size) {
  std::memcpy(data, flash.sector(address / SPI_FLASH_SEC_SIZE).data() + address % SPI_FLASH_SEC_SIZE / 4, size);
  return SPI_FLASH_RESULT_OK;
}

}  // extern "C++"
