// The operational skeleton of one function body: what it calls, in which order and under which control
// structure, what it assigns, catches, throws and returns. It knows no library and no rule.
//
// A body is a tree of blocks with explicit exits. A Block is an ordered list of steps; every step is an
// entry in one of the function's tables (calls, branches, loops, …), and every entry names the block it
// stands in, so that a check can walk outwards from any of them. Calls are steps of their own, in order
// of evaluation, before the step that uses their result: the arms of `&&`, `||` and `?:` that contain
// calls are branches. Expressions are trees in `Function::values`.
//
// To add a fact: a member here, in expressions.h or in steps.h, its line in `fields`, its extraction in
// frontend/skeleton*, and an `expect-fact` in testdata/facts. Encoding, dumping and comparing follow from `fields`.
#pragma once

#include "model/expressions.h"
#include "model/steps.h"

namespace opex {

enum class FunctionKind : uint8_t {
  Free, Method, Constructor, Destructor, Conversion, Lambda,
  FieldInitializers, ///< In-class initialisers of a record that no constructor of it runs (aggregates).
  GlobalInitializer, ///< Initialiser of one variable with static storage.
};

/// One function body as one TU sees it. Its declaration is in TuFacts::declarations under `id`.
struct Function {
  EntityId id;       ///< At the template's pattern.
  EntityId instance; ///< The specialisation this body belongs to; none if it is no template's.
  FunctionKind kind = FunctionKind::Free;
  llvm::StringRef name; ///< As Declaration::name; lambdas: the enclosing function's with "::(lambda)".
  EntityId record;      ///< Class of a method; the record of FieldInitializers.
  EntityId variable;    ///< The variable of a GlobalInitializer.
  EntityId enclosing;   ///< Of a lambda or local class method: the function around it.
  EntityId enclosingInstance;
  Site site;            ///< The name.
  Site extent;          ///< From the first token of the declaration to the closing brace.
  Index<Type> result;
  uint32_t parameterCount = 0;
  std::vector<EntityId> overrides; ///< Directly overridden methods.
  bool isVirtual = false;
  bool isStatic = false;
  bool isNoexcept = false; ///< Evaluated; destructors by default.
  bool isNoReturn = false;
  bool isCoroutine = false;
  bool isMain = false;
  bool isExternC = false;
  bool isInternal = false; ///< Internal linkage: nobody outside its TU can name it.
  bool isUninstantiated = false; ///< The template's own text: types and callees may be missing.
  uint64_t contentHash = 0; ///< Of the skeleton without places outside its own lines.

  std::vector<Local> locals;
  std::vector<Value> values;
  std::vector<Block> blocks; ///< blocks[0] is the body.
  std::vector<Call> calls;
  std::vector<Assign> assigns;
  std::vector<Branch> branches;
  std::vector<Switch> switches;
  std::vector<Loop> loops;
  std::vector<Try> tries;
  std::vector<Handler> handlers;
  std::vector<Exit> exits;
  std::vector<Label> labels;

  const Value &operator[](Index<Value> i) const { return values[i.value]; }
  const Call &operator[](Index<Call> i) const { return calls[i.value]; }
  const Block &operator[](Index<Block> i) const { return blocks[i.value]; }
  const Local &operator[](Index<Local> i) const { return locals[i.value]; }
  const Handler &operator[](Index<Handler> i) const { return handlers[i.value]; }
  const Try &operator[](Index<Try> i) const { return tries[i.value]; }

  void fields(auto &visit) {
    visit("id", id);
    visit("instance", instance);
    visit("kind", kind);
    visit("name", name);
    visit("record", record);
    visit("variable", variable);
    visit("enclosing", enclosing);
    visit("enclosingInstance", enclosingInstance);
    visit("site", site);
    visit("extent", extent);
    visit("result", result);
    visit("parameterCount", parameterCount);
    visit("overrides", overrides);
    visit("isVirtual", isVirtual);
    visit("isStatic", isStatic);
    visit("isNoexcept", isNoexcept);
    visit("isNoReturn", isNoReturn);
    visit("isCoroutine", isCoroutine);
    visit("isMain", isMain);
    visit("isExternC", isExternC);
    visit("isInternal", isInternal);
    visit("isUninstantiated", isUninstantiated);
    visit("contentHash", contentHash);
    visit("locals", locals);
    visit("values", values);
    visit("blocks", blocks);
    visit("calls", calls);
    visit("assigns", assigns);
    visit("branches", branches);
    visit("switches", switches);
    visit("loops", loops);
    visit("tries", tries);
    visit("handlers", handlers);
    visit("exits", exits);
    visit("labels", labels);
  }
};

} // namespace opex
