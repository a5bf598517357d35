// Parses code that stands in a directory of its own, and shows what came of it as text.
#pragma once

#include "frontend/parse.h"
#include "tests/temp_dir.h"

#include <gmock/gmock.h>

namespace opex::test {

class ParseTest : public testing::Test {
protected:
  ParseTest() { options.scope.root = dir.path(); }

  CompileCommand command(llvm::StringRef file, std::vector<std::string> flags = {}) {
    return makeCommand(dir / file, dir.path(), flags, dir.path());
  }

  /// Parses `code` as a.cpp, in a process of its own.
  TuFacts parse(llvm::StringRef code, std::vector<std::string> flags = {}) {
    dir.write("a.cpp", code);
    return std::move(parseAll({command("a.cpp", std::move(flags))}, options, 1, nullptr)[0]);
  }

  test::TempDir dir;
  ParseOptions options;
};

inline std::vector<std::string> functions(const TuFacts &facts) {
  std::vector<std::string> names;
  for (const Function &function : facts.functions)
    names.push_back(function.name.str());
  return names;
}

inline std::string notices(const TuFacts &facts) {
  std::string text;
  for (const ParseNotice &notice : facts.notices)
    text += notice.path.str() + ":" + std::to_string(notice.line) + ":" + std::to_string(notice.column) +
            (notice.isError ? ": error: " : ": ") + notice.message.str() +
            (notice.inSystem ? " [system]" : "") + "\n";
  return text;
}

} // namespace opex::test
