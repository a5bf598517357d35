#include "analysis/effects.h"

#include "analysis/log_names.h"

#include "llvm/ADT/STLExtras.h"

#include <map>
#include <set>

namespace opex {

bool mentions(const Function &function, Index<Value> root, llvm::function_ref<bool(const Value &)> test) {
  std::vector<Index<Value>> queue = {root};
  std::set<uint32_t> calls;
  while (!queue.empty()) {
    Index<Value> index = queue.back();
    queue.pop_back();
    if (!index)
      continue;
    const Value &value = function[index];
    if (test(value))
      return true;
    queue.insert(queue.end(), value.operands.begin(), value.operands.end());
    if (value.kind != ValueKind::Call || !calls.insert(value.index).second)
      continue;
    const Call &call = function.calls[value.index];
    queue.push_back(call.object);
    queue.push_back(call.calleeValue);
    queue.insert(queue.end(), call.arguments.begin(), call.arguments.end());
  }
  return false;
}

Index<Value> rootOf(const Function &function, Index<Value> index) {
  while (index) {
    const Value &value = function[index];
    switch (value.kind) {
    case ValueKind::Local:
    case ValueKind::Global:
    case ValueKind::This: return index;
    case ValueKind::Field:
    case ValueKind::Element:
    case ValueKind::Deref:
    case ValueKind::AddressOf:
    case ValueKind::Cast:
      if (value.operands.empty())
        return {};
      index = value.operands.front();
      continue;
    case ValueKind::Call: {
      // `stream << a << b` and `*pointer` are calls on what they begin with.
      const Call &call = function.calls[value.index];
      if (call.kind != CallKind::Operator)
        return {};
      index = call.object ? call.object : call.arguments.empty() ? Index<Value>() : call.arguments.front();
      continue;
    }
    default: return {};
    }
  }
  return {};
}

namespace {

/// Callees are looked into this deep; what lies below counts as work.
constexpr unsigned kDepth = 3;

class Reader {
public:
  Reader(const Program &program, const LinkedFunction &function, Index<Local> caught, unsigned depth)
      : program_(program), function_(function), body_(*function.body), caught_(caught), depth_(depth) {}

  Effects read(llvm::ArrayRef<Step> steps) {
    // In a callee even its parameters are its own business.
    if (depth_)
      for (uint32_t i = 0; i < body_.parameterCount; ++i)
        own_.insert(i);
    collect(steps, /*isInLoop=*/false, /*isBreakable=*/false);
    for (const Step &step : steps_) {
      addUses(step);
      if (step.kind == StepKind::Call && body_.calls[step.index].site.expansion &&
          program_.annotations.log({function_.position, Index<Call>(step.index)}))
        logMacros_.insert(body_.calls[step.index].site.offset);
    }
    findLogs();
    spreadLogs();
    for (const Step &step : steps_)
      judge(step);
    return std::move(effects_);
  }

private:
  // --- Which steps belong to the region, and what uses what.

  void collect(llvm::ArrayRef<Step> steps, bool isInLoop, bool isBreakable) {
    for (const Step &step : steps) {
      steps_.push_back(step);
      switch (step.kind) {
      case StepKind::Declare: own_.insert(step.index); break;
      case StepKind::Branch:
        collect(body_.branches[step.index].then, isInLoop, isBreakable);
        collect(body_.branches[step.index].otherwise, isInLoop, isBreakable);
        break;
      case StepKind::Switch: collect(body_.switches[step.index].body, isInLoop, true); break;
      case StepKind::Loop:
        if (body_.loops[step.index].variable)
          own_.insert(body_.loops[step.index].variable.value);
        collect(body_.loops[step.index].test, true, true);
        collect(body_.loops[step.index].body, true, true);
        collect(body_.loops[step.index].increment, true, true);
        break;
      case StepKind::Try:
        tries_.insert(step.index);
        collect(body_.tries[step.index].body, isInLoop, isBreakable);
        for (Index<Handler> handler : body_.tries[step.index].handlers) {
          if (body_[handler].variable)
            own_.insert(body_[handler].variable.value);
          collect(body_[handler].body, isInLoop, isBreakable);
        }
        break;
      case StepKind::Block: collect(body_.blocks[step.index].steps, isInLoop, isBreakable); break;
      case StepKind::Exit: addExit(step.index, isInLoop, isBreakable); break;
      case StepKind::Call:
      case StepKind::Assign:
      case StepKind::Label: break;
      }
    }
  }

  void collect(Index<Block> block, bool isInLoop, bool isBreakable) {
    if (block)
      collect(body_[block].steps, isInLoop, isBreakable);
  }

