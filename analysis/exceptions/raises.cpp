#include "analysis/exceptions/raises.h"

#include "analysis/body/exits.h"
#include "analysis/body/order.h"
#include "analysis/body/places.h"
#include "analysis/body/region.h"
#include "analysis/calls/log_calls.h"
#include "analysis/execution/call_components.h"
#include "analysis/exceptions/questions.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// What is thrown in more places than this is not told apart: one that is none stands for them all.
constexpr size_t kMaxRaises = 24;
const Raise kMany{UINT32_MAX, UINT32_MAX, {}, false, {}};

bool isMany(const std::vector<Raise> &all) { return !all.empty() && all.back() == kMany; }

EntityId thrownType(const LinkedFunction &function, const Exit &exit) {
  Index<Value> value = withoutCasts(*function.body, exit.value);
  return value && (*function.body)[value].type ? (*function.unit)[(*function.body)[value].type].record : EntityId();
}

bool catches(const Program &program, const LinkedFunction &function, const Handler &handler, EntityId type) {
  if (!handler.caught)
    return true;
  EntityId caught = (*function.unit)[handler.caught].record;
  return llvm::any_of(program.withBases(type), [&](const Record *base) { return base->id == caught; });
}

/// Members and globals that are set on every way to the moment.
std::vector<EntityId> notedBefore(const Function &body, Moment moment) {
  std::vector<EntityId> noted;
  for (const Assign &assign : body.assigns)
    if (EntityId entity = placeOf(body, assign.target).entity();
        entity && assign.op == "=" && happensBefore(body, momentOf(body, assign), moment) == Before::Always)
      noted.push_back(entity);
  llvm::sort(noted);
  noted.erase(std::unique(noted.begin(), noted.end()), noted.end());
  return noted;
}

void merge(std::vector<Raise> &all, const Raise &raise) {
  auto at = llvm::lower_bound(all, raise, [](const Raise &a, const Raise &b) {
    return std::pair(a.function, a.exit) < std::pair(b.function, b.exit);
  });
  if (at == all.end() || std::pair(at->function, at->exit) != std::pair(raise.function, raise.exit)) {
    all.insert(at, raise);
    return;
  }
  at->isAnswer &= raise.isAnswer;
  std::vector<EntityId> both;
  std::set_intersection(at->noted.begin(), at->noted.end(), raise.noted.begin(), raise.noted.end(), std::back_inserter(both));
  at->noted = std::move(both);
}

std::vector<EntityId> joined(const std::vector<EntityId> &a, const std::vector<EntityId> &b) {
  std::vector<EntityId> all;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
  return all;
}

} // namespace

Raises::Raises(const Needs &in) : in_(in), program_(in.program()) {
  const CallComponents components = CallComponents::calleesFirst(program_);
  asks_ = settle(components, uint8_t(0), [&](uint32_t function, const std::vector<uint8_t> &known) {
    return uint8_t(onlyAsks(known, program_.functions[function]));
  });
  known_ = settle(components, All(), [&](uint32_t function, const std::vector<All> &known) {
    return leaving(known, program_.functions[function]);
  });
}

/// Nothing that its caller hands in gets anywhere, but into questions.
bool Raises::onlyAsks(const std::vector<uint8_t> &known, const LinkedFunction &function) const {
  const Function &body = *function.body;
  bool hasResult = body.result && (*function.unit)[body.result].kind != TypeClass::Void;
  bool isConst = function.declaration && function.declaration->isConst;
  if (body.kind == FunctionKind::Constructor || (!hasResult && !isConst && body.parameterCount && !takesOut(body)))
    return false;
  auto isParameter = [&](const Value &value) { return value.kind == ValueKind::Local && value.index < body.parameterCount; };
  auto isGiven = [&](Index<Value> value) { return value && mentions(body, value, isParameter); };
  const std::vector<uint8_t> asked = askedCalls(body);
  for (const Assign &assign : body.assigns)
    if (!placeOf(body, assign.target).isWhole() && isGiven(assign.value))
      return false;
  for (uint32_t i = 0; i < body.calls.size(); ++i) {
    const Call &call = body.calls[i];
    bool isUsed = call.result == ResultUse::Used && call.kind != CallKind::Method;
    if (asked[i] || isUsed || call.kind == CallKind::Constructor || !llvm::any_of(call.arguments, isGiven))
      continue;
    const Declaration *callee = program_.declaration(call.callee);
    const LinkedFunction *direct = program_.directCallee(function, Index<Call>(i));
    if ((callee && callee->isConst) || (direct && known[direct->position]) || isForLogging(in_, function, Index<Call>(i)))
      continue;
    return false;
  }
  return true;
}

