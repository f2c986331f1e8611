#include "signed_reading.h"

#include <cinttypes>
#include <cmath>

#include "esphome/core/application.h"
#include "esphome/core/helpers.h"
#include "esphome/core/log.h"
#include "esphome/core/version.h"

#include "firmware.h"
#include "signer.h"
#include "text.h"

namespace esphome::signed_reading {

static const char *const TAG = "signed_reading";

static const char *const EVENT = "esphome.signed_reading";

// A value as JSON, for a payload that fits: 255 characters of 4 bytes, and quotes.
static constexpr size_t LONGEST_JSON_VALUE = 4 * LONGEST_VALUE + 2;

// Home Assistant subscribes to events shortly after it subscribes to states.
static constexpr uint32_t RETRY_INTERVAL = 100;

// --- From boot to boot -------------------------------------------------------------------------

void SignedReading::setup() {
  if (!this->outbox_.setup(this->buffer_size_)) {
    this->mark_failed(LOG_STR("Not enough memory for buffer_size"));
    return;
  }
  const KeyStore::Result result = this->keys_.setup();
  const KeyRecord &record = this->keys_.record();
  PublicKey public_key;
  if (result == KeyStore::Result::FAILED || !derive_public_key(record.key, public_key)) {
    this->mark_failed(LOG_STR("The key cannot be made or stored"));
    return;
  }
  if (result == KeyStore::Result::HEALED)
    ESP_LOGW(TAG, "One of the two copies of the key was damaged. It is mended");
  if (result == KeyStore::Result::CREATED)
    ESP_LOGW(TAG, "No key was stored. This device has a new one: it must be enrolled");
  this->set_did_(did_key(public_key));

  // The power may have gone after the key changed and before its epoch began.
  const auto rotated_from = [&record](uint32_t epoch) {
    return record.rotation_seq != 0 && record.rotation_epoch == epoch;
  };
  if (!this->sequence_.setup(result == KeyStore::Result::CREATED) ||
      (rotated_from(this->sequence_.epoch()) && !this->sequence_.begin_epoch())) {
    this->mark_failed(LOG_STR("Sequence numbers cannot be stored"));
    return;
  }
  if (record.rotation_seq != 0)
    this->repeat_rotation_();

  this->register_service(&SignedReading::on_acknowledge_, "signed_reading_acknowledge",
                         {"did", "epoch", "first", "last"});
  this->register_service(&SignedReading::on_resend_, "signed_reading_resend", {"did", "epoch", "first", "last"});
  this->register_service(&SignedReading::announce, "signed_reading_announce");
  this->register_service(&SignedReading::rotate, "signed_reading_rotate");
  this->firmware_ = firmware_hash();
  this->announce();
  this->ready_ = true;
}

void SignedReading::set_did_(std::string did) {
  this->did_ = std::move(did);
#ifdef USE_TEXT_SENSOR
  if (this->did_text_sensor_ != nullptr)
    this->did_text_sensor_->publish_state(this->did_);
#endif
}

void SignedReading::dump_config() {
  ESP_LOGCONFIG(TAG,
                "Signed readings:\n"
                "  Key: %s\n"
                "  Epoch: %" PRIu32
                "\n"
                "  Buffer: %" PRIu32 " bytes",
                this->did_.c_str(), this->sequence_.epoch(), this->buffer_size_);
  for (const Source &source : this->sources_) {
    char object_id[OBJECT_ID_MAX_LEN];
    ESP_LOGCONFIG(TAG, "  Signs '%s', at most every %" PRIu32 " ms", source.entity->get_object_id_to(object_id).c_str(),
                  source.min_interval);
  }
#ifdef USE_TEXT_SENSOR
  LOG_TEXT_SENSOR("  ", "Signing key", this->did_text_sensor_);
  LOG_TEXT_SENSOR("  ", "Signing queue", this->queue_text_sensor_);
#endif
}

// --- From state to payload ---------------------------------------------------------------------

SignedReading::Source &SignedReading::add_source_(EntityBase *entity, uint32_t min_interval) {
  return this->sources_.emplace_back(Source{this, entity, min_interval});
}

#ifdef USE_SENSOR
void SignedReading::add_source(sensor::Sensor *sensor, uint32_t min_interval) {
  Source *source = &this->add_source_(sensor, min_interval);
  sensor->add_on_state_callback([source](float state) {
    if (!std::isfinite(state)) {
      source->parent->rejected_++;
      return;
    }
    char value[VALUE_ACCURACY_MAX_LEN];
    const int8_t accuracy = static_cast<sensor::Sensor *>(source->entity)->get_accuracy_decimals();
    const size_t length = value_accuracy_to_buf(value, state, accuracy);
    source->parent->on_state_(*source, std::string(value, length));
  });
}
#endif

#ifdef USE_TEXT_SENSOR
void SignedReading::add_source(text_sensor::TextSensor *text_sensor, uint32_t min_interval) {
  Source *source = &this->add_source_(text_sensor, min_interval);
  text_sensor->add_on_state_callback([source](const std::string &state) {
    std::string json;
    append_json_string(json, state);
    // A part of a text is another text.
    if (count_characters(state) > LONGEST_VALUE || json.size() > LONGEST_JSON_VALUE) {
      source->parent->rejected_++;
      return;
    }
    source->parent->on_state_(*source, state);
  });
}
#endif

#ifdef USE_BINARY_SENSOR
void SignedReading::add_source(binary_sensor::BinarySensor *binary_sensor, uint32_t min_interval) {
  Source *source = &this->add_source_(binary_sensor, min_interval);
  // The full one: the other leaves out the first state after a boot.
  binary_sensor->add_full_state_callback([source](optional<bool>, optional<bool> state) {
    if (state.has_value())
      source->parent->on_state_(*source, *state ? "on" : "off");
  });
}
#endif

void SignedReading::on_state_(Source &source, std::string value) {
  if (source.held.has_value())
    this->throttled_++;
  source.held = HeldState{std::move(value), this->now_()};
  this->take_held_(source);
}

void SignedReading::take_held_(Source &source) {
  // While the key changes, nothing may come between the rotation and the new key's first number.
  if (!source.held.has_value() || !this->ready_ || this->rotation_.has_value())
    return;
  const uint32_t now = millis();
  if (source.taken && now - source.taken_at < source.min_interval)
    return;
  source.taken = true;
  source.taken_at = now;
  const HeldState state = std::move(*source.held);
  source.held.reset();

  char object_id[OBJECT_ID_MAX_LEN];
  const StringRef sensor = source.entity->get_object_id_to(object_id);
  const StringRef unit = source.entity->get_unit_of_measurement_ref();
  this->say_(state.moment, [&](const Stamp &stamp) {
    return reading_payload(stamp, {{sensor.c_str(), sensor.size()}, {unit.c_str(), unit.size()}, state.value});
  });
}

template <typename F>
uint32_t SignedReading::say_(const Moment &moment, F &&make_payload, Outbox::Keep keep) {
  uint32_t seq;
  if (!this->sequence_.next(seq)) {
    this->dropped_++;
    this->status_set_error(LOG_STR("Sequence numbers cannot be stored"));
    return 0;
  }
  this->status_clear_error();
  const uint32_t epoch = this->sequence_.epoch();
  this->dropped_ +=
      this->outbox_.push(epoch, seq, make_payload(Stamp{this->did_, epoch, seq, moment.iat, moment.uptime}), keep);
  return seq;
}

SignedReading::Moment SignedReading::now_() const {
  Moment moment{0, static_cast<uint32_t>((millis_64() - this->booted_at_) / 1000)};
#ifdef USE_SIGNED_READING_TIME
  const ESPTime time = this->time_->utcnow();
  if (time.is_valid())
    moment.iat = time.timestamp;
#endif
  return moment;
}

void SignedReading::announce() { this->announce_ = true; }

void SignedReading::announce_now_() {
  this->announce_ = false;
  char config[format_hex_size(sizeof(uint32_t))];
  format_hex_to(config, App.get_config_hash());
  const StringRef name = App.get_name();
  this->say_(this->now_(), [&](const Stamp &stamp) {
    return boot_payload(stamp, {config, ESPHOME_VERSION, this->firmware_, model(), {name.c_str(), name.size()}});
  });
}

// --- From payload to Home Assistant ------------------------------------------------------------

void SignedReading::loop() {
  // First after a boot: states of that time are held until now.
  if (this->announce_ && !this->rotation_.has_value())
    this->announce_now_();
  for (Source &source : this->sources_)
    this->take_held_(source);
  this->sign_next_();
  this->follow_connection_();
  this->send_next_();
}

void SignedReading::sign_next_() {
  Outbox::Item item;
  if (!this->outbox_.oldest(Outbox::State::WAITING, item))
    return;
  if (!can_sign()) {
    // Until somebody gives back memory. What waits meanwhile is in the outbox.
    this->status_set_warning(LOG_STR("Not enough memory for a signature"));
    return;
  }
  this->status_clear_warning();
  const std::string input = signing_input(item.payload);
  const bool is_rotation =
      this->rotation_.has_value() && this->rotation_->epoch == item.epoch && this->rotation_->seq == item.seq;
  Signature signature;
  if (!sign(this->keys_.record().key, reinterpret_cast<const uint8_t *>(input.data()), input.size(), signature)) {
    ESP_LOGE(TAG, "A signature failed");
    this->dropped_++;
    this->outbox_.remove(item.epoch, item.seq);
    if (is_rotation)
      this->rotation_.reset();
    return;
  }
  this->outbox_.set_signed(item.epoch, item.seq, signature);
  if (is_rotation)
    this->finish_rotation_();
}

void SignedReading::follow_connection_() {
  const bool connected = api::global_api_server->is_connected_with_state_subscription();
  // What was sent before may be lost, or was for somebody else.
  if (connected && !this->connected_)
    this->outbox_.resend_all();
  this->connected_ = connected;
}

void SignedReading::send_next_() {
  Outbox::Item item;
  if (!this->connected_ || !this->outbox_.oldest(Outbox::State::SIGNED, item))
    return;
  if (this->refused_ && millis() - this->refused_at_ < RETRY_INTERVAL)
    return;
  // A client whose buffer is full would lose the event, or its connection.
  for (const auto &client : api::global_api_server->active_clients()) {
    if (!client->try_to_clear_buffer(false))
      return;
  }
  this->refused_ = !this->send_(compact_jws(signing_input(item.payload), item.signature));
  this->refused_at_ = millis();
  if (!this->refused_)
    this->outbox_.set_sent(item.epoch, item.seq);
}

bool SignedReading::send_(const std::string &jws) {
  api::HomeassistantActionRequest event;
  event.service = StringRef(EVENT, strlen(EVENT));
  event.is_event = true;
  event.data.init(1);
  auto &entry = event.data.emplace_back();
  entry.key = StringRef("jws", 3);
  entry.value = StringRef(jws);
  // Client by client: only so it says whether anybody wanted it.
  bool wanted = false;
  for (const auto &client : api::global_api_server->active_clients())
    wanted |= client->send_homeassistant_action(event);
  return wanted;
}

void SignedReading::resend_all() { this->outbox_.resend_all(); }

void SignedReading::update() {
#ifdef USE_TEXT_SENSOR
  if (this->queue_text_sensor_ == nullptr)
    return;
  char state[96];
  snprintf(state, sizeof(state),
           "%" PRIu32 " waiting, %" PRIu32 " unacknowledged, %" PRIu32 " dropped, %" PRIu32 " rejected, %" PRIu32
           " throttled",
           this->outbox_.count(Outbox::State::WAITING),
           this->outbox_.count(Outbox::State::SIGNED) + this->outbox_.count(Outbox::State::SENT), this->dropped_,
           this->rejected_, this->throttled_);
  if (!this->queue_text_sensor_->has_state() || this->queue_text_sensor_->state != state)
    this->queue_text_sensor_->publish_state(state);
#endif
}

// --- What Home Assistant asks for --------------------------------------------------------------

// Home Assistant calls the device that an event says to come from, and every device can say so of another: what
// is meant for another key is not for this device.
static std::optional<Outbox::Numbers> numbers_of(const std::string &did, const std::string &epoch, int32_t first,
                                                 int32_t last) {
  const auto number = parse_number<uint32_t>(epoch);
  if (!number.has_value() || first < 0 || last < first)
    return {};
  return Outbox::Numbers{did, *number, static_cast<uint32_t>(first), static_cast<uint32_t>(last)};
}

void SignedReading::on_acknowledge_(std::string did, std::string epoch, int32_t first, int32_t last) {
  const auto numbers = numbers_of(did, epoch, first, last);
  if (!numbers.has_value() || !this->outbox_.acknowledge(*numbers))
    return;
  // It was the rotation. The next key is known: the previous one must not remain.
  KeyRecord forgotten{};
  forgotten.key = this->keys_.record().key;
  this->keys_.save(forgotten);
}

void SignedReading::on_resend_(std::string did, std::string epoch, int32_t first, int32_t last) {
  if (const auto numbers = numbers_of(did, epoch, first, last))
    this->outbox_.resend(*numbers);
}

// --- Another key -------------------------------------------------------------------------------

void SignedReading::rotate() {
  if (!this->ready_ || this->rotation_.has_value())
    return;
  if (this->keys_.record().rotation_seq != 0) {
    ESP_LOGW(TAG, "Home Assistant has not acknowledged the last change of the key: it does not change again");
    return;
  }
  Rotation rotation;
  PublicKey public_key;
  if (!KeyStore::generate(rotation.key) || !derive_public_key(rotation.key, public_key)) {
    ESP_LOGE(TAG, "A new key cannot be made");
    return;
  }
  rotation.did = did_key(public_key);
  rotation.moment = this->now_();
  // Nobody believes the new key without this: readings make way for it, and not it for them.
  rotation.seq = this->say_(
      rotation.moment, [&](const Stamp &stamp) { return rotation_payload(stamp, rotation.did); },
      Outbox::Keep::UNTIL_ACKNOWLEDGED);
  rotation.epoch = this->sequence_.epoch();
  // The key changes when all that waits before this is signed.
  if (rotation.seq != 0)
    this->rotation_ = rotation;
}

void SignedReading::finish_rotation_() {
  const Rotation rotation = std::move(*this->rotation_);
  this->rotation_.reset();
  // Before anybody hears of it, and with all that is needed to say it again after a power cut.
  KeyRecord record{};
  record.key = rotation.key;
  record.previous_key = this->keys_.record().key;
  record.rotation_epoch = rotation.epoch;
  record.rotation_seq = rotation.seq;
  record.rotation_iat = rotation.moment.iat;
  record.rotation_uptime = rotation.moment.uptime;
  if (!this->keys_.save(record)) {
    ESP_LOGE(TAG, "The new key cannot be stored: the old one stays");
    this->outbox_.remove(rotation.epoch, rotation.seq);
    return;
  }
  this->set_did_(rotation.did);
  if (!this->sequence_.begin_epoch())
    this->status_set_error(LOG_STR("Sequence numbers cannot be stored"));
}

void SignedReading::repeat_rotation_() {
  const KeyRecord &record = this->keys_.record();
  PublicKey public_key;
  Signature signature;
  if (!derive_public_key(record.previous_key, public_key))
    return;
  const std::string previous = did_key(public_key);
  const std::string payload = rotation_payload(
      {previous, record.rotation_epoch, record.rotation_seq, record.rotation_iat, record.rotation_uptime}, this->did_);
  // The same bytes as the first time: ECDSA here is deterministic.
  const std::string input = signing_input(payload);
  if (!sign(record.previous_key, reinterpret_cast<const uint8_t *>(input.data()), input.size(), signature))
    return;
  this->outbox_.push(record.rotation_epoch, record.rotation_seq, payload, Outbox::Keep::UNTIL_ACKNOWLEDGED);
  this->outbox_.set_signed(record.rotation_epoch, record.rotation_seq, signature);
}

}  // namespace esphome::signed_reading
