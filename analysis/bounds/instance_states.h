// Which settings an object that is kept in a member or global has got by the time of a call: by what was done
// to this very object before, not to the same member of another one, and not by a method that nothing runs.
//
// From the call it goes outwards, caller by caller, as long as the object comes in from there. In each
// function on the way the events that reach the same object through it, themselves or in what it calls, are
// ordered against the way. It ends where the object around the member is made. Where that is out of sight,
// the way stays open.
#pragma once

#include "analysis/apis/subjects.h"
#include "analysis/execution/unreached.h"
#include "analysis/values/access_paths.h"

#include <memory>
#include <set>

namespace opex {

/// An event that has happened, or may have, when the call is reached.
struct TimedEvent {
  const SettingEvent *event = nullptr;
  Before coverage = Before::Always; ///< Never `Never`.
  uint32_t function = 0;            ///< Where both are in order; `moment` is the event's there.
  Moment moment = {};
};

/// One way to the call.
struct InstanceWay {
  std::vector<TimedEvent> events;
  std::vector<CallRef> calls; ///< Nearest caller first.
  bool isPossible = false;    ///< Some call of the way may run something else.
  bool isOpen = false;        ///< Where the object comes from is out of sight.
  bool isKept = false;        ///< Others may have got hold of it.
  bool hasIt = false;         ///< The object comes into its member on it.
};

class InstanceStates {
public:
  InstanceStates(const Program &program, const Subjects &subjects, const Unreached::Result &unreached)
      : program_(program), subjects_(subjects), unreached_(unreached),
        paths_(program, subjects.provenance(), subjects.provenanceRules()) {}

  /// All ways to the call by which the object that arrives there, named by `subject`, can come.
  std::vector<InstanceWay> waysTo(CallRef call, Index<Value> subject, const Arrival &arrival,
                                  llvm::ArrayRef<const SettingEvent *> events) const;

  /// The object that the event is about may be its origin: it is not one that another object of the class keeps.
  bool mayBeOfOrigin(const SettingEvent &event) const;

  /// Nothing in the program runs it.
  bool isDead(const SettingEvent &event) const { return unreached_[event.frame.function] && event.isShared; }

  /// It may be of any object, as far as can be seen.
  bool isOpen(const SettingEvent &event) const { return spreadOf(event).isOpen; }

  /// It is of variables that are handed on to nobody: no way leads to them but through their functions.
  bool staysThere(const SettingEvent &event) const {
    const Spread &spread = spreadOf(event);
    return !spread.at.empty() && !spread.isOpen && staysThere(spread);
  }

private:
  struct Spreading;
  struct WayWalk;

  struct Registered {
    const SettingEvent *event = nullptr;
    Moment moment;
    AccessPath path;
  };
  /// Where an event shows: its own function, and all that it is reached through while the object comes in
  /// from there.
  struct Spread {
    std::map<uint32_t, std::vector<Registered>> at;
    bool isOpen = false;
  };
  const Spread &spreadOf(const SettingEvent &event) const;
  std::vector<InstanceWay> waysTo(uint32_t function, Moment moment, Index<Value> subject, const Arrival &arrival,
                                  llvm::ArrayRef<const SettingEvent *> events) const;
  /// How the object gets into its member, as events.
  struct Keeping {
    std::vector<std::unique_ptr<SettingEvent>> events;
    std::vector<Spread> spreads;
    bool staysThere = false; ///< The objects around it are variables that are not handed on.
    bool isOpen() const {
      return spreads.empty() || llvm::any_of(spreads, [](const Spread &spread) { return spread.isOpen; });
    }
  };
  const Keeping &keepingOf(const Arrival &arrival, EntityId member) const;
  bool staysThere(const Spread &spread) const;
  bool isReturned(const LinkedFunction &function, const AccessPath &path) const;
  bool isHandedOn(const LinkedFunction &function, const AccessPath &path) const;
  const SettingEvent *evaluated(const SettingEvent &event, const std::vector<CallRef> &calls) const;

  const Program &program_;
  const Subjects &subjects_;
  const Unreached::Result &unreached_;
  AccessPaths paths_;
  mutable std::map<const SettingEvent *, Spread> spreads_;
  mutable std::map<const SettingEvent *, bool> ofOrigin_;
  mutable std::map<std::tuple<ObjectId, std::vector<CallRef>, std::vector<CallRef>, EntityId>, Keeping>
      keepings_;
  mutable std::vector<std::unique_ptr<SettingEvent>> inFrames_;
};

} // namespace opex
