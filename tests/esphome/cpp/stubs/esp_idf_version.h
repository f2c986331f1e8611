#pragma once
// The test says which ESP-IDF it stands for: -DESP_IDF_MAJOR=5 or 6.
#define ESP_IDF_VERSION_VAL(major, minor, patch) (((major) << 16) | ((minor) << 8) | (patch))
#define ESP_IDF_VERSION ESP_IDF_VERSION_VAL(ESP_IDF_MAJOR, 0, 0)