  void addExit(uint32_t index, bool isInLoop, bool isBreakable) {
    ExitKind kind = body_.exits[index].kind;
    if ((kind == ExitKind::Break && isBreakable) || (kind == ExitKind::Continue && isInLoop))
      return;
    if (kind != ExitKind::Throw && kind != ExitKind::Rethrow)
      effects_.exits.push_back(index);
  }

  /// Values that a step reads or writes, as roots of their trees.
  llvm::SmallVector<Index<Value>, 6> rootsOf(const Step &step) const {
    llvm::SmallVector<Index<Value>, 6> roots;
    switch (step.kind) {
    case StepKind::Call: {
      const Call &call = body_.calls[step.index];
      roots.push_back(call.object);
      roots.push_back(call.calleeValue);
      roots.append(call.arguments.begin(), call.arguments.end());
      break;
    }
    case StepKind::Declare: roots.push_back(body_.locals[step.index].init); break;
    case StepKind::Assign:
      roots.push_back(body_.assigns[step.index].target);
      roots.push_back(body_.assigns[step.index].value);
      break;
    case StepKind::Branch: roots.push_back(body_.branches[step.index].condition); break;
    case StepKind::Switch: roots.push_back(body_.switches[step.index].condition); break;
    case StepKind::Loop:
      roots.push_back(body_.loops[step.index].condition);
      roots.push_back(body_.loops[step.index].range);
      break;
    case StepKind::Exit: roots.push_back(body_.exits[step.index].value); break;
    case StepKind::Try:
    case StepKind::Label:
    case StepKind::Block: break;
    }
    return roots;
  }

  void addUses(const Step &step) {
    for (Index<Value> root : rootsOf(step))
      walk(root, [&](const Value &value) {
        if (value.kind == ValueKind::Call)
          callUses_[value.index].push_back(step);
        else if (value.kind == ValueKind::Local && own_.contains(value.index))
          localUses_[value.index].push_back(step);
      });
  }

  /// The tree of one value, calls' own arguments left out.
  void walk(Index<Value> root, llvm::function_ref<void(const Value &)> visit) const {
    std::vector<Index<Value>> queue = {root};
    while (!queue.empty()) {
      Index<Value> index = queue.back();
      queue.pop_back();
      if (!index)
        continue;
      visit(body_[index]);
      queue.insert(queue.end(), body_[index].operands.begin(), body_[index].operands.end());
    }
  }

  // --- Which calls are log statements, and which only prepare what is logged.

  /// A macro that logs may make several calls, of which one stands for all in the annotations.
  bool isLogMacro(const Site &site) const {
    if (!site.expansion)
      return false;
    const Expansion &expansion = (*function_.unit)[site.expansion];
    return logMacros_.contains(site.offset) || isNamedLikeLog(expansion.macro);
  }

  bool isLogObject(Index<Value> root) const {
    if (!root)
      return false;
    const Value &value = body_[root];
    if (value.kind == ValueKind::Call)
      return logs_.contains(value.index);
    if (value.kind == ValueKind::Global)
      if (const Declaration *declaration = program_.declaration(value.entity))
        if (isNamedLikeLog(declaration->name) || declaration->name == "std::cout")
          return true;
    return value.type && isNamedLikeLog((*function_.unit)[value.type].recordName);
  }

  bool isLog(uint32_t index) const {
    const Call &call = body_.calls[index];
    if (program_.annotations.log({function_.position, Index<Call>(index)}))
      return true;
    if (isLogMacro(call.site))
      return true;
    if (call.kind == CallKind::Operator) {
      Index<Value> left = call.object ? call.object : call.arguments.empty() ? Index<Value>() : call.arguments.front();
      return unqualified(call.name) == "operator<<" && startsAtLog(left);
    }
    if (call.kind == CallKind::Constructor || call.kind == CallKind::Destructor)
      return call.isTemporary && isNamedLikeLog(call.name);
    return isNamedLikeLogger(call.name);
  }

  /// The stream that a chain of `<<` begins with is a log: an object, or the result of a log call.
  bool startsAtLog(Index<Value> left) const {
    while (left) {
      if (isLogObject(left))
        return true;
      const Value &value = body_[left];
      if (value.kind == ValueKind::Call) {
        const Call &call = body_.calls[value.index];
        left = call.object ? call.object : call.arguments.empty() ? Index<Value>() : call.arguments.front();
      } else if (value.kind == ValueKind::Field && isFieldNamedLikeLog(value)) {
        return true;
      } else {
        left = value.operands.empty() ? Index<Value>() : value.operands.front();
      }
    }
    return false;
  }

