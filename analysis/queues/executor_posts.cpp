#include "analysis/queues/executor_posts.h"

#include "analysis/body/region.h"
#include "analysis/execution/call_components.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

namespace opex {
namespace {

/// `start`, `openPort` and `async_close`: by the first word, but for one that says how.
bool namesLifetime(llvm::StringRef name) {
  static const llvm::StringSet<> words = {"abort", "cancel", "close",   "disconnect", "done",  "finish", "init",     "initialize",
                                          "open",  "quit",   "restart", "shutdown",   "start", "stop",   "terminate"};
  name.consume_front_insensitive("async");
  name.consume_front("_");
  size_t length = 0;
  while (length < name.size() && llvm::isAlpha(name[length]) && (length == 0 || !llvm::isUpper(name[length])))
    ++length;
  return words.contains(name.take_front(length).lower());
}

bool isInLoop(const Function &body, Index<Block> start) {
  return llvm::any_of(enclosingBlocks(body, start),
                      [&](Index<Block> block) { return body[block].role == BlockRole::LoopBody; });
}

/// `this`, `shared_from_this()`, `weak_from_this()`: the object itself.
bool isObjectItself(const Function &body, Index<Value> value) {
  if (!value)
    return true;
  const Value &named = body[value];
  switch (named.kind) {
  case ValueKind::This: return true;
  case ValueKind::Cast:
  case ValueKind::Deref: return !named.operands.empty() && isObjectItself(body, named.operands.front());
  case ValueKind::Call: {
    const Call &call = body.calls[named.index];
    if (call.kind == CallKind::Method)
      return call.arguments.empty() && isObjectItself(body, call.object);
    return call.arguments.size() == 1 && isObjectItself(body, call.arguments.front()); // A pointer that is converted.
  }
  case ValueKind::Local: {
    const Local &local = body.locals[named.index];
    return local.kind == LocalKind::Automatic && local.init && isObjectItself(body, local.init);
  }
  default: return false;
  }
}

/// A lambda or the result of a bind that holds the object and nothing else.
bool holdsObjectOnly(const Program &program, const Function &body, Index<Value> index) {
  const Value *value = &body[index];
  if (value->kind == ValueKind::Local && body.locals[value->index].init)
    value = &body[body.locals[value->index].init];
  if (value->kind == ValueKind::Lambda) {
    auto bodies = program.bodies.find(value->entity);
    return bodies != program.bodies.end() && llvm::all_of(bodies->second, [&](uint32_t position) {
      return llvm::all_of(program.functions[position].body->locals, [&](const Local &local) {
        return local.kind != LocalKind::Capture || local.name == "this" || isObjectItself(body, local.init);
      });
    });
  }
  if (value->kind != ValueKind::Call)
    return false;
  const Call &bind = body.calls[value->index];
  auto isMethod = [&](Index<Value> argument) {
    const Value &named = body[argument];
    return named.kind == ValueKind::AddressOf && !named.operands.empty() && body[named.operands.front()].kind == ValueKind::Function;
  };
  bool isBind = bind.arguments.size() == 2 && bind.arguments[0] && isMethod(bind.arguments[0]);
  return isBind && isObjectItself(body, bind.arguments[1]);
}

/// The lambda calls a callable parameter of who posts it, with what it has, and works on nothing else.
bool onlyCallsBack(const Program &program, const Function &poster, const LinkedFunction &lambda) {
  const Function &body = *lambda.body;
  auto isParameter = [&](Index<Value> value) {
    if (!value || body[value].kind != ValueKind::Local || body.locals[body[value].index].kind != LocalKind::Capture)
      return false;
    llvm::StringRef name = body.locals[body[value].index].name;
    return llvm::any_of(llvm::ArrayRef(poster.locals).take_front(poster.parameterCount),
                        [&](const Local &parameter) { return parameter.name == name; });
  };
  auto isCarried = [&](Index<Value> value) {
    return value && mentions(body, value, [&](const Value &part) {
             return part.kind == ValueKind::This || (part.kind == ValueKind::Local && body.locals[part.index].kind == LocalKind::Capture);
           });
  };
  bool callsBack = false;
  for (uint32_t i = 0; i < body.calls.size(); ++i) {
    const Call &call = body.calls[i];
    bool isCall = call.kind == CallKind::Operator && unqualified(call.name) == "operator()";
    if (isCall && isParameter(targetOf(call))) {
      callsBack = true;
      continue;
    }
    if (call.kind == CallKind::Constructor)
      continue;
    bool isWork = call.kind == CallKind::Function && program.directCallee(lambda, Index<Call>(i));
    bool isTest = unqualified(call.name) == "operator bool";
    if (isWork || (!isTest && (isCarried(call.object) || llvm::any_of(call.arguments, isCarried))))
      return false;
  }
  return callsBack && body.loops.empty();
}

} // namespace

std::vector<uint8_t> madeOrEnded(const Program &program) {
  return settle(CallComponents::callersFirst(program), uint8_t(0), [&](uint32_t position, const std::vector<uint8_t> &known) {
    const LinkedFunction &function = program.functions[position];
    bool makesOrEnds = function.body->kind == FunctionKind::Constructor || function.body->kind == FunctionKind::Destructor;
    return uint8_t(makesOrEnds || (!function.callers.empty() && llvm::all_of(function.callers, [&](const CallEdge &edge) {
      const Function &caller = *program.functions[edge.caller].body;
      return edge.kind == EdgeKind::Direct && !isInLoop(caller, caller[edge.call].block) && known[edge.caller];
    })));
  });
}

bool isPostOfLifetime(const Inputs<RequestPaths> &in, const std::vector<uint8_t> &madeOrEnded, CallRef ref) {
  const Program &program = in.program();
  const Function &body = *program.functions[ref.function].body;
  const Call &post = body[ref.call];
  if (isInLoop(body, post.block))
    return false;
  if (madeOrEnded[ref.function])
    return true;
  if (!namesLifetime(unqualified(body.name)) || in.get<RequestPaths>()[ref.function] == OnRequestPath::Sure)
    return false;
  return llvm::any_of(post.arguments, [&](Index<Value> argument) { return argument && holdsObjectOnly(program, body, argument); });
}

bool isPostedAnswer(const Inputs<Entries> &in, CallRef ref) {
  const Program &program = in.program();
  const Function &poster = *program.functions[ref.function].body;
  const SpawnUse *spawn = in.get<Entries>().spawns.at(ref);
  if (!spawn || spawn->entries.empty() || isInLoop(poster, poster[ref.call].block))
    return false;
  return llvm::all_of(spawn->entries, [&](uint32_t entry) {
    const LinkedFunction *around = program.enclosing(program.functions[entry]);
    return around && around->position == ref.function && onlyCallsBack(program, poster, program.functions[entry]);
  });
}

} // namespace opex
