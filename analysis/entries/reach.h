// Where requests enter the program, what runs on threads of its own, and what each can reach.
#pragma once

#include "analysis/apis/subjects.h"
#include "analysis/passes/by_call.h"
#include "model/dependency.h"

namespace opex {

/// A function that requests enter by.
struct EntryPointUse {
  uint32_t function = 0;
  std::string kind;
  std::optional<int64_t> slaNs{}; ///< How long an answer may take.
  std::string rule{};             ///< The pack's row.
};

/// A function run on another thread.
struct SpawnUse {
  CallRef call;
  std::vector<uint32_t> entries; ///< Functions that may run there.
  bool isThread = false;
};

/// Where requests and threads begin.
struct Entries {
  std::vector<EntryPointUse> entryPoints; ///< Sorted by function.
  ByCall<SpawnUse> spawns;
  std::vector<uint32_t> ofConnections; ///< What runs with an accepted connection, see servers.h. Sorted.

  using Result = Entries;
  using Needs = Inputs<RoleIndex, Subjects>;
  static Entries run(const Needs &in);
  static constexpr llvm::StringLiteral kName = "entries";
};

/// By function: whether a request waits for what it does.
struct RequestPaths {
  using Result = std::vector<OnRequestPath>;
  using Needs = Inputs<Entries>;
  static Result run(const Needs &in);
  static constexpr llvm::StringLiteral kName = "request paths";
};

/// Functions and lambdas that the value may be, as positions in Program::functions, sorted.
std::vector<uint32_t> callablesIn(const Program &program, const Subjects &subjects, const LinkedFunction &function,
                                  Index<Value> value);

/// The same, and what a std::function or its like holds, which the value may be.
std::vector<uint32_t> callablesHeld(const Program &program, const Subjects &subjects, const LinkedFunction &function,
                                    Index<Value> value, unsigned depth = 0);

/// The callables at a place of the call; links made at the call included (a lambda inside std::bind, say).
std::vector<uint32_t> entriesOf(const Program &program, const Subjects &subjects, const LinkedFunction &function,
                                Index<Call> index, const rules::Place &place);

/// Calls whose result is work for others, of what is spawned or (`threadsOnly`) given a thread of its own:
/// `std::thread(std::bind(&Worker::run, this))`, `co_spawn(context, follow(), detached)`.
std::set<CallRef> callsHandedOver(const Inputs<Entries> &in, bool threadsOnly = false);

} // namespace opex
