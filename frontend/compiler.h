// A compiler that is ready to read a TU's command: the invocation, made harmless, and the files it sees.
#pragma once

#include "frontend/diagnostics.h"
#include "frontend/parse.h"

#include "llvm/ADT/IntrusiveRefCntPtr.h"

#include <memory>

namespace clang {
class CompilerInstance;
}
namespace llvm::vfs {
class FileSystem;
}

namespace opex {

struct SharedPrefix;

using FileSystem = llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>;

/// The disk, with the options' files before it.
FileSystem filesOf(const ParseOptions &options);

/// `files`, with those of the prefix before them; it must outlive the result.
FileSystem withPrefix(const SharedPrefix &prefix, FileSystem files);

struct PreparedCompiler {
  std::unique_ptr<clang::CompilerInstance>
      compiler; ///< Null, with errors collected, if Clang does not understand the command.
  bool isWithoutMachineOptions = false; ///< Clang does not take its `-m…`, which were left out.
};

/// A compiler for `command`, which must run in its working folder; `errors` must outlive it.
PreparedCompiler prepareCompiler(const CompileCommand &command, const ParseOptions &options, FileSystem files,
                                 ErrorCollector &errors);

} // namespace opex
