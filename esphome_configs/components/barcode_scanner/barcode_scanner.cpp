#include "barcode_scanner.h"

#include <algorithm>
#include <cinttypes>

#include "esphome/core/application.h"
#include "esphome/core/controller_registry.h"
#include "esphome/core/log.h"

namespace esphome::barcode_scanner {

static const char *const TAG = "barcode_scanner";

// What scanners can be set up to send before and after a code. No digit becomes one of these by a
// single wrong bit.
static constexpr uint8_t START_OF_TEXT = 0x02;
static constexpr uint8_t END_OF_TEXT = 0x03;

static bool ends_code(uint8_t byte) { return byte == '\r' || byte == '\n' || byte == '\t' || byte == END_OF_TEXT; }

void BarcodeScanner::setup() { this->code_.reserve(this->max_length_); }

void BarcodeScanner::loop() {
  const uint32_t now = App.get_loop_component_start_time();

  // Bytes come before the timeout: while something else blocked the loop, the rest
  // of this code may have been waiting here.
  size_t available = this->available();
  if (available > 0) {
    this->last_byte_at_ = now;
    uint8_t buffer[64];
    while (available > 0) {
      const size_t length = std::min(available, sizeof(buffer));
      if (!this->read_array(buffer, length))
        break;
      for (size_t i = 0; i < length; i++)
        this->take_byte_(buffer[i]);
      available -= length;
    }
  } else if (this->has_begun_() && now - this->last_byte_at_ >= this->idle_timeout_) {
    this->end_code_();
  }
}

void BarcodeScanner::take_byte_(uint8_t byte) {
  if (ends_code(byte)) {
    this->end_code_();
  } else if (byte == START_OF_TEXT && !this->has_begun_()) {
    return;
  } else if (byte < '0' || byte > '9') {
    if (!this->foreign_byte_.has_value())
      this->foreign_byte_ = byte;
  } else if (this->code_.size() < this->max_length_) {
    this->code_ += static_cast<char>(byte);
  } else {
    this->too_long_ = true;
  }
}

void BarcodeScanner::end_code_() {
  // Part of a code is another code: better none than a wrong one.
  if (this->foreign_byte_.has_value()) {
    ESP_LOGW(TAG, "Dropped a code with the byte 0x%02X, which is no digit", *this->foreign_byte_);
  } else if (this->too_long_) {
    ESP_LOGW(TAG, "Dropped a code of more than %u digits", this->max_length_);
  } else if (!this->code_.empty()) {
    this->publish_code_();
  }
  this->code_.clear();
  this->foreign_byte_.reset();
  this->too_long_ = false;
}

void BarcodeScanner::publish_code_() {
#ifdef USE_CONTROLLER_REGISTRY
  // Home Assistant ignores a text that has not changed. For it to see a second scan
  // of the same code, there is no code for a moment.
  if (this->get_raw_state() == this->code_) {
    this->set_has_state(false);
    ControllerRegistry::notify_text_sensor_update(this);
  }
#endif
  this->publish_state(this->code_);
}

void BarcodeScanner::dump_config() {
  LOG_TEXT_SENSOR("", "Barcode scanner", this);
  ESP_LOGCONFIG(TAG,
                "  Idle timeout: %" PRIu32
                " ms\n"
                "  Longest code: %u digits",
                this->idle_timeout_, this->max_length_);
}

}  // namespace esphome::barcode_scanner
