#include "analysis/calls/effects.h"

#include "analysis/body/places.h"
#include "analysis/calls/log_calls.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// Callees are looked into this deep; what lies below counts as work.
constexpr unsigned kDepth = 3;

class Reader {
public:
  /// In a callee (`depth` above 0) even its parameters are its own business.
  Reader(const Inputs<Statements> &in, const LinkedFunction &function, llvm::ArrayRef<Step> steps,
         Index<Local> caught, unsigned depth)
      : in_(in), program_(in.program()), function_(function), body_(*function.body), caught_(caught), depth_(depth),
        region_(readRegion(body_, steps, /*ownsParameters=*/depth > 0)),
        logs_(in, function, region_, caught) {}

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
    if (call.isNoReturn) {
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
      effects_.throws |= calleeEffects(Index<Call>(index)).throws;
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

  bool hasOneBody(Index<Call> index) const {
    return depth_ < kDepth && program_.directCallee(function_, index);
  }

  Effects calleeEffects(Index<Call> index) const {
    if (!hasOneBody(index))
      return {};
    const LinkedFunction &callee = *program_.directCallee(function_, index);
    if (callee.position == function_.position || callee.body->blocks.empty())
      return {};
    Effects effects = Reader(in_, callee, callee.body->blocks.front().steps, {}, depth_ + 1).read();
    effects.throws = throwsOut(callee);
    // A result made for the caller is an effect of its own.
    effects.works |=
        llvm::any_of(effects.exits, [&](uint32_t e) { return bool(callee.body->exits[e].value); });
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

  const Inputs<Statements> in_;
  const Program &program_;
  const LinkedFunction &function_;
  const Function &body_;
  Index<Local> caught_;
  unsigned depth_;
  Region region_;
  LogCalls logs_;
  Effects effects_;
};

} // namespace

Effects effectsOf(const Inputs<Statements> &in, const LinkedFunction &function, llvm::ArrayRef<Step> steps,
                  Index<Local> caught) {
  return Reader(in, function, steps, caught, 0).read();
}

} // namespace opex
