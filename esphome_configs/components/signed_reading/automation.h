#pragma once

#include "esphome/core/automation.h"
#include "esphome/core/helpers.h"
#include "signed_reading.h"

namespace esphome::signed_reading {

template <typename... Ts>
class ResendAction final : public Action<Ts...>, public Parented<SignedReading> {
 public:
  void play(const Ts &...) override { this->parent_->resend_all(); }
};

template <typename... Ts>
class AnnounceAction final : public Action<Ts...>, public Parented<SignedReading> {
 public:
  void play(const Ts &...) override { this->parent_->announce(); }
};

template <typename... Ts>
class RotateAction final : public Action<Ts...>, public Parented<SignedReading> {
 public:
  void play(const Ts &...) override { this->parent_->rotate(); }
};

}  // namespace esphome::signed_reading
