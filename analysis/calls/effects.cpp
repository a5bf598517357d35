#include "analysis/calls/effects.h"

#include "analysis/body/places.h"
#include "analysis/body/region.h"
#include "analysis/calls/log_calls.h"
#include "analysis/execution/call_components.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// Whose business the parameters of the function are.
enum class Owner : uint8_t {
  Caller,   ///< What is done to them is noticed outside.
  Function, ///< They are its own copies; what references and pointers lead to is not.
};

/// A handler around a `throw;` of the current exception: does it let it out again? Only if that handler
/// itself handles what a `throw;` in the same function has set off.
bool isRethrownCurrent(const Function &body, Index<Block> handler) {
  const Try &owner = body.tries[body[handler].owner.index];
  return llvm::any_of(body.exits, [&](const Exit &inner) {
    return inner.kind == ExitKind::Rethrow &&
           isIn(body, inner.block, owner.body);
  });
}

/// Rethrows what is being handled, or throws whatever happens; what its own handlers catch stays inside.
bool throwsOut(const Function &body) {
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

class Reader {
public:
  Reader(const CallEffects::Needs &in, const std::vector<CalleeEffects> &known, const LinkedFunction &function,
         llvm::ArrayRef<Step> steps, Index<Local> caught, Owner parameters)
      : in_(in), known_(known), program_(in.program()), function_(function), body_(*function.body), caught_(caught),
        region_(readRegion(body_, steps, parameters == Owner::Function)), logs_(in, function, region_, caught) {}

  Effects read() {
    effects_.exits = region_.exits;
    for (const Step &step : region_.steps)
      judge(step);
    return std::move(effects_);
  }

private:
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
    return caught_ &&
           mentions(body_, value, [&](const Value &v) { return isCaught(v) || isMadeFromCaught(v); });
  }

  /// A variable of the region that starts from the exception: `const char *why = e.what();`.
  bool isMadeFromCaught(const Value &value) const {
    if (value.kind != ValueKind::Local || !region_.own.contains(value.index) || value.index == caught_.value)
      return false;
    Index<Value> init = body_.locals[value.index].init;
    return init && mentions(body_, init, [&](const Value &v) { return isCaught(v); });
  }

  bool mentionsCaught(const Call &call) const {
    return mentionsCaught(call.object) ||
           llvm::any_of(call.arguments, [&](Index<Value> a) { return mentionsCaught(a); });
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
      return body_[outer].role == BlockRole::TryBody && region_.tries.contains(body_[outer].owner.index);
    });
  }

  void judgeAssign(const Assign &assign) {
    if (logs_.isInLogMacro(assign.site) || isOwnObject(assign.target))
      return;
    effects_.works = true;
    effects_.handsOnCause |= mentionsCaught(assign.value);
  }

  /// A variable of the region, or part of one; not what a pointer or reference of the region leads to.
  bool isOwnObject(Index<Value> target) const {
    std::optional<uint32_t> variable = localOf(body_, target);
    if (!variable || !region_.own.contains(*variable))
      return false;
    const Local &local = body_.locals[*variable];
    bool isPointer = local.type && (*function_.unit)[local.type].kind == TypeClass::Pointer;
    return *variable != caught_.value && !local.byReference && (body_[target].kind == ValueKind::Local || !isPointer);
  }

  void judgeCall(uint32_t index) {
    const Call &call = body_.calls[index];
    CallRef ref{function_.position, Index<Call>(index)};
    if (const AbortUse *abort = in_.get<Statements>().aborts.at(ref))
      return judgeAbort(call, abort->isAssertion);
    if (call.name == "__builtin_unreachable" || call.name == "std::unreachable")
      return judgeAbort(call, /*isAssertion=*/true);
    if (in_.get<NoReturn>().at(function_, Index<Call>(index))) {
      effects_.throws = true;
      addTexts(call);
      return;
    }
    if (in_.get<Statements>().errorReports.at(ref) && !logs_.feedsLogs(index)) {
      effects_.reports = true;
      return;
    }
    if (logs_.isLog(index)) {
      effects_.logs = true;
      effects_.logsCause |= mentionsCaught(call);
      addTexts(call);
      effects_.throws |= calleeEffects(Index<Call>(index)).rethrows;
      return;
    }
    if (logs_.feedsLogs(index) || logs_.isNoOp(index))
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
    bool isCombined =
        value.kind == ValueKind::Unary || value.kind == ValueKind::Binary || value.kind == ValueKind::Cast;
    return isCombined && !value.operands.empty() &&
           llvm::all_of(value.operands, [&](Index<Value> operand) { return operand && isConstant(operand); });
  }

  void addCallee(const Call &call, Index<Call> index) {
    const CalleeEffects inner = calleeEffects(index);
    effects_.throws |= inner.rethrows && !isCaughtInside(call.block);
    effects_.reports |= inner.reports;
    effects_.works |= inner.works;
    effects_.worksOtherwise |= inner.works && !isPlainAssignment(call);
    if (inner.logs && !inner.works) {
      effects_.logs = true;
      effects_.logsCause |= mentionsCaught(call);
    } else if (inner.works) {
      effects_.handsOnCause |= mentionsCaught(call);
    }
  }

  /// `text = "";`
  static bool isPlainAssignment(const Call &call) {
    return call.kind == CallKind::Operator && call.name.starts_with("std::") && unqualified(call.name) == "operator=";
  }

  CalleeEffects calleeEffects(Index<Call> index) const {
    const LinkedFunction *callee = program_.directCallee(function_, index);
    return callee ? known_[callee->position] : CalleeEffects{.works = true};
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

  const CallEffects::Needs &in_;
  const std::vector<CalleeEffects> &known_;
  const Program &program_;
  const LinkedFunction &function_;
  const Function &body_;
  Index<Local> caught_;
  Region region_;
  LogCalls logs_;
  Effects effects_;
};

CalleeEffects summaryOf(const CallEffects::Needs &in, const std::vector<CalleeEffects> &known, const LinkedFunction &function) {
  const Function &body = *function.body;
  if (body.blocks.empty())
    return {};
  Effects effects = Reader(in, known, function, body.blocks.front().steps, {}, Owner::Function).read();
  // A result made for the caller is an effect of its own.
  bool hasResult = llvm::any_of(effects.exits, [&](uint32_t exit) { return bool(body.exits[exit].value); });
  return {.logs = effects.logs, .works = effects.works || hasResult, .reports = effects.reports, .rethrows = throwsOut(body)};
}

} // namespace

CallEffects::CallEffects(const Needs &in) : in_(in) {
  known_ = settle(CallComponents::calleesFirst(in.program()), CalleeEffects(), [&](uint32_t function, const std::vector<CalleeEffects> &known) {
    return summaryOf(in_, known, in_.program().functions[function]);
  });
}

Effects CallEffects::of(const LinkedFunction &function, llvm::ArrayRef<Step> steps, Index<Local> caught) const {
  return Reader(in_, known_, function, steps, caught, Owner::Caller).read();
}

} // namespace opex
