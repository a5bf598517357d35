#include "analysis/answers.h"

#include "analysis/region.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <set>

namespace opex {
namespace {

class Judge {
public:
  Judge(const Program &program, const LinkedFunction &function, Index<Try> owner)
      : program_(program), function_(function), body_(*function.body), owner_(body_[owner]) {}

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

  bool testsResult() const {
    for (const Branch &branch : body_.branches)
      if (isAfterTry(branch.site) && testsSet(branch.condition))
        return true;
    for (const Loop &loop : body_.loops)
      if (isAfterTry(loop.site) && testsSet(loop.condition))
        return true;
    return llvm::any_of(body_.exits, [&](const Exit &exit) {
      return isReturn(exit) && isAfterTry(exit.site) && returnsStatus(exit.value);
    });
  }

  bool testsWhatTrySets(Index<Value> condition) const {
    return condition &&
           llvm::any_of(assigned(true), [&](Index<Value> variable) { return tests(condition, variable); });
  }

private:
  static bool isReturn(const Exit &exit) {
    return exit.kind == ExitKind::Return || exit.kind == ExitKind::CoReturn;
  }

  bool isInHandler(Index<Block> block) const {
    return llvm::any_of(enclosingBlocks(body_, block),
                        [&](Index<Block> outer) { return body_[outer].role == BlockRole::HandlerBody; });
  }

  bool isInTry(Index<Block> block) const {
    return llvm::is_contained(enclosingBlocks(body_, block), owner_.body);
  }

  bool isAfterTry(const Site &site) const {
    Index<Block> last = owner_.handlers.empty() ? owner_.body : body_[owner_.handlers.back()].body;
    return last && site.file == owner_.site.file &&
           site.offset >= body_[last].site.offset + body_[last].site.length;
  }

  // --- Ordinary results.

  void collectOrdinary(const std::vector<uint32_t> &exits) {
    for (uint32_t i = 0; i < body_.exits.size(); ++i) {
      const Exit &exit = body_.exits[i];
      if (!isReturn(exit) || !exit.value || llvm::is_contained(exits, i) || isInHandler(exit.block))
        continue;
      ordinary_.push_back(&exit);
    }
  }

  bool isBefore(const Exit &exit) const { return exit.site.offset < owner_.site.offset; }

  Index<Value> strip(Index<Value> index) const {
    while (index && body_[index].kind == ValueKind::Cast && !body_[index].constant &&
           !body_[index].operands.empty())
      index = body_[index].operands.front();
    return index;
  }

  bool isSame(Index<Value> a, Index<Value> b, unsigned depth = 0) const {
    a = strip(a);
    b = strip(b);
    if (!a || !b || depth > 6)
      return !a && !b;
    const Value &x = body_[a], &y = body_[b];
    if (x.constant && y.constant)
      return *x.constant == *y.constant;
    if (x.kind != y.kind || x.entity != y.entity || x.text != y.text)
      return false;
    if (x.kind == ValueKind::Call)
      return isSameCall(body_.calls[x.index], body_.calls[y.index], depth);
    if (x.kind == ValueKind::Local && x.index != y.index)
      return false;
    return isSameList(x.operands, y.operands, depth);
  }

  bool isSameList(llvm::ArrayRef<Index<Value>> a, llvm::ArrayRef<Index<Value>> b, unsigned depth) const {
    if (a.size() != b.size())
      return false;
    for (size_t i = 0; i < a.size(); ++i)
      if (!isSame(a[i], b[i], depth + 1))
        return false;
    return true;
  }

  bool isSameCall(const Call &a, const Call &b, unsigned depth) const {
    return a.callee == b.callee && a.name == b.name && isSame(a.object, b.object, depth + 1) &&
           isSameList(a.arguments, b.arguments, depth);
  }

  bool isFixed(Index<Value> index) const {
    index = strip(index);
    if (!index)
      return false;
    const Value &value = body_[index];
    return value.constant || value.kind == ValueKind::Null || value.kind == ValueKind::Enumerator ||
           value.kind == ValueKind::String || value.kind == ValueKind::Float;
  }

