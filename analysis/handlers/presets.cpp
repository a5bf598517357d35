#include "analysis/handlers/presets.h"

#include "analysis/body/answer_values.h"
#include "analysis/body/exits.h"
#include "analysis/body/places.h"
#include "analysis/body/region.h"
#include "analysis/exceptions/try_results.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {
namespace {

class Finder {
public:
  Finder(const LinkedFunction &function, Index<Try> owner)
      : unit_(*function.unit), body_(*function.body), owner_(body_[owner]) {}

  Preset find() const {
    if (Index<Value> parameter = returnedDefault())
      return isUsedInTry(parameter) ? Preset::Input : Preset::Default;
    return hasResult() ? Preset::None : outParameter();
  }

private:
  Preset outParameter() const {
    Preset found = Preset::None;
    for (const Assign &assign : body_.assigns) {
      if (!isInTry(assign.block) || !isOutParameter(assign.target))
        continue;
      if (assign.block == owner_.body && isPresetToFailure(assign.target))
        return Preset::Status;
      if (saysSomething(assign.value))
        found = Preset::Mark;
    }
    return found;
  }

  bool isInTry(Index<Block> block) const { return isIn(body_, block, owner_.body); }
  bool isBeforeTry(const Site &site) const {
    return site.file == owner_.site.file && site.offset < owner_.site.offset;
  }
  bool hasResult() const { return body_.result && unit_[body_.result].kind != TypeClass::Void; }

  bool isParameter(Index<Value> index) const {
    return index && body_[index].kind == ValueKind::Local &&
           body_.locals[body_[index].index].kind == LocalKind::Parameter;
  }

  /// The parameter that a variable starts from, which the try overwrites and every return behind it returns.
  Index<Value> returnedDefault() const {
    std::optional<uint32_t> returned;
    for (const Exit &exit : body_.exits) {
      if (!isReturn(exit) || isInTry(exit.block) || isBeforeTry(exit.site))
        continue;
      Index<Value> value = withoutCopies(body_, exit.value);
      if (!value || body_[value].kind != ValueKind::Local || (returned && *returned != body_[value].index))
        return {};
      returned = body_[value].index;
    }
    return returned && isAssignedInTry(*returned) ? presetOf(*returned) : Index<Value>();
  }

  bool isLocal(Index<Value> value, uint32_t local) const {
    value = withoutCopies(body_, value);
    return value && body_[value].kind == ValueKind::Local && body_[value].index == local;
  }

  bool isAssignedInTry(uint32_t local) const {
    return llvm::any_of(body_.assigns, [&](const Assign &assign) {
      return assign.op == "=" && isInTry(assign.block) && isLocal(assign.target, local);
    });
  }

  Index<Value> presetOf(uint32_t local) const {
    if (Index<Value> init = withoutCopies(body_, body_.locals[local].init); isParameter(init))
      return init;
    for (const Assign &assign : body_.assigns)
      if (Index<Value> value = withoutCopies(body_, assign.value);
          isBeforeTry(assign.site) && isLocal(assign.target, local) && isParameter(value))
        return value;
    return {};
  }

  /// By a call or an assignment.
  bool isUsedInTry(Index<Value> parameter) const {
    auto isIt = [&](const Value &value) {
      return value.kind == ValueKind::Local && value.index == body_[parameter].index;
    };
    return llvm::any_of(body_.calls,
                        [&](const Call &call) {
                          return isInTry(call.block) && (mentions(body_, call.object, isIt) ||
                                                         llvm::any_of(call.arguments, [&](Index<Value> a) {
                                                           return mentions(body_, a, isIt);
                                                         }));
                        }) ||
           llvm::any_of(body_.assigns, [&](const Assign &assign) {
             return isInTry(assign.block) && mentions(body_, assign.value, isIt);
           });
  }

  /// What a reference or pointer leads to that the caller handed in, or a part of it.
  bool isOutParameter(Index<Value> target) const {
    std::optional<uint32_t> variable = localOf(body_, target);
    if (!variable || body_.locals[*variable].kind != LocalKind::Parameter)
      return false;
    const Local &local = body_.locals[*variable];
    bool isPointer = local.type && unit_[local.type].kind == TypeClass::Pointer;
    return local.byReference || (isPointer && body_[target].kind != ValueKind::Local);
  }

  /// Set before the try to what can only be a failure.
  bool isPresetToFailure(Index<Value> target) const {
    return llvm::any_of(body_.assigns, [&](const Assign &assign) {
      return assign.op == "=" && isBeforeTry(assign.site) && isSamePlace(body_, assign.target, target) &&
             isFailure(assign.value);
    });
  }

  bool isFailure(Index<Value> index) const {
    index = withoutCopies(body_, index);
    if (!index)
      return false;
    const Value &value = body_[index];
    bool isBool = value.type && unit_[value.type].kind == TypeClass::Bool;
    return value.kind == ValueKind::Enumerator || value.kind == ValueKind::Null ||
           (value.constant && (*value.constant < 0 || (isBool && *value.constant == 0)));
  }

  /// A constant that was written down as an answer: a word, an enumerator, `true`.
  bool saysSomething(Index<Value> index) const {
    index = withoutCopies(body_, index);
    if (!index)
      return false;
    const Value &value = body_[index];
    bool isBool = value.type && unit_[value.type].kind == TypeClass::Bool;
    return value.kind == ValueKind::Enumerator || (value.kind == ValueKind::String && !value.text.empty()) ||
           (isBool && value.constant && *value.constant);
  }

  const TuFacts &unit_;
  const Function &body_;
  const Try &owner_;
};

} // namespace

Preset presetBefore(const LinkedFunction &function, Index<Try> owner) {
  return Finder(function, owner).find();
}

} // namespace opex
