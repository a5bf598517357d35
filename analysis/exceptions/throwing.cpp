#include "analysis/exceptions/throwing.h"

#include "analysis/calls/log_calls.h"
#include "analysis/body/exits.h"
#include "analysis/body/region.h"
#include "analysis/execution/call_components.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {
namespace {

/// Catches whatever comes, and throws nothing of its own.
bool keepsAll(const Function &body, const Try &owner) {
  bool isImplicit = body.kind == FunctionKind::Constructor || body.kind == FunctionKind::Destructor;
  if (owner.handlers.empty() || (owner.isFunctionTry && isImplicit))
    return false;
  const Handler &last = body[owner.handlers.back()];
  if (last.caught)
    return false;
  return llvm::none_of(body.exits,
                       [&](const Exit &e) { return isThrow(e) && isIn(body, e.block, last.body); }) &&
         llvm::none_of(body.calls,
                       [&](const Call &c) { return c.isNoReturn && isIn(body, c.block, last.body); });
}

bool isCallable(const Type *type) {
  return type && (type->kind == TypeClass::Function || type->canonical.contains("(*)") ||
                  type->canonical.contains("(&)"));
}

/// Taking a lock fails only where the program is wrong.
bool isLockHolder(const Declaration &callee) {
  static constexpr llvm::StringLiteral kHolders[] = {"lock_guard", "unique_lock", "scoped_lock",
                                                     "shared_lock"};
  return callee.kind == EntityKind::Constructor && llvm::is_contained(kHolders, unqualified(callee.name));
}

/// A global name that only compilers and C libraries may take.
bool isReserved(const Declaration &callee) {
  return callee.kind == EntityKind::Function && callee.name.starts_with("_") && !callee.name.contains("::");
}

} // namespace

/// USRs name the parameters of all other functions.
bool hasCLinkage(const Declaration &function) {
  llvm::StringRef usr = function.usr;
  return usr.consume_front("c:@F@") && !usr.empty() && !usr.contains('#') && !usr.contains('@');
}

bool Throwing::isKept(const Function &body, Index<Block> inner, Index<Block> outer) {
  for (Index<Block> block : enclosingBlocks(body, inner)) {
    if (block == outer)
      return false;
    if (body[block].role == BlockRole::TryBody && keepsAll(body, body.tries[body[block].owner.index]))
      return true;
  }
  return false;
}

Throwing::Throwing(const Needs &in) : in_(in), program_(in.program()), standard_(in.program()) {
  known_ = settle(CallComponents::calleesFirst(program_), Throws::Never, [&](uint32_t function, const Known &known) {
    return readBody(known, program_.functions[function]);
  });
}

Throws Throwing::ofCall(const Known &known, const LinkedFunction &function, Index<Call> index) const {
  const Call &call = (*function.body)[index];
  const Declaration *callee = program_.declaration(call.callee);
  Throws least = call.isHeap ? Throws::Memory : Throws::Never;
  if (call.kind == CallKind::Destructor || (callee && callee->isNoexcept))
    return least;
  if (const LinkedFunction *only = program_.directCallee(function, index))
    return std::max(least, known[only->position]);
  if (!callee || call.kind == CallKind::Indirect || call.kind == CallKind::Dependent || !isForeign(*callee))
    return Throws::Anything;
  return std::max(least, ofForeign(known, function, index));
}

/// A library throws what its own code does and what the callables do that it is handed.
Throws Throwing::ofForeign(const Known &known, const LinkedFunction &function, Index<Call> index) const {
  const Call &call = (*function.body)[index];
  const Declaration &callee = *program_.declaration(call.callee);
  Throws worst = standard_.of(function, call, callee);
  if (hasCLinkage(callee) || isReserved(callee) || isLockHolder(callee) || reportsByCode(callee))
    worst = Throws::Never;
  if (worst == Throws::Anything)
    return worst;
  llvm::ArrayRef<CallEdge> edges = program_.calleesAt(function, index);
  if (edges.empty() && takesUnseenCallable(function, call))
    return Throws::Anything;
  for (const CallEdge &edge : edges)
    worst = std::max(worst, known[edge.callee]);
  return worst;
}

Throws Throwing::readBody(const Known &known, const LinkedFunction &function) const {
  const Function &body = *function.body;
  if (body.isNoexcept)
    return Throws::Never;
  if (body.isUninstantiated || body.isCoroutine)
    return Throws::Anything;
  for (const Exit &exit : body.exits)
    if (isThrow(exit) && !isKept(body, exit.block, {}))
      return Throws::Anything;
  Throws worst = Throws::Never;
  for (uint32_t i = 0; i < body.calls.size() && worst != Throws::Anything; ++i) {
    Index<Call> call(i);
    Throws thrown = ofCall(known, function, call);
    if (thrown <= worst || isKept(body, body[call].block, {}))
      continue;
    bool isRecorded = isInHandler(body, body[call].block) && isForLogging(in_, function, call);
    if (!isRecorded)
      worst = thrown;
  }
  return worst;
}

/// Declared outside the project, or (functions of the compiler) nowhere.
bool Throwing::isForeign(const Declaration &callee) const {
  auto found = program_.declarations.find(callee.id);
  return found != program_.declarations.end() &&
         (!callee.file || !(*found->second.second)[callee.file].inProject);
}

/// The overload that puts what went wrong where its caller says.
bool Throwing::reportsByCode(const Declaration &callee) const {
  for (size_t i = 0; i < callee.parameters.size(); ++i)
    if (const Type *type = program_.parameterType(callee.id, i);
        type && type->kind == TypeClass::Reference && !type->canonical.starts_with("const ") &&
        unqualified(type->recordName) == "error_code")
      return true;
  return false;
}

bool Throwing::takesUnseenCallable(const LinkedFunction &function, const Call &call) const {
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    Index<Value> argument = call.arguments[i];
    if (!isCallable(program_.parameterType(call.callee, i)) || !argument)
      continue;
    const Value &given = (*function.body)[withoutCasts(*function.body, argument)];
    const Declaration *named = given.kind == ValueKind::Function ? program_.declaration(given.entity) : nullptr;
    bool isManipulator = named && standard_.isStreaming(*named);
    if (given.kind != ValueKind::Null && !isManipulator)
      return true;
  }
  return false;
}

} // namespace opex