/// A handler between the two blocks keeps what is thrown in the inner one.
bool Raises::isKept(const LinkedFunction &function, Index<Block> block, Index<Block> outermost, EntityId type) const {
  const Function &body = *function.body;
  for (Index<Block> around : enclosingBlocks(body, block)) {
    if (around == outermost)
      return false;
    if (body[around].role != BlockRole::TryBody)
      continue;
    for (Index<Handler> handler : body.tries[body[around].owner.index].handlers) {
      if (!catches(program_, function, body[handler], type))
        continue;
      bool rethrows = llvm::any_of(body.exits, [&](const Exit &exit) {
        return exit.kind == ExitKind::Rethrow && isIn(body, exit.block, body[handler].body);
      });
      if (!rethrows)
        return true;
      break;
    }
  }
  return false;
}

Raises::All Raises::leaving(const std::vector<All> &known, const LinkedFunction &function) const {
  const Function &body = *function.body;
  if (body.isNoexcept)
    return {};
  All all;
  bool asks = asks_[function.position];
  for (uint32_t i = 0; i < body.exits.size(); ++i) {
    const Exit &exit = body.exits[i];
    EntityId type = exit.kind == ExitKind::Throw ? thrownType(function, exit) : EntityId();
    if (!type || isKept(function, exit.block, {}, type))
      continue;
    bool isAnswer = asks && isThrownForNothing(in_, function, i, asks_);
    merge(all, {function.position, i, type, isAnswer, notedBefore(body, momentOf(body, exit.block, {StepKind::Exit, i}))});
  }
  for (const CallEdge &edge : function.callees) {
    if (isMany(known[edge.callee]))
      return {kMany};
    for (Raise raise : known[edge.callee])
      if (!isKept(function, body[edge.call].block, {}, raise.type)) {
        raise.isAnswer &= asks;
        raise.noted = joined(raise.noted, notedBefore(body, momentOf(body, edge.call)));
        merge(all, raise);
      }
  }
  return all.size() > kMaxRaises ? All{kMany} : all;
}

std::vector<Raise> Raises::outOf(const LinkedFunction &function, Index<Block> block, EntityId type) const {
  const Function &body = *function.body;
  All all;
  auto isOfType = [&](EntityId thrown) {
    return llvm::any_of(program_.withBases(thrown), [&](const Record *base) { return base->id == type; });
  };
  auto add = [&](const Raise &raise, Index<Block> at) {
    if (isOfType(raise.type) && !isKept(function, at, block, raise.type))
      merge(all, raise);
  };
  for (uint32_t i = 0; i < body.exits.size(); ++i)
    if (const Exit &exit = body.exits[i]; exit.kind == ExitKind::Throw && isIn(body, exit.block, block))
      if (EntityId thrown = thrownType(function, exit))
        add({function.position, i, thrown, isThrownForNothing(in_, function, i, asks_), {}}, exit.block);
  for (const CallEdge &edge : function.callees)
    if (isIn(body, body[edge.call].block, block)) {
      if (isMany(known_[edge.callee]))
        return {kMany};
      for (const Raise &raise : known_[edge.callee])
        add(raise, body[edge.call].block);
    }
  return all;
}

} // namespace opex
