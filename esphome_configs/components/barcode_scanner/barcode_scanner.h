#pragma once

#include <string>

#include "esphome/components/text_sensor/text_sensor.h"
#include "esphome/components/uart/uart.h"
#include "esphome/core/component.h"

namespace esphome::barcode_scanner {

/// Publishes each code that a scanner sends over its serial port.
///
/// Scanners send a code in pieces. It is complete when the line has been silent
/// for the idle timeout, or at once when a carriage return or a line feed ends it.
class BarcodeScanner : public text_sensor::TextSensor, public Component, public uart::UARTDevice {
 public:
  void setup() override;
  void loop() override;
  void dump_config() override;

  void set_idle_timeout(uint32_t idle_timeout) { this->idle_timeout_ = idle_timeout; }
  void set_max_length(uint8_t max_length) { this->max_length_ = max_length; }

 protected:
  void take_byte_(uint8_t byte);
  void end_code_();
  void publish_code_();

  std::string code_;
  uint32_t last_byte_at_{0};
  uint32_t idle_timeout_{250};
  uint8_t max_length_{255};
  bool too_long_{false};
};

}  // namespace esphome::barcode_scanner
