// All checks, and which of them a run uses. To add a check: checks/<name>.cpp, testdata/<name>.cpp and one
// line in registry.def.
#pragma once

#include "model/check.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <vector>

namespace opex {

enum class Profile : uint8_t { Ci, Ide, Audit };

namespace checks {
#define OPEX_CHECK(name) extern const Check name;
#include "checks/registry.def"
#undef OPEX_CHECK
} // namespace checks

/// In order of their ids.
llvm::ArrayRef<const Check *> allChecks();

/// Null if there is none with that id.
const Check *findCheck(llvm::StringRef id);

/// The checks of the profile, changed by a comma-separated list of names and globs as clang-tidy takes it:
/// `-opex-*,opex-missing-timeout`. Later items win; a leading `-` takes away. The prefix "opex-" may be left
/// out. Fails on a plain name that no check has, saying what was probably meant. Globs for other tools'
/// checks simply match none.
llvm::Expected<std::vector<const Check *>> selectChecks(llvm::StringRef globs, Profile profile);

} // namespace opex
