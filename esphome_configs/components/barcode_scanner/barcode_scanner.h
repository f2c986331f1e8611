#pragma once

#include <optional>
#include <string>

#include "esphome/components/text_sensor/text_sensor.h"
#include "esphome/components/uart/uart.h"
#include "esphome/core/component.h"

namespace esphome::barcode_scanner {

/// Publishes each code that a scanner sends over its serial port.
///
/// Scanners send a code in pieces. It is complete when the line has been silent
/// for the idle timeout, or at once when a CR, a LF, a TAB or an ETX ends it. A code that
/// is not all digits is dropped.
class BarcodeScanner : public text_sensor::TextSensor, public Component, public uart::UARTDevice {
 public:
  void setup() override;
  void loop() override;
  void dump_config() override;

  void set_idle_timeout(uint32_t idle_timeout) { this->idle_timeout_ = idle_timeout; }
  void set_max_length(uint8_t max_length) { this->max_length_ = max_length; }

 protected:
  /// Whether anything has come since the last code.
  bool has_begun_() const { return !this->code_.empty() || this->foreign_byte_.has_value(); }
  void take_byte_(uint8_t byte);
  void end_code_();
  void publish_code_();

  std::string code_;
  /// The first byte of the code that is no digit.
  std::optional<uint8_t> foreign_byte_{};
  uint32_t last_byte_at_{0};
  uint32_t idle_timeout_{250};
  uint8_t max_length_{255};
  bool too_long_{false};
};

}  // namespace esphome::barcode_scanner