  bool isFieldNamedLikeLog(const Value &value) const {
    const Declaration *declaration = program_.declaration(value.entity);
    return declaration && isNamedLikeLog(declaration->name);
  }

  void findLogs() {
    for (const Step &step : steps_)
      if (step.kind == StepKind::Call && isLog(step.index))
        logs_.insert(step.index);
  }

  /// A call is part of a log if its result goes nowhere else; so is a variable.
  void spreadLogs() {
    for (bool changed = true; changed;) {
      changed = false;
      for (const Step &step : steps_)
        if (step.kind == StepKind::Call && !logs_.contains(step.index) && !feeding_.contains(step.index) &&
            feedsLogsOnly(step.index))
          changed |= feeding_.insert(step.index).second;
      for (uint32_t local : own_)
        if (!logOnly_.contains(local) && !localUses_[local].empty() &&
            llvm::all_of(localUses_[local], [&](const Step &use) { return isHarmlessUse(use, local); }))
          changed |= logOnly_.insert(local).second;
    }
  }

  bool feedsLogsOnly(uint32_t index) {
    const std::vector<Step> &uses = callUses_[index];
    return !uses.empty() && llvm::all_of(uses, [&](const Step &use) { return isHarmlessUse(use, {}); });
  }

  bool isHarmlessUse(const Step &use, std::optional<uint32_t> local) {
    if (use.kind == StepKind::Call) {
      if (logs_.contains(use.index) || feeding_.contains(use.index) || isNoOp(use.index))
        return true;
      // Filling a string or stream that itself is only logged.
      return local && isBuilding(use.index, *local);
    }
    if (use.kind == StepKind::Declare)
      return logOnly_.contains(use.index) || (local && use.index == *local);
    return false;
  }

  bool isBuilding(uint32_t index, uint32_t local) const {
    Index<Value> root = rootOf(body_, targetOf(body_.calls[index]));
    return root && body_[root].kind == ValueKind::Local && body_[root].index == local && isText(body_.locals[local].type);
  }

  static Index<Value> targetOf(const Call &call) {
    if (call.object)
      return call.object;
    return call.kind == CallKind::Operator && !call.arguments.empty() ? call.arguments.front() : Index<Value>();
  }

  /// Strings, string streams and buffers: writing into one of one's own is no effect.
  bool isText(Index<Type> index) const {
    if (!index)
      return false;
    const Type &type = (*function_.unit)[index];
    if (type.kind == TypeClass::Array || type.kind == TypeClass::Integer || type.kind == TypeClass::Bool)
      return true;
    return type.recordName.starts_with("std::basic_string") || type.recordName.starts_with("std::basic_ostringstream") ||
           type.recordName.starts_with("std::string") || type.recordName.starts_with("std::ostringstream") ||
           type.recordName.starts_with("std::basic_stringstream") || type.recordName.starts_with("std::stringstream") ||
           type.recordName.starts_with("fmt::");
  }

  // --- What each step amounts to.

  void judge(const Step &step) {
    switch (step.kind) {
    case StepKind::Call: return judgeCall(step.index);
    case StepKind::Assign: return judgeAssign(body_.assigns[step.index]);
    case StepKind::Exit: return judgeExit(body_.exits[step.index]);
    case StepKind::Declare:
    case StepKind::Branch:
    case StepKind::Switch:
    case StepKind::Loop:
    case StepKind::Try:
    case StepKind::Label:
    case StepKind::Block: return;
    }
  }

  bool isCaught(const Value &value) const {
    return caught_ && value.kind == ValueKind::Local && value.index == caught_.value;
  }

  bool mentionsCaught(Index<Value> value) const {
    return caught_ && mentions(body_, value, [&](const Value &v) { return isCaught(v) || isMadeFromCaught(v); });
  }

  /// A variable of the region that starts from the exception: `const char *why = e.what();`.
  bool isMadeFromCaught(const Value &value) const {
    if (value.kind != ValueKind::Local || !own_.contains(value.index) || value.index == caught_.value)
      return false;
    Index<Value> init = body_.locals[value.index].init;
    return init && mentions(body_, init, [&](const Value &v) { return isCaught(v); });
  }

  bool mentionsCaught(const Call &call) const {
    return mentionsCaught(call.object) || llvm::any_of(call.arguments, [&](Index<Value> a) { return mentionsCaught(a); });
  }

  void judgeExit(const Exit &exit) {
    if (exit.kind == ExitKind::Throw || exit.kind == ExitKind::Rethrow) {
      effects_.throws |= !isCaughtInside(exit.block);
      addTexts(exit.value);
    } else if (mentionsCaught(exit.value)) {
      effects_.handsOnCause = true;
    }
  }

