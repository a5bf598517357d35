// What is done to one object before a call, in order, and what it amounts to: the last of what surely happens decides, what
// only may happen can spoil it.
#pragma once

#include "analysis/apis/subjects.h"
#include "analysis/bounds/bound_verdict.h"

namespace opex {

/// A function that a call is reached through, with the moment it is in.
struct Activation {
  uint32_t function = 0;
  Moment moment = {};
};

/// Those of the frame, innermost first.
std::vector<Activation> activations(const Program &program, const Frame &frame, Moment moment);

/// An event, and whether it happens before the call.
struct OrderedEvent {
  const SettingEvent *event = nullptr;
  Before coverage = Before::Always;
  Activation at = {}; ///< In the function both share; `moment` invalid if they share none.
};

class SettingTimeline {
public:
  explicit SettingTimeline(const Program &program) : program_(program) {}

  void add(const OrderedEvent &ordered);

  /// Something may set it, for all that can be seen; the reason says what.
  void doubt(std::string reason) { doubt_ = std::move(reason); }

  /// None if nothing touches the setting in time.
  std::optional<Bound> decide(bool isFiniteByDefault);

private:
  std::optional<Bound> decideCertain(bool isFiniteByDefault);
  std::optional<Bound> fromCertain(bool isFiniteByDefault) const;
  std::optional<Bound> fromPossible(bool isFiniteByDefault) const;
  bool coversBothArms() const;
  bool isMadeUpFor(const OrderedEvent &event) const;
  std::vector<const SettingEvent *> latest() const;
  bool overwrites(const SettingEvent &later, const SettingEvent &earlier) const;
  void describe(Bound &verdict, const SettingEvent &event) const;

  const Program &program_;
  std::vector<OrderedEvent> always_, sometimes_;
  const SettingEvent *late_ = nullptr;
  std::string doubt_;
};

} // namespace opex
