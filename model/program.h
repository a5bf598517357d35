// The linked program: every function once, who calls whom, and what is missing. link/ builds it from the
// facts of all TUs; what rules say about it is worked out by the passes of analysis/.
#pragma once

#include "model/body.h"
#include "model/facts.h"
#include "model/finding.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace opex {

/// A call of a linked function.
struct CallRef {
  uint32_t function = 0; ///< Position in Program::functions.
  Index<Call> call;

  auto operator<=>(const CallRef &) const = default;
};

enum class EdgeKind : uint8_t {
  Direct,
  Virtual,  ///< To an overrider that the object might be of.
  Callable, ///< To a lambda or function that a callable may hold.
  Passed,   ///< To a lambda or function handed to somebody we cannot see, who may call it.
};

/// `caller` may run `callee` at its call number `call`.
struct CallEdge {
  uint32_t caller = 0, callee = 0; ///< Positions in Program::functions.
  Index<Call> call;
  EdgeKind kind = EdgeKind::Direct;

  bool isCertain() const { return kind == EdgeKind::Direct; }
};

/// A function of the program: one body, however many TUs see it.
struct LinkedFunction {
  const Function *body = nullptr;
  const TuFacts *unit = nullptr; ///< The TU the body was taken from; its tables are what Indexes refer to.
  const Declaration *declaration = nullptr; ///< None for initialisers and lambdas.
  uint32_t position = 0;         ///< In Program::functions.
  std::vector<CallEdge> callees; ///< In order of the calls.
  std::vector<CallEdge> callers; ///< In order of the callers.
};

/// What the program does not contain although something refers to it.
struct Missing {
  std::vector<std::string> units; ///< Main files of TUs that failed, were left out or are incomplete.
  bool isClosedWorld() const { return units.empty(); }
};

class Program {
public:
  std::vector<TuFacts> units;             ///< Own all text.
  std::vector<LinkedFunction> functions;  ///< By name and content; of the same ones by path.
  /// Each with the TU whose tables its Indexes refer to.
  std::map<EntityId, std::pair<const Declaration *, const TuFacts *>> declarations;
  std::map<EntityId, const Record *> records;
  std::map<EntityId, const Enumeration *> enumerations;
  std::map<EntityId, std::vector<EntityId>> subclasses;              ///< Direct ones.
  std::map<EntityId, std::vector<uint32_t>> bodies;                  ///< Function id → positions in `functions`.
  std::map<EntityId, llvm::StringRef> namedAtRunTime;                ///< Functions without a declaration, known by their name only.
  Missing missing;

  const Declaration *declaration(EntityId id) const;
  const Record *record(EntityId id) const;

  /// Type of the parameter of a declared function; null if it has no such parameter.
  const Type *parameterType(EntityId function, size_t parameter) const;

  /// Declared type of a member or global; null if unknown.
  const Type *typeOf(EntityId variable) const;

  /// The record and all its bases, nearest first, each once.
  std::vector<const Record *> withBases(EntityId record) const;

  /// Whether the record is, or derives from, one whose name matches `test`.
  bool derivesFrom(EntityId record, llvm::function_ref<bool(llvm::StringRef)> test) const;

  /// Adds to the callees and callers of all functions; edges that are there already stay as they are.
  void addEdges(llvm::ArrayRef<CallEdge> edges);

  /// What a call of `caller` may run.
  llvm::ArrayRef<CallEdge> calleesAt(const LinkedFunction &caller, Index<Call> call) const;

  /// The body a call surely runs, if the program has it and it is the only one.
  const LinkedFunction *directCallee(const LinkedFunction &caller, Index<Call> call) const;

  /// The function around a lambda or local class; null for others.
  const LinkedFunction *enclosing(const LinkedFunction &function) const;

  /// The place as findings carry it.
  Location location(const LinkedFunction &function, const Site &site) const;
};

/// The argument that becomes the parameter of what the edge runs. Behind a callable handed over these are the arguments
/// after it, if they are as many as it takes: `std::thread(work, handle)`, `std::async(policy, &Worker::run, this, job)`.
/// None if it is not told by the call.
Index<Value> argumentOf(const Program &program, const CallEdge &edge, uint32_t parameter);

/// Blocks around `block`, innermost (itself) first.
std::vector<Index<Block>> enclosingBlocks(const Function &function, Index<Block> block);

/// `curl_easy_perform` of `curl_easy_perform`, `get` of `std::future::get`.
llvm::StringRef unqualified(llvm::StringRef name);

/// A value as its author would write it, at most `limit` characters; for messages.
std::string spell(const Program &program, const Function &function, Index<Value> value, unsigned limit = 60);

} // namespace opex