  /// By a handler of a try of the region: `catch (...) { try { throw; } catch (const Known &e) { … } }`.
  bool isCaughtInside(Index<Block> block) const {
    return llvm::any_of(enclosingBlocks(body_, block), [&](Index<Block> outer) {
      return body_[outer].role == BlockRole::TryBody && tries_.contains(body_[outer].owner.index);
    });
  }

  void judgeAssign(const Assign &assign) {
    if (isLogMacro(assign.site) || isOwnObject(assign.target))
      return;
    effects_.works = true;
    effects_.handsOnCause |= mentionsCaught(assign.value);
  }

  /// A variable of the region, or part of one; not what a pointer or reference of the region leads to.
  bool isOwnObject(Index<Value> target) const {
    Index<Value> root = rootOf(body_, target);
    if (!root || body_[root].kind != ValueKind::Local || !own_.contains(body_[root].index))
      return false;
    const Local &local = body_.locals[body_[root].index];
    bool isPointer = local.type && (*function_.unit)[local.type].kind == TypeClass::Pointer;
    return body_[root].index != caught_.value && !local.byReference && (root == target || !isPointer);
  }

  /// A guard or reporter that is only constructed: what it does in its constructor or destructor is its use.
  bool isUsedByLifeOnly(const Call &call, uint32_t local) {
    const Local &variable = body_.locals[local];
    if (call.arguments.empty() || !variable.hasDestructor || isText(variable.type) || call.name.starts_with("std::"))
      return false;
    return llvm::all_of(localUses_[local], [&](const Step &use) {
      return use.kind == StepKind::Call && (body_.calls[use.index].kind == CallKind::Constructor ||
                                            body_.calls[use.index].kind == CallKind::Destructor);
    });
  }

  /// Nothing that anybody notices: looking at the exception, silencing a warning, making a local value.
  bool isNoOp(uint32_t index) {
    const Call &call = body_.calls[index];
    llvm::StringRef name = unqualified(call.name);
    if (name == "ignore_unused" || name == "unused" || name == "UNUSED" || call.name == "std::ignore")
      return true;
    if (call.object && body_[call.object].kind == ValueKind::Global)
      if (const Declaration *object = program_.declaration(body_[call.object].entity))
        if (object->name == "std::ignore")
          return true;
    if (Index<Value> object = rootOf(body_, call.object); object && isCaught(body_[object]))
      return true;
    const Declaration *callee = program_.declaration(call.callee);
    if (callee && callee->isConst && call.result != ResultUse::Discarded)
      return true;
    Index<Value> root = rootOf(body_, targetOf(call));
    bool isOwn = root && body_[root].kind == ValueKind::Local && own_.contains(body_[root].index);
    if (call.kind == CallKind::Constructor || call.kind == CallKind::Destructor)
      return isOwn ? !isUsedByLifeOnly(call, body_[root].index) : call.result != ResultUse::Discarded;
    if (isOwn && isText(body_.locals[body_[root].index].type))
      return true;
    return call.name.starts_with("std::to_string") || call.name.starts_with("std::move") ||
           call.name.starts_with("std::forward") || call.name == "std::current_exception" ||
           (call.result == ResultUse::Used && isText(call.type) && unqualified(call.name).starts_with("operator+"));
  }

  void judgeCall(uint32_t index) {
    const Call &call = body_.calls[index];
    CallRef ref{function_.position, Index<Call>(index)};
    if (const AbortUse *abort = program_.annotations.abort(ref))
      return judgeAbort(call, abort->isAssertion);
    if (call.name == "__builtin_unreachable" || call.name == "std::unreachable")
      return judgeAbort(call, /*isAssertion=*/true);
    if (call.isNoReturn) {
      effects_.throws = true;
      addTexts(call);
      return;
    }
    if (program_.annotations.errorReport(ref) && !feeding_.contains(index)) {
      effects_.reports = true;
      return;
    }
    if (logs_.contains(index)) {
      effects_.logs = true;
      effects_.logsCause |= mentionsCaught(call);
      addTexts(call);
      effects_.throws |= calleeEffects(Index<Call>(index)).throws;
      return;
    }
    if (feeding_.contains(index) || isLogMacro(call.site) || isNoOp(index))
      return;
    addCallee(call, Index<Call>(index));
  }

