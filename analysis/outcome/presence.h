// What the values of a function say about whether one call of it found what it asked for: the pointer it
// returned, the count of what came back, a flag set in the arm that handles a hit, the list of what is still
// missing. Follows the call's result and what it wrote through its arguments forward through the variables of
// the same function, without regard to order; what is not told by a value's form is told as `Any`.
#pragma once

#include "analysis/body/conditions.h"
#include "analysis/body/places.h"
#include "analysis/body/region.h"
#include "analysis/conventions/presence_words.h"

#include <map>
#include <optional>
#include <set>

namespace opex {

class PresenceFlow {
public:
  /// Whether objects of the type are what is asked (a connection, a client), and so no place for answers.
  using IsClient = llvm::function_ref<bool(const Type &)>;

  /// `program` and `function` must outlive it.
  PresenceFlow(const Program &program, const LinkedFunction &function, Index<Call> read, IsClient isClient);

  Presence of(Index<Value> value) const;

  /// The step handles what the call found: it mentions something that came from it and is no mere sign of
  /// success.
  bool usesData(const Step &step) const;
  bool hasData() const { return hasData_; }

  /// The value tests what the call gave itself, and no part of it: not `found->kind == 3`, not `text == "on"`.
  bool isAboutItself(Index<Value> value) const;

  /// Variables, parameters and members that what was found gets into, and whether it is returned.
  const std::set<Place> &destinations() const { return destinations_; }
  bool isReturned() const { return isReturned_; }

  /// The block runs only if the call found something (Found) or did not (Missing); None if it does not depend
  /// on that, or not visibly.
  Presence armOf(Index<Block> block) const;

private:
  Presence marked(Index<Value> value) const;
  void mark(Index<Value> target, Presence presence, bool isByArm = false);
  void addTo(uint8_t &given, Presence presence);
  void passOnce();
  void passCall(const Call &call);
  void passAssign(const Assign &assign);
  /// What a method does to its object, when its arguments or where it stands depend on the call.
  void passInto(const Call &call, Presence given);
  void markWritten(const Call &call, Presence presence);
  void markOut(const Type *parameter, Index<Value> argument, Presence presence);

  Presence ofCall(const Value &value) const;
  Presence ofField(const Value &value) const;
  /// Of `!`, `&&` and `||`.
  Presence ofCondition(Index<Value> condition) const;
  Presence ofBinary(const Value &value) const;
  Presence compare(Compare op, Index<Value> left, Index<Value> right) const;
  Presence equals(Presence presence, Index<Value> other) const;
  /// Of content reached through something found: a null pointer is as telling as before, a number is not.
  Presence asContent(Presence presence, Index<Type> type) const;
  const Type *typeOf(Index<Type> type) const { return type ? &(*function_.unit)[type] : nullptr; }
  bool mentionsData(Index<Value> value) const;
  bool isGivenBy(Index<Value> value) const;

  const Program &program_;
  const LinkedFunction &function_;
  const Function &body_;
  Index<Call> read_;
  IsClient isClient_; ///< Only while being constructed.
  Presence result_ = Presence::None;
  std::map<Place, uint8_t> marks_; ///< All that is put into it, a bit for each.
  std::map<Place, uint8_t>
      arms_; ///< By where it is changed; counts where nothing that came from the call is put in.
  std::set<Place> destinations_, direct_;
  bool isReturned_ = false, hasData_ = false, hasChanged_ = false;
};

} // namespace opex
