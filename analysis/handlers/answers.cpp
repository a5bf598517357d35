#include "analysis/handlers/answers.h"

#include "analysis/body/answer_values.h"
#include "analysis/body/exits.h"
#include "analysis/body/region.h"
#include "analysis/exceptions/try_results.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

class Judge {
public:
  Judge(const Program &program, const LinkedFunction &function, Index<Try> owner)
      : program_(program), function_(function), body_(*function.body), try_(owner), owner_(body_[owner]),
        values_(program, function) {}

  AnswerGiven answer(const std::vector<uint32_t> &exits) {
    collectOrdinary(exits);
    AnswerGiven worst;
    for (uint32_t exit : exits) {
      if (!isReturn(body_.exits[exit]) || !body_.exits[exit].value)
        continue;
      AnswerGiven given = judge(body_.exits[exit].value);
      given.value = body_.exits[exit].value;
      // One way out that tells is enough: the handler distinguishes.
      if (given.answer == Answer::Status) {
        given.isNotFound = isNotFound(given.value);
        return given;
      }
      if (given.answer > worst.answer)
        worst = given;
    }
    worst.isNotFound = worst.value && isNotFound(worst.value);
    return worst;
  }

private:
  // --- Ordinary results.

  void collectOrdinary(const std::vector<uint32_t> &exits) {
    for (uint32_t i = 0; i < body_.exits.size(); ++i) {
      const Exit &exit = body_.exits[i];
      if (!isReturn(exit) || !exit.value || llvm::is_contained(exits, i) || isInHandler(body_, exit.block))
        continue;
      ordinary_.push_back(&exit);
    }
  }

  bool isBefore(const Exit &exit) const { return exit.site.offset < owner_.site.offset; }

  // --- The handler's result.

  AnswerGiven judge(Index<Value> value) {
    AnswerGiven given;
    if (isLookupDefault(value))
      return {Answer::Default, value, sameSite(value)};
    switch (values_.shapeOf(value)) {
    case Shape::Absent: given.answer = Answer::Status; break;
    case Shape::Empty: given = judgeEmpty(value); break;
    case Shape::Fixed: given = judgeFixed(values_.strip(value)); break;
    case Shape::Variable: given = judgeVariable(values_.strip(value)); break;
    case Shape::Made: given = judgeMade(values_.strip(value)); break;
    }
    return given;
  }

  AnswerGiven judgeEmpty(Index<Value> value) const {
    if (values_.canBeAbsent(body_.result))
      return {Answer::Status, value, {}};
    return {Answer::Default, value, sameSite(value)};
  }

  /// The text or number, or what a text is made from.
  Index<Value> literalOf(Index<Value> index) const {
    index = index ? values_.strip(index) : index;
    if (index && body_[index].kind == ValueKind::Call) {
      const Call &call = body_.calls[body_[index].index];
      if (call.kind == CallKind::Constructor && call.arguments.size() == call.defaultArguments + 1)
        return literalOf(call.arguments.front());
    }
    bool isLiteral = index && (body_[index].constant || (body_[index].kind == ValueKind::String && !body_[index].text.empty()));
    return isLiteral ? index : Index<Value>();
  }

  /// The try asks for something by name, and this is what it takes where there is none: `get("method", "null")`.
  bool isLookupDefault(Index<Value> value) const {
    const Index<Value> literal = literalOf(value);
    return literal && llvm::any_of(body_.calls, [&](const Call &call) {
      size_t written = call.arguments.size() - call.defaultArguments;
      if (written < 2 || call.kind == CallKind::Constructor || call.kind == CallKind::Operator || call.result != ResultUse::Used ||
          !isInTry(body_, owner_, call.block))
        return false;
      Index<Value> key = literalOf(call.arguments.front()), otherwise = literalOf(call.arguments[written - 1]);
      return key && body_[key].kind == ValueKind::String && otherwise && values_.isSame(literal, otherwise);
    });
  }

  bool isNotFound(Index<Value> value) const {
    if (isLookupDefault(value))
      return true;
    return !alwaysLeaves(body_, owner_.body) && saysNothingFound(value) &&
           llvm::any_of(body_.exits,
                        [&](const Exit &exit) {
                          return isReturn(exit) && isAfterTry(body_, owner_, exit.site) &&
                                 values_.isSame(value, exit.value);
                        }) &&
           llvm::any_of(ordinary_, [&](const Exit *exit) {
             return isInTry(body_, owner_, exit->block) && !values_.isSame(value, exit->value);
           });
  }

  /// Empty, none, `false` or negative: not 0, which is success to many.
  bool saysNothingFound(Index<Value> value) const {
    Shape shape = values_.shapeOf(value);
    const Value &bare = body_[values_.strip(value)];
    bool isBool = values_.isBool(body_.result);
    return shape == Shape::Absent || (shape == Shape::Empty && bare.kind != ValueKind::Float) ||
           (bare.constant && (*bare.constant < 0 || (isBool && *bare.constant == 0)));
  }

  Site sameSite(Index<Value> value) const {
    for (const Exit *exit : ordinary_)
      if (values_.isSame(value, exit->value))
        return exit->site;
    return {};
  }

  AnswerGiven judgeMade(Index<Value> value) const {
    Site same;
    bool always = isAlways(value, same);
    return {always ? Answer::Success : Answer::Status, value, same};
  }

  /// Every ordinary way through or past the try gives this value.
  bool isAlways(Index<Value> value, Site &same) const {
    unsigned others = 0;
    for (const Exit *exit : ordinary_) {
      if (isBefore(*exit))
        continue;
      if (values_.isSame(value, exit->value))
        same = exit->site;
      else
        ++others;
    }
    return same.valid() && !others;
  }

  AnswerGiven judgeFixed(Index<Value> value) const {
    Site same;
    if (isAlways(value, same))
      return {Answer::Success, value, same};
    if (Site other = sameSite(value); other.valid())
      return {Answer::Conflated, value, other};
    for (const Exit *exit : ordinary_)
      if (!values_.isFixed(exit->value))
        return {amongComputed(body_[value]), value, exit->site};
    return {Answer::Status, value, {}};
  }

  /// The handler's constant, where ordinary results are computed and may be anything.
  Answer amongComputed(const Value &value) const {
    if (value.kind == ValueKind::Enumerator)
      return Answer::Status;
    if (values_.isBool(body_.result))
      return Answer::Conflated;
    return value.constant && *value.constant == 0 ? Answer::Default : Answer::Status;
  }

  AnswerGiven judgeVariable(Index<Value> value) const {
    const Value &variable = body_[value];
    // What a caller handed in as the fallback is the caller's own choice.
    if (variable.kind == ValueKind::Local && body_.locals[variable.index].kind == LocalKind::Parameter)
      return {Answer::Status, value, {}};
    for (const Exit *exit : ordinary_)
      if (!isBefore(*exit) && values_.isSame(value, exit->value))
        return {isStatusVariable(program_, function_, try_, value) ? Answer::Status : Answer::Default, value,
                exit->site};
    return {Answer::Status, value, {}};
  }

  const Program &program_;
  const LinkedFunction &function_;
  const Function &body_;
  Index<Try> try_;
  const Try &owner_;
  AnswerValues values_;
  std::vector<const Exit *> ordinary_;
};

} // namespace

AnswerGiven answerOf(const Program &program, const LinkedFunction &function, Index<Try> owner,
                     const std::vector<uint32_t> &exits) {
  return Judge(program, function, owner).answer(exits);
}

} // namespace opex
