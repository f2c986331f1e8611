#include "gnss_fix.h"

#include <algorithm>
#include <cinttypes>

#include "esphome/core/application.h"
#include "esphome/core/controller_registry.h"
#include "esphome/core/log.h"

namespace esphome::gnss_fix {

static const char *const TAG = "gnss_fix";

// NMEA 0183 allows 82 characters; precise receivers need some more.
static const size_t LONGEST_SENTENCE = 120;

void GnssFix::setup() { this->sentence_.reserve(LONGEST_SENTENCE); }

void GnssFix::loop() {
  const uint32_t now = App.get_loop_component_start_time();

  size_t available = this->available();
  uint8_t buffer[64];
  while (available > 0) {
    const size_t length = std::min(available, sizeof(buffer));
    if (!this->read_array(buffer, length))
      break;
    for (size_t i = 0; i < length; i++)
      this->take_byte_(static_cast<char>(buffer[i]), now);
    available -= length;
  }

  if (this->has_state() && now - this->fix_at_ >= this->loss_timeout_)
    this->lose_fix_();
}

void GnssFix::take_byte_(char byte, uint32_t now) {
  if (byte == '\r' || byte == '\n') {
    const auto fix = parse_gga(this->sentence_);
    if (fix.has_value())
      this->take_fix_(*fix, now);
    this->sentence_.clear();
  } else if (byte == '$') {
    // Whatever came before has lost its end.
    this->sentence_ = byte;
  } else if (!this->sentence_.empty()) {
    if (this->sentence_.size() < LONGEST_SENTENCE) {
      this->sentence_ += byte;
    } else {
      this->sentence_.clear();
    }
  }
}

void GnssFix::take_fix_(const Fix &fix, uint32_t now) {
  // Also false for a precision that is not a number.
  if (fix.satellites < this->min_satellites_ || !(fix.hdop <= this->max_hdop_)) {
    ESP_LOGV(TAG, "Ignored a fix of %u satellites, HDOP %.1f", fix.satellites, fix.hdop);
    return;
  }
  this->fix_at_ = now;
  if (this->has_state() && now - this->published_at_ < this->publish_interval_ &&
      distance_between(fix, this->published_) < this->distance_)
    return;
  this->published_ = fix;
  this->published_at_ = now;
  char position[POSITION_SIZE];
  format_position(fix, position);
  this->publish_state(position);
}

void GnssFix::lose_fix_() {
  ESP_LOGW(TAG, "No fix for %" PRIu32 " s", this->loss_timeout_ / 1000);
  this->set_has_state(false);
#ifdef USE_CONTROLLER_REGISTRY
  ControllerRegistry::notify_text_sensor_update(this);
#endif
}

void GnssFix::dump_config() {
  LOG_TEXT_SENSOR("", "GNSS fix", this);
  ESP_LOGCONFIG(TAG,
                "  Interval: %" PRIu32
                " s\n"
                "  Distance: %.0f m\n"
                "  Timeout: %" PRIu32
                " s\n"
                "  At least %u satellites\n"
                "  HDOP at most %.1f",
                this->publish_interval_ / 1000, this->distance_, this->loss_timeout_ / 1000, this->min_satellites_,
                this->max_hdop_);
}

}  // namespace esphome::gnss_fix
