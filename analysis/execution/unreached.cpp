#include "analysis/execution/unreached.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// Runs without a call that names it.
bool isRoot(const Function &function) {
  switch (function.kind) {
  case FunctionKind::Free:
  case FunctionKind::Method:
    return function.isMain || function.isExternC || function.isVirtual || !function.overrides.empty() ||
           function.isUninstantiated || unqualified(function.name).starts_with("operator");
  case FunctionKind::Lambda: return false; // Whoever makes it runs it.
  default: return true;
  }
}

class Reaching {
public:
  explicit Reaching(const Inputs<Entries> &in) : in_(in), program_(in.program()), reached_(program_.functions.size()) {
    for (const LinkedFunction &function : program_.functions) {
      byName_[unqualified(function.body->name)].push_back(function.position);
      if (const LinkedFunction *around = program_.enclosing(function))
        inside_[around->position].push_back(function.position);
    }
  }

  std::vector<uint8_t> run() {
    for (const LinkedFunction &function : program_.functions)
      if (isRoot(*function.body))
        open_.push_back(function.position);
    for (const EntryPointUse &entry : in_.get<Entries>().entryPoints)
      open_.push_back(entry.function);
    while (!open_.empty()) {
      uint32_t position = open_.back();
      open_.pop_back();
      if (!std::exchange(reached_[position], 1))
        follow(program_.functions[position]);
    }
    return std::move(reached_);
  }

private:
  void follow(const LinkedFunction &function) {
    for (const CallEdge &edge : function.callees)
      open_.push_back(edge.callee);
    if (auto lambdas = inside_.find(function.position); lambdas != inside_.end())
      llvm::append_range(open_, lambdas->second);
    for (const Value &value : function.body->values)
      if (value.kind == ValueKind::Function)
        if (auto bodies = program_.bodies.find(value.entity); bodies != program_.bodies.end())
          llvm::append_range(open_, bodies->second);
    for (const Call &call : function.body->calls)
      if (call.kind == CallKind::Dependent) // Only its name is known.
        if (auto namesakes = byName_.find(unqualified(call.name)); namesakes != byName_.end())
          llvm::append_range(open_, namesakes->second);
  }

  const Inputs<Entries> in_;
  const Program &program_;
  std::map<llvm::StringRef, std::vector<uint32_t>> byName_;
  std::map<uint32_t, std::vector<uint32_t>> inside_; ///< Lambdas and methods of local classes.
  std::vector<uint8_t> reached_;
  std::vector<uint32_t> open_;
};

} // namespace

Unreached::Result Unreached::run(const Needs &in) {
  const Program &program = in.program();
  bool isWhole = program.missing.isClosedWorld() &&
                 llvm::any_of(program.functions, [](const LinkedFunction &f) { return f.body->isMain; });
  if (!isWhole)
    return std::vector<uint8_t>(program.functions.size(), 0);
  std::vector<uint8_t> reached = Reaching(in).run();
  // Where most seems dead it is run in a way that we do not see: plugins, tests, tables of a script language.
  if (llvm::count(reached, 0) * 4 > static_cast<ptrdiff_t>(reached.size()))
    reached.assign(reached.size(), 1);
  llvm::transform(reached, reached.begin(), [](uint8_t isReached) { return !isReached; });
  return reached;
}

} // namespace opex
