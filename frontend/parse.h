// Runs Clang over translation units and hands back their facts. Owns what surrounds the tree: the
// invocation, errors, crashes, limits, and the order of results. What is read off the tree is extraction.h.
#pragma once

#include "frontend/compile_db.h"
#include "frontend/extraction.h"
#include "frontend/look_up.h"
#include "model/observations.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace opex {

/// A file that is not on the disk, or is another one there.
struct MemoryFile {
  std::string path; ///< Absolute.
  std::string text;
};

struct ParseOptions {
  ProjectScope scope;
  bool fullBodies =
      false; ///< Parse the bodies of foreign headers too: slower, sees what only they instantiate.
  bool sharedPrefix = false; ///< parseAll parses headers that many TUs include once: quicker, and the same facts.
  std::vector<MemoryFile> memoryFiles; ///< Seen before those of the disk.
  LookFor lookFor; ///< Names to find beside those that bodies mention.
  std::vector<std::string> extraArgs;       ///< Behind the command's own, as clang-tidy's --extra-arg.
  std::vector<std::string> extraArgsBefore; ///< In front of them.
  unsigned timeoutSeconds = 300;            ///< For each TU of parseAll; 0: none.
  unsigned memoryMiB = 6144;                ///< Address space for each TU of parseAll; 0: no limit.
};

/// What a parse gave beside its facts: enough to know later whether it would give the same again.
struct ParseRecord {
  std::string facts;     ///< Encoded.
  std::string questions; ///< What was asked of the file system (model/observations.h). Empty: it cannot be asked again.
  Digest answers{};
};

/// Parses one TU in this process. Nothing is executed or written and nothing goes to stderr. Errors become
/// notices and a status; a crash of the parser is survived (Failed), but not an overflow of the stack, and
/// there is no time limit: hosts that need those use parseAll.
TuFacts parseTu(const CompileCommand &command, const ParseOptions &options);

/// Parses all TUs, each in a child process, `jobs` (at least 1) at once; results are in the order of
/// `commands` and the same for any `jobs`. Whatever happens to a child (crash, endless loop, memory) is a
/// Failed TU that says so. `onDone` is called in the caller's thread after each TU, in order of completion, with its
/// position, and may take the facts away; the record is null if a child did not come to its end. Call it before the
/// process has other threads.
std::vector<TuFacts> parseAll(llvm::ArrayRef<CompileCommand> commands, const ParseOptions &options, unsigned jobs,
                              llvm::function_ref<void(size_t, TuFacts &, const ParseRecord *)> onDone);

/// Facts of a TU that gave none, and why.
TuFacts failedTu(const CompileCommand &command, const ProjectScope &scope, const llvm::Twine &reason);

} // namespace opex
