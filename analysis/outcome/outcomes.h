// What a condition amounts to when it is assumed that a call has succeeded, or that it has failed: `rc != 0`,
// `!status.ok()`, `isTransient(code)`, a flag that was set behind the call. Conventions of languages and of
// return values only; no library is known by name. paths/walk.h asks it along the paths of a loop.
#pragma once

#include "analysis/body/conditions.h"
#include "analysis/body/places.h"
#include "analysis/calls/work.h"

#include <map>

namespace opex {

/// What is known of a value on one path.
struct Known {
  enum Kind : uint8_t {
    Nothing,
    Number, ///< It is `number`.
    Good,   ///< It says that the call succeeded.
    Bad,    ///< It says that the call failed.
    Given,  ///< Something else that the call delivered.
    Not,    ///< Data, and not `number`, which would say that the call failed.
  } kind = Nothing;
  int64_t number = 0; ///< Of outcomes: how they are told, one of those below; 0 when the call gave it.

  bool isOutcome() const { return kind == Good || kind == Bad; }
  auto operator<=>(const Known &) const = default;
};

/// Known::number of an outcome that was asked for when the call had returned.
inline constexpr int64_t kAskedAfterwards = 1;
/// Of a success where 0 tells of failures.
inline constexpr int64_t kOtherThanZero = 2;

/// What is known on one path: of results of calls, and of places without indirection.
using Env = std::map<Place, Known>;

class Outcomes {
public:
  /// `failures`: names of those that the work ends in, where it is not just any.
  Outcomes(const Inputs<Dependencies> &in, const LinkedFunction &function, llvm::ArrayRef<std::string> failures = {})
      : in_(in), program_(in.program()), function_(function), body_(*function.body), failures_(failures) {}

  /// The call whose outcome the question is about: what is asked about the same object afterwards tells of
  /// it.
  void setWork(Index<Call> work);
  Index<Call> work() const { return work_; }

  Known valueOf(const Env &env, Index<Value> value) const;
  std::optional<bool> truthOf(const Env &env, Index<Value> condition) const;
  std::optional<bool> equals(const Env &env, Index<Value> value, Index<Value> constant) const;

  /// What follows for the places in a condition that has turned out `isTrue`. `localsOnly`: for those that nobody else
  /// can change.
  void learn(Env &env, Index<Value> condition, bool isTrue, bool localsOnly = false) const;
  void learnEqual(Env &env, Index<Value> value, Index<Value> constant) const;

  /// A variable begins, or gets another value.
  void declare(Env &env, Index<Local> local, Index<Value> init) const;
  void assign(Env &env, const Assign &assign, Index<Value> value) const;

  /// The call has been made: what it writes through its arguments, and what it may have changed besides.
  void apply(Env &env, Index<Call> call, Known outcome) const;
  /// The former alone, by convention.
  void tell(Env &env, Index<Call> call, Known outcome) const;
  /// The latter: members and globals that its body may change.
  void forget(Env &env, Index<Call> call) const;

private:
  const Type *typeOf(Index<Value> value) const;
  std::optional<bool> combined(const Env &env, const Split &split) const;
  Known callValue(const Env &env, uint32_t index) const;
  std::optional<Known> memberValue(const Env &env, const Call &call, Known object) const;
  std::optional<bool> truth(Known known, const Type *type) const;
  std::optional<bool> compare(const Env &env, Index<Value> left, Compare op, Index<Value> right) const;
  std::optional<bool> compareByType(Known outcome, const Type &type, Compare op, Known constant, llvm::StringRef name) const;
  Known judged(const Env &env, Index<Value> index, std::optional<Compare> op) const;
  Known memberOf(const Env &env, const Value &field) const;
  Place placeAt(Index<Value> value) const { return placeOf(body_, value).withoutIndirection(); }
  Place gotten(uint32_t call) const;
  void raiseFlags(Env &env, Index<Call> call) const;
  bool isAtomicRead(const Call &call) const;
  bool isRestart(Index<Value> constant) const;
  bool isOtherFailure(Index<Value> constant) const;
  Known keptIn(llvm::StringRef name, const Type *type, Known known) const;
  bool sharesSubject(const Call &call) const;
  bool isOutcomePlace(Index<Value> argument) const;

  const Inputs<Dependencies> in_;
  const Program &program_;
  const LinkedFunction &function_;
  const Function &body_;
  const llvm::ArrayRef<std::string> failures_;
  Index<Call> work_;
  std::vector<Place> subjects_;
};

} // namespace opex
