#pragma once

#include <string>

#include "nmea.h"

#include "esphome/components/text_sensor/text_sensor.h"
#include "esphome/components/uart/uart.h"
#include "esphome/core/component.h"

namespace esphome::gnss_fix {

/// Publishes the position that a GNSS receiver reports, as one text for one fix.
///
/// A receiver reports each second. A position is published when it is the first, when
/// it is far from the last one published, and when the last one is old. Without a good
/// fix for a while, there is no state.
class GnssFix : public text_sensor::TextSensor, public Component, public uart::UARTDevice {
 public:
  void setup() override;
  void loop() override;
  void dump_config() override;

  void set_publish_interval(uint32_t publish_interval) { this->publish_interval_ = publish_interval; }
  void set_distance(float distance) { this->distance_ = distance; }
  void set_loss_timeout(uint32_t loss_timeout) { this->loss_timeout_ = loss_timeout; }
  void set_min_satellites(uint8_t min_satellites) { this->min_satellites_ = min_satellites; }
  void set_max_hdop(float max_hdop) { this->max_hdop_ = max_hdop; }

 protected:
  void take_byte_(char byte, uint32_t now);
  void take_fix_(const Fix &fix, uint32_t now);
  void lose_fix_();

  std::string sentence_;
  Fix published_{};
  uint32_t published_at_{0};
  uint32_t fix_at_{0};
  uint32_t publish_interval_{0};
  uint32_t loss_timeout_{0};
  float distance_{0};
  float max_hdop_{0};
  uint8_t min_satellites_{0};
};

}  // namespace esphome::gnss_fix