  // --- The handler's result.

  enum class Shape : uint8_t { Absent, Empty, Fixed, Variable, Made };

  static bool isAbsenceName(llvm::StringRef name) { return name == "std::nullopt" || name == "boost::none"; }

  /// Types whose empty value is tested for: pointers and what behaves like one.
  bool canBeAbsent(Index<Type> index) const {
    if (!index)
      return false;
    const Type &type = (*function_.unit)[index];
    static constexpr llvm::StringLiteral kNames[] = {
        "std::optional",     "std::unique_ptr", "std::shared_ptr",      "boost::optional",
        "boost::shared_ptr", "std::function",   "boost::intrusive_ptr", "std::any"};
    return type.kind == TypeClass::Pointer ||
           (!type.indirections && llvm::is_contained(kNames, type.recordName));
  }

  Shape shapeOf(Index<Value> index) const {
    index = strip(index);
    if (!index)
      return Shape::Made;
    const Value &value = body_[index];
    switch (value.kind) {
    case ValueKind::Null: return Shape::Absent;
    case ValueKind::Global:
      if (const Declaration *declaration = program_.declaration(value.entity))
        if (isAbsenceName(declaration->name))
          return Shape::Absent;
      return Shape::Variable;
    case ValueKind::Local:
    case ValueKind::Field: return Shape::Variable;
    case ValueKind::String: return value.text.empty() ? Shape::Empty : Shape::Made;
    case ValueKind::List: return value.operands.empty() ? Shape::Empty : Shape::Made;
    case ValueKind::Call: return shapeOfCall(body_.calls[value.index]);
    case ValueKind::Float:
      return value.text.find_first_of("123456789") == llvm::StringRef::npos ? Shape::Empty : Shape::Fixed;
    default: return isFixed(index) ? Shape::Fixed : Shape::Made;
    }
  }

  Shape shapeOfCall(const Call &call) const {
    if (call.kind != CallKind::Constructor)
      return Shape::Made;
    size_t written = call.arguments.size() - std::min<size_t>(call.defaultArguments, call.arguments.size());
    if (!written)
      return canBeAbsent(call.type) ? Shape::Absent : Shape::Empty;
    if (written > 1)
      return Shape::Made;
    Shape inner = shapeOf(call.arguments.front());
    // An optional or pointer that holds an empty thing is not absent itself.
    return inner == Shape::Fixed ? Shape::Made : inner;
  }

  AnswerGiven judge(Index<Value> value) {
    AnswerGiven given;
    switch (shapeOf(value)) {
    case Shape::Absent: given.answer = Answer::Status; break;
    case Shape::Empty: given = judgeEmpty(value); break;
    case Shape::Fixed: given = judgeFixed(strip(value)); break;
    case Shape::Variable: given = judgeVariable(strip(value)); break;
    case Shape::Made: given = judgeMade(strip(value)); break;
    }
    return given;
  }

  AnswerGiven judgeEmpty(Index<Value> value) const {
    if (canBeAbsent(body_.result))
      return {Answer::Status, value, {}};
    return {Answer::Default, value, sameSite(value)};
  }

  bool isNotFound(Index<Value> value) const {
    return fallsThrough() && saysNothingFound(value) &&
           llvm::any_of(body_.exits,
                        [&](const Exit &exit) {
                          return isReturn(exit) && isAfterTry(exit.site) && isSame(value, exit.value);
                        }) &&
           llvm::any_of(ordinary_, [&](const Exit *exit) {
             return isInTry(exit->block) && !isSame(value, exit->value);
           });
  }

  /// The try can complete without returning.
  bool fallsThrough() const {
    const std::vector<Step> &steps = body_[owner_.body].steps;
    return steps.empty() || steps.back().kind != StepKind::Exit;
  }