  void judgeAbort(const Call &call, bool isAssertion) {
    if (!isAssertion) {
      effects_.throws = true;
      return;
    }
    // `assert(x)` calls its failure function on one arm of a branch; under a condition that can be true
    // it says nothing about the handler as a whole.
    for (Index<Block> block : enclosingBlocks(body_, call.block)) {
      const Block &found = body_[block];
      if (found.role == BlockRole::HandlerBody || found.role == BlockRole::Body)
        break;
      if (found.owner.kind != StepKind::Branch)
        continue;
      Index<Value> condition = body_.branches[found.owner.index].condition;
      if (!condition || !isConstant(condition))
        return;
    }
    effects_.claimsImpossible = true;
    effects_.claim = call.site;
  }

  /// `false`, `0`, `!"reason"`, `false && "reason"`.
  bool isConstant(Index<Value> index) const {
    const Value &value = body_[index];
    if (value.constant || value.kind == ValueKind::String || value.kind == ValueKind::Null)
      return true;
    bool isCombined = value.kind == ValueKind::Unary || value.kind == ValueKind::Binary || value.kind == ValueKind::Cast;
    return isCombined && !value.operands.empty() &&
           llvm::all_of(value.operands, [&](Index<Value> operand) { return operand && isConstant(operand); });
  }

  void addCallee(const Call &call, Index<Call> index) {
    if (!hasOneBody(index)) {
      effects_.works = true;
      effects_.handsOnCause |= mentionsCaught(call);
      return;
    }
    Effects inner = calleeEffects(index);
    effects_.throws |= inner.throws;
    effects_.reports |= inner.reports;
    effects_.works |= inner.works;
    if (inner.logs && !inner.works) {
      effects_.logs = true;
      effects_.logsCause |= mentionsCaught(call);
    } else if (inner.works) {
      effects_.handsOnCause |= mentionsCaught(call);
    }
  }

  bool hasOneBody(Index<Call> index) const { return depth_ < kDepth && program_.directCallee(function_, index); }

  Effects calleeEffects(Index<Call> index) const {
    if (!hasOneBody(index))
      return {};
    const LinkedFunction &callee = *program_.directCallee(function_, index);
    if (callee.position == function_.position || callee.body->blocks.empty())
      return {};
    Reader reader(program_, callee, {}, depth_ + 1);
    Effects effects = reader.read(callee.body->blocks.front().steps);
    effects.throws = throwsOut(callee);
    // A result made for the caller is an effect of its own.
    effects.works |= llvm::any_of(effects.exits, [&](uint32_t e) { return bool(callee.body->exits[e].value); });
    return effects;
  }

  /// Rethrows what is being handled, or throws whatever happens; what its own handlers catch stays inside.
  static bool throwsOut(const LinkedFunction &callee) {
    const Function &body = *callee.body;
    return llvm::any_of(body.exits, [&](const Exit &exit) {
      if (exit.kind != ExitKind::Rethrow && !(exit.kind == ExitKind::Throw && exit.block.value == 0))
        return false;
      for (Index<Block> block : enclosingBlocks(body, exit.block)) {
        if (body[block].role == BlockRole::HandlerBody)
          return exit.kind == ExitKind::Rethrow && isRethrownCurrent(body, block);
        if (body[block].role == BlockRole::TryBody)
          return false;
      }
      return true;
    });
  }

  /// A handler around a `throw;` of the current exception: does it let it out again? Only if that handler
  /// itself handles what a `throw;` in the same function has set off.
  static bool isRethrownCurrent(const Function &body, Index<Block> handler) {
    const Try &owner = body.tries[body[handler].owner.index];
    return llvm::any_of(body.exits, [&](const Exit &inner) {
      return inner.kind == ExitKind::Rethrow &&
             llvm::is_contained(enclosingBlocks(body, inner.block), owner.body);
    });
  }

  void addTexts(const Call &call) {
    for (Index<Value> argument : call.arguments)
      addTexts(argument);
  }

  void addTexts(Index<Value> root) {
    mentions(body_, root, [&](const Value &value) {
      if (value.kind == ValueKind::String)
        effects_.texts.push_back(Index<Value>(&value - body_.values.data()));
      return false;
    });
  }

  const Program &program_;
  const LinkedFunction &function_;
  const Function &body_;
  Index<Local> caught_;
  unsigned depth_;
  std::vector<Step> steps_;
  std::set<uint32_t> own_, tries_; ///< Locals and tries of the region.
  std::set<uint32_t> logs_, feeding_, logOnly_; ///< Calls; calls; locals.
  std::set<uint32_t> logMacros_;                ///< Offsets of expansions that log.
  std::map<uint32_t, std::vector<Step>> callUses_, localUses_;
  Effects effects_;
};

} // namespace

Effects effectsOf(const Program &program, const LinkedFunction &function, llvm::ArrayRef<Step> steps,
                  Index<Local> caught) {
  return Reader(program, function, caught, 0).read(steps);
}

} // namespace opex
