#include "analysis/handlers/answer_use.h"

#include "analysis/body/answer_values.h"
#include "analysis/body/conditions.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// One call of the function, and what becomes of its result in the caller.
class Use {
public:
  Use(const Function &body, Index<Call> call, const Value &answered)
      : body_(body), call_(call), answered_(answered) {
    for (uint32_t i = 0; i < body_.locals.size(); ++i)
      if (isResult(withoutCopies(body_, body_.locals[i].init)) && body_.locals[i].kind != LocalKind::Capture)
        keepers_.push_back(i);
    for (const Assign &assign : body_.assigns)
      if (assign.target && body_[assign.target].kind == ValueKind::Local &&
          isResult(withoutCopies(body_, assign.value)))
        keepers_.push_back(body_[assign.target].index);
  }

  bool isAsked() const {
    auto asks = [&](const auto &step) { return isTest(step.condition); };
    if (llvm::any_of(body_.branches, asks) || llvm::any_of(body_.loops, asks))
      return true;
    return llvm::any_of(body_.values, [&](const Value &value) {
      return value.kind == ValueKind::Choice && !value.operands.empty() && isTest(value.operands.front());
    });
  }

private:
  bool isResult(Index<Value> value) const {
    return value && body_[value].kind == ValueKind::Call && body_[value].index == call_.value;
  }

  bool isSubject(Index<Value> value) const {
    value = withoutCopies(body_, value);
    return isResult(value) || (value && body_[value].kind == ValueKind::Local &&
                               llvm::is_contained(keepers_, body_[value].index));
  }

  bool isTest(Index<Value> condition) const {
    return anyPart(body_, condition, [&](Index<Value> part) {
      const Value &value = body_[part];
      if (value.kind == ValueKind::Binary && value.operands.size() == 2)
        return isSubject(part) || isComparedWithAnswer(value.operands[0], value.operands[1]);
      return isSubject(part) || (value.kind == ValueKind::Call && isTestingCall(body_.calls[value.index]));
    });
  }

  bool isComparedWithAnswer(Index<Value> left, Index<Value> right) const {
    return (isAbout(left) && isAnswer(right)) || (isAbout(right) && isAnswer(left));
  }

  /// The result or, for text and containers, how large it is.
  bool isAbout(Index<Value> value) const {
    if (isSubject(value))
      return true;
    return value && body_[value].kind == ValueKind::Call &&
           unqualified(body_.calls[body_[value].index].name) == "size" &&
           isSubject(body_.calls[body_[value].index].object);
  }

  bool isAnswer(Index<Value> index) const {
    index = withoutCopies(body_, index);
    if (!index)
      return false;
    const Value &value = body_[index];
    if (value.constant)
      return !answered_.constant || *answered_.constant == *value.constant || *value.constant == 0;
    return value.kind == ValueKind::Null ||
           (value.kind == ValueKind::String && value.text == answered_.text) ||
           (value.kind == ValueKind::Enumerator && value.entity == answered_.entity);
  }

  bool isTestingCall(const Call &call) const {
    static constexpr llvm::StringLiteral kTests[] = {"empty", "has_value", "operator bool", "operator!",
                                                     "size",  "isEmpty",   "isNull"};
    static constexpr llvm::StringLiteral kEquals[] = {"operator==", "operator!="};
    llvm::StringRef name = unqualified(call.name);
    if (llvm::is_contained(kTests, name))
      return isSubject(call.object              ? call.object
                       : call.arguments.empty() ? Index<Value>()
                                                : call.arguments.front());
    if (!llvm::is_contained(kEquals, name))
      return false;
    llvm::SmallVector<Index<Value>, 2> sides(call.arguments.begin(), call.arguments.end());
    if (call.object)
      sides.insert(sides.begin(), call.object);
    return sides.size() == 2 &&
           ((isSubject(sides[0]) && isAnswer(sides[1])) || (isSubject(sides[1]) && isAnswer(sides[0])));
  }

  const Function &body_;
  Index<Call> call_;
  const Value &answered_;
  std::vector<uint32_t> keepers_; ///< Variables that hold the result.
};

/// A value that a caller can compare with; what a variable holds may be half a result.
bool canBeAskedFor(const Value &value) {
  return value.constant || value.kind == ValueKind::Null || value.kind == ValueKind::Enumerator ||
         (value.kind == ValueKind::String && value.text.empty()) ||
         (value.kind == ValueKind::List && value.operands.empty()) || value.kind == ValueKind::Call;
}

} // namespace

bool isAskedForByAll(const Program &program, const LinkedFunction &function, Index<Value> answered) {
  answered = withoutCopies(*function.body, answered);
  if (!answered || function.callers.empty() || !canBeAskedFor((*function.body)[answered]))
    return false;
  const Value &value = (*function.body)[answered];
  // `std::string()`; a call of anything else may answer anything.
  if (value.kind == ValueKind::Call && (function.body->calls[value.index].kind != CallKind::Constructor ||
                                        function.body->calls[value.index].arguments.size() !=
                                            function.body->calls[value.index].defaultArguments))
    return false;
  return llvm::all_of(function.callers, [&](const CallEdge &edge) {
    return edge.isCertain() && Use(*program.functions[edge.caller].body, edge.call, value).isAsked();
  });
}

} // namespace opex