  /// Empty, none, `false` or negative: not 0, which is success to many.
  bool saysNothingFound(Index<Value> value) const {
    Shape shape = shapeOf(value);
    const Value &bare = body_[strip(value)];
    bool isBool = body_.result && (*function_.unit)[body_.result].kind == TypeClass::Bool;
    return shape == Shape::Absent || (shape == Shape::Empty && bare.kind != ValueKind::Float) ||
           (bare.constant && (*bare.constant < 0 || (isBool && *bare.constant == 0)));
  }

  Site sameSite(Index<Value> value) const {
    for (const Exit *exit : ordinary_)
      if (isSame(value, exit->value))
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
      if (isSame(value, exit->value))
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
      if (!isFixed(exit->value))
        return {amongComputed(body_[value]), value, exit->site};
    return {Answer::Status, value, {}};
  }

  /// The handler's constant, where ordinary results are computed and may be anything.
  Answer amongComputed(const Value &value) const {
    if (value.kind == ValueKind::Enumerator)
      return Answer::Status;
    bool isBool = body_.result && (*function_.unit)[body_.result].kind == TypeClass::Bool;
    if (isBool)
      return Answer::Conflated;
    return value.constant && *value.constant == 0 ? Answer::Default : Answer::Status;
  }

  AnswerGiven judgeVariable(Index<Value> value) const {
    const Value &variable = body_[value];
    // What a caller handed in as the fallback is the caller's own choice.
    if (variable.kind == ValueKind::Local && body_.locals[variable.index].kind == LocalKind::Parameter)
      return {Answer::Status, value, {}};
    for (const Exit *exit : ordinary_)
      if (!isBefore(*exit) && isSame(value, exit->value))
        return {isStatusVariable(value) ? Answer::Status : Answer::Default, value, exit->site};
    return {Answer::Status, value, {}};
  }

  // --- Variables that only a complete try sets.

  bool isVariable(Index<Value> index, Index<Value> variable) const {
    index = strip(index);
    return index && isSame(index, variable);
  }

  /// Targets of assignments in the try.
  std::vector<Index<Value>> assigned(bool atTopLevel) const {
    std::vector<Index<Value>> targets;
    auto add = [&](Index<Value> target, Index<Block> block) {
      target = strip(target);
      if (!target || (atTopLevel ? block != owner_.body : !isInTry(block)))
        return;
      const Value &value = body_[target];
      bool isOuter = value.kind == ValueKind::Local && !isInTry(body_.locals[value.index].block);
      if (isOuter || value.kind == ValueKind::Field)
        targets.push_back(target);
    };
    for (const Assign &assign : body_.assigns)
      add(assign.target, assign.block);
    for (const Call &call : body_.calls)
      if (call.kind == CallKind::Operator && unqualified(call.name) == "operator=")
        add(targetOf(call), call.block);
    return targets;
  }

  /// Variables that calls in the try may fill: `resolve(addresses, name)`, `rows.push_back(row)`.
  std::vector<Index<Value>> filled() const {
    std::vector<Index<Value>> targets;
    auto add = [&](Index<Value> target) {
      target = strip(target);
      if (target && body_[target].kind == ValueKind::AddressOf)
        target = strip(body_[target].operands.front());
      if (target && body_[target].kind == ValueKind::Local &&
          !isInTry(body_.locals[body_[target].index].block))
        targets.push_back(target);
    };
    for (const Call &call : body_.calls) {
      if (!isInTry(call.block))
        continue;
      const Declaration *callee = program_.declaration(call.callee);
      if (call.kind == CallKind::Method && !(callee && callee->isConst))
        add(call.object);
      for (size_t i = 0; i < call.arguments.size(); ++i)
        if (isWritable(program_.parameterType(call.callee, i)))
          add(call.arguments[i]);
    }
    return targets;
  }

  static bool isWritable(const Type *type) {
    return !type || ((type->kind == TypeClass::Reference || type->kind == TypeClass::Pointer) &&
                     !type->canonical.starts_with("const "));
  }

  bool testsSet(Index<Value> condition) const {
    if (!condition)
      return false;
    auto isTested = [&](Index<Value> variable) { return tests(condition, variable); };
    return llvm::any_of(assigned(false), isTested) || llvm::any_of(filled(), isTested);
  }

