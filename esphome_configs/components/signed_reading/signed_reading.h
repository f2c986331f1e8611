#pragma once

#include <optional>
#include <string>
#include <vector>

#include "esphome/components/api/custom_api_device.h"
#include "esphome/core/component.h"
#include "esphome/core/defines.h"
#ifdef USE_BINARY_SENSOR
#include "esphome/components/binary_sensor/binary_sensor.h"
#endif
#ifdef USE_SENSOR
#include "esphome/components/sensor/sensor.h"
#endif
#ifdef USE_TEXT_SENSOR
#include "esphome/components/text_sensor/text_sensor.h"
#endif
#ifdef USE_SIGNED_READING_TIME
#include "esphome/components/time/real_time_clock.h"
#endif

#include "envelope.h"
#include "key_store.h"
#include "outbox.h"
#include "sequence.h"

namespace esphome::signed_reading {

/// Signs states with a key of this device, and keeps what it signed until Home Assistant has it.
///
/// A state's way: source (at most one in each min_interval) -> payload with a sequence number, in
/// the outbox -> signature, one in each loop -> event -> acknowledgement. Nothing else is ever
/// signed: what the outbox gets is made here, never given from outside.
class SignedReading final : public PollingComponent, public api::CustomAPIDevice {
 public:
  void setup() override;
  void loop() override;
  void update() override;
  void dump_config() override;
  // The radio is on by then: without it, an ESP's random numbers are not random.
  float get_setup_priority() const override { return setup_priority::BEFORE_CONNECTION; }

  void set_buffer_size(uint32_t buffer_size) { this->buffer_size_ = buffer_size; }
  void set_source_count(size_t count) { this->sources_.init(count); }
#ifdef USE_SENSOR
  void add_source(sensor::Sensor *sensor, uint32_t min_interval);
#endif
#ifdef USE_TEXT_SENSOR
  void add_source(text_sensor::TextSensor *text_sensor, uint32_t min_interval);
  SUB_TEXT_SENSOR(did)
  SUB_TEXT_SENSOR(queue)
#endif
#ifdef USE_BINARY_SENSOR
  void add_source(binary_sensor::BinarySensor *binary_sensor, uint32_t min_interval);
#endif
#ifdef USE_SIGNED_READING_TIME
  void set_time(time::RealTimeClock *time) { this->time_ = time; }
#endif

  /// Send all again that was sent and not acknowledged.
  void resend_all();
  /// Say, signed, what runs here.
  void announce();
  /// Make a new key, and have the old one sign it.
  void rotate();

 protected:
  /// When something was measured, as far as the device knows.
  struct Moment {
    uint32_t iat;
    uint32_t uptime;
  };

  /// A state that waits for the end of its sensor's min_interval.
  struct HeldState {
    std::string value;
    Moment moment;
  };

  struct Source {
    SignedReading *parent;
    EntityBase *entity;
    uint32_t min_interval;
    uint32_t taken_at{0};
    bool taken{false};
    std::optional<HeldState> held{};
  };

  /// A change of key whose message waits for the old key's signature.
  struct Rotation {
    PrivateKey key;
    std::string did;
    uint32_t epoch;
    uint32_t seq;
    Moment moment;
  };

  Source &add_source_(EntityBase *entity, uint32_t min_interval);
  void on_state_(Source &source, std::string value);
  void take_held_(Source &source);
  void announce_now_();
  void sign_next_();
  void follow_connection_();
  void send_next_();
  /// Hand an event to all who want it. False when nobody does.
  bool send_(const std::string &jws);

  /// Take a number, and put what `make_payload` makes of it into the outbox. Returns the number,
  /// or 0 when there is none.
  template <typename F>
  uint32_t say_(const Moment &moment, F &&make_payload, Outbox::Keep keep = Outbox::Keep::WHILE_THERE_IS_ROOM);
  Moment now_() const;
  void set_did_(std::string did);
  void finish_rotation_();
  /// Send the last rotation again, byte for byte: nobody has acknowledged it.
  void repeat_rotation_();

  void on_acknowledge_(std::string did, std::string epoch, int32_t first, int32_t last);
  void on_resend_(std::string did, std::string epoch, int32_t first, int32_t last);

  KeyStore keys_;
  Sequence sequence_;
  Outbox outbox_;
  std::string did_;
  std::string firmware_;
  FixedVector<Source> sources_;
  std::optional<Rotation> rotation_;
#ifdef USE_SIGNED_READING_TIME
  time::RealTimeClock *time_{nullptr};
#endif
  // On the host platform, millis() does not begin at boot.
  uint64_t booted_at_{millis_64()};
  uint32_t buffer_size_{0};
  uint32_t dropped_{0};
  uint32_t rejected_{0};
  uint32_t throttled_{0};
  uint32_t refused_at_{0};
  bool connected_{false};
  bool refused_{false};
  bool announce_{false};
  bool ready_{false};
};

}  // namespace esphome::signed_reading
