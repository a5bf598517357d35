// What happens to the objects that carry configuration: which calls and assignments give a setting of which
// subject a value, which subjects take over another's settings, and which escape our sight. Objects are
// Origins of model/provenance.h; setting_bounds.h asks what holds for one of them at one call.
#pragma once

#include "analysis/apis/argument_conditions.h"
#include "analysis/apis/handles.h"
#include "analysis/apis/roles.h"
#include "analysis/values/limit_values.h"

#include <map>

namespace opex {

/// Something that changes settings of a subject.
struct SettingEvent {
  Origin origin;
  Frame frame;   ///< Where it stands; `path` leads up to the function the subject was found in.
  Moment moment; ///< In frame.function.
  Site site;
  std::vector<std::string> settings; ///< Empty: all of them (reset).
  LimitValue limit;
  std::optional<LimitValue>
      unasked; ///< `if (limit > 0) set(limit)`: what it amounts to where nothing else sets it.
  bool isReset = false;
  bool isCleared = false;   ///< The settings are taken away again: the flag is surely not given.
  bool isUncertain = false; ///< What the row asks of the arguments is known at run time only.
  bool isPossible = false;
  bool isShared = false; ///< The subject came out of a member or global.
  std::string name;      ///< What sets it, as users of the library call it: "CURLOPT_TIMEOUT_MS".
  Moment asOf = {}; ///< Of a cleared one: flags are written back as they were read here, in `frame.function`.
  Index<Value> subject = {};             ///< As it is named in `frame.function`; none if the call makes it.
  const rules::Setter *setter = nullptr; ///< Of calls and assignments.
  Index<Call> call = {};                 ///< Of the setter, if it is one.
  Index<Value> owner = {};               ///< Else the object, or the braces, whose member is set.
  Index<Value> amount = {};              ///< The value that the setting gets, if the row has one.
  Index<Block> amountBlock = {};         ///< Where it is given.
};

/// A value whose subject's settings another subject starts with.
struct HeldSubject {
  uint32_t function = 0;
  Index<Value> value;
};

class Subjects {
public:
  using Result = Subjects;
  using Needs = Inputs<RoleIndex>;
  static Subjects run(const Needs &in) { return Subjects(in.program(), in.get<RoleIndex>()); }
  static constexpr llvm::StringLiteral kName = "subjects";

  /// All must outlive it.
  Subjects(const Program &program, const RoleIndex &roles);
  Subjects(const Subjects &) = delete;

  /// How its provenance looks through calls; what others may build theirs on.
  ProvenanceRules provenanceRules() const;
  /// They remember what they have followed; what they answer does not depend on it.
  Provenance &provenance() const { return provenance_; }
  Constants &constants() const { return constants_; }

  /// Events of the object itself, in the order of the program.
  std::vector<const SettingEvent *> eventsOf(const Origin &origin) const;
  std::vector<HeldSubject> heldBy(const Origin &origin) const;

  /// The kind of subject the origin is; null when it is none that we saw being made.
  const rules::Subject *kindOf(const Origin &origin) const;

  /// A unit that was not seen in full may set something of such subjects: it has no facts, or reads their library.
  bool mayBeSetUnseen(const rules::Subject &kind) const;

  /// Where the subject gets out of sight, if it does.
  const CallRef *escapeOf(const Origin &origin) const;

  /// The condition holds for this call, its argument evaluated along the path of the frame.
  bool holds(const Frame &frame, const Call &call, const rules::ArgumentIs &condition) const;
  bool holdsAll(const Frame &frame, const Call &call, llvm::ArrayRef<rules::ArgumentIs> conditions) const;
  /// The same, where the answer may be that only the run tells.
  Truth truthOf(const Frame &frame, const Call &call, const rules::ArgumentIs &condition) const;

  /// The event as it is when its function is reached along the path of the frame; none if it sets nothing
  /// there.
  std::optional<SettingEvent> inFrame(const SettingEvent &event, const Frame &frame) const;

private:
  void collectCall(const LinkedFunction &function, Index<Call> index);
  void collectHolders(const LinkedFunction &function, Index<Call> index);
  void collectEscapes(const LinkedFunction &function, Index<Call> index);

  // setting_events.cpp
  std::vector<Arrival> subjectArrivals(const LinkedFunction &function, Index<Call> call,
                                       const rules::Place &place);
  bool evaluate(SettingEvent &event, const Frame &frame) const;
  bool meetsConditions(SettingEvent &event, const Frame &frame) const;
  ConditionTruth conditionAt(const SettingEvent &event, const Frame &frame,
                             const rules::ArgumentIs &condition) const;
  llvm::SmallVector<Index<Value>, 2> siblingsOf(const SettingEvent &event, const LinkedFunction &function,
                                                llvm::StringRef member) const;
  void addAt(const LinkedFunction &function, const Arrival &arrival, SettingEvent event);
  void addEvent(const LinkedFunction &function, Index<Value> subject, SettingEvent event);
  void collectSetter(const LinkedFunction &function, Index<Call> index, const rules::Setter &setter);
  void collectText(const LinkedFunction &function, Index<Call> index, const rules::TextSetting &row);
  void collectFieldAssignments(const LinkedFunction &function);
  void collectField(const LinkedFunction &function, Index<Value> target, Index<Value> value, Moment moment, const Site &site);
  void collectBraces(const LinkedFunction &function);
  void collectMember(const LinkedFunction &function, Index<Value> list, Index<Value> operand, llvm::StringRef member);

  const Program &program_;
  const RoleIndex &roles_;
  Handles handles_;
  mutable Provenance provenance_;
  mutable Constants constants_;
  mutable ArgumentConditions conditions_;
  std::map<ObjectId, std::vector<SettingEvent>> events_;
  std::map<ObjectId, std::vector<HeldSubject>> held_;
  std::map<ObjectId, CallRef> escapes_;
  mutable std::map<const rules::Subject *, bool> setUnseen_;
  /// Events of what a helper makes, for the calls that it was made by; none: it sets nothing there.
  mutable std::map<std::pair<const SettingEvent *, std::vector<CallRef>>, std::optional<SettingEvent>>
      byMaker_;
};

/// The class a call like make_shared<T> constructs out of sight; null for others.
const Type *constructedOutOfSight(const LinkedFunction &function, const Call &call, const Roles &roles);

} // namespace opex