  /// A condition that asks whether the variable has been set.
  bool tests(Index<Value> condition, Index<Value> variable, unsigned depth = 0) const {
    condition = strip(condition);
    if (!condition || depth > 6)
      return false;
    if (isVariable(condition, variable))
      return true;
    const Value &value = body_[condition];
    if (value.kind == ValueKind::Unary && value.text == "!")
      return tests(value.operands.front(), variable, depth + 1);
    if (value.kind == ValueKind::Binary && value.operands.size() == 2)
      return testsBinary(value, variable, depth);
    if (value.kind == ValueKind::Call)
      return testsByCall(body_.calls[value.index], variable);
    return false;
  }

  bool testsBinary(const Value &value, Index<Value> variable, unsigned depth) const {
    Index<Value> left = value.operands[0], right = value.operands[1];
    if (value.text == "&&" || value.text == "||")
      return tests(left, variable, depth + 1) || tests(right, variable, depth + 1);
    if (isVariable(left, variable))
      return isUnsetValue(right, variable);
    return isVariable(right, variable) && isUnsetValue(left, variable);
  }

  bool testsByCall(const Call &call, Index<Value> variable) const {
    static constexpr llvm::StringLiteral kTests[] = {
        "empty", "has_value",  "operator bool", "operator!", "isNull",  "isEmpty", "is_null",
        "valid", "operator==", "operator!=",    "good",      "is_open", "size"};
    Index<Value> first = call.object              ? call.object
                         : call.arguments.empty() ? Index<Value>()
                                                  : call.arguments.front();
    return first && isVariable(first, variable) && llvm::is_contained(kTests, unqualified(call.name));
  }

  /// The value that the variable keeps when the try fails, or one that usually means "none".
  bool isUnsetValue(Index<Value> index, Index<Value> variable) const {
    index = strip(index);
    const Value &value = body_[index];
    if (value.kind == ValueKind::Null || value.kind == ValueKind::Enumerator ||
        shapeOf(index) == Shape::Absent)
      return true;
    const Value &target = body_[variable];
    if (target.kind == ValueKind::Local && body_.locals[target.index].init)
      return isSame(index, body_.locals[target.index].init);
    return value.constant && *value.constant <= 0;
  }

  /// A variable whose value tells by itself that the try did not complete.
  bool isStatusVariable(Index<Value> variable) const {
    const Value &value = body_[variable];
    if (value.kind != ValueKind::Local)
      return false;
    const Local &local = body_.locals[value.index];
    if (!llvm::any_of(assigned(true), [&](Index<Value> target) { return isSame(target, variable); }))
      return false;
    if (canBeAbsent(local.type))
      return true;
    Index<Value> init = strip(local.init);
    if (!init)
      return false;
    bool isBool = local.type && (*function_.unit)[local.type].kind == TypeClass::Bool;
    return isBool || body_[init].kind == ValueKind::Enumerator ||
           (body_[init].constant && *body_[init].constant < 0);
  }

  bool returnsStatus(Index<Value> value) const {
    return value && mentions(body_, value, [&](const Value &part) {
             return part.kind == ValueKind::Local &&
                    isStatusVariable(Index<Value>(&part - body_.values.data()));
           });
  }

  const Program &program_;
  const LinkedFunction &function_;
  const Function &body_;
  const Try &owner_;
  std::vector<const Exit *> ordinary_;
};

} // namespace

AnswerGiven answerOf(const Program &program, const LinkedFunction &function, Index<Try> owner,
                     const std::vector<uint32_t> &exits) {
  return Judge(program, function, owner).answer(exits);
}

bool testsWhatTrySets(const Program &program, const LinkedFunction &function, Index<Try> owner,
                      Index<Value> condition) {
  return Judge(program, function, owner).testsWhatTrySets(condition);
}

bool testsResultOf(const Program &program, const LinkedFunction &function, Index<Try> owner) {
  return Judge(program, function, owner).testsResult();
}

} // namespace opex
