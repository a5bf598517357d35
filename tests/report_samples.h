// What the reports are tested with: checks, findings and runs that are made up, and the files of testdata/golden that
// say byte by byte how they are shown.
#pragma once

#include "model/check.h"
#include "report/run.h"

namespace opex::test {

/// The help of timeoutCheck(): every section that a help may have.
extern const llvm::StringLiteral kHelp;

/// An error with options, practices and a long help.
const Check &timeoutCheck();
/// A warning with no more than what each check has.
const Check &swallowCheck();

/// Has a chain of steps, a related place and a fix.
Finding timeoutFinding();
/// Has only a place, in a line whose columns differ by how they are counted.
Finding swallowFinding();

std::vector<rules::Practice> practices();

/// A run with one of everything.
RunReport fullRun();
/// A run over sources written by an enemy.
RunReport hostileRun();

/// A line of any bytes, and columns in it or behind its end.
struct Range {
  std::string line;
  unsigned column = 0, end = 0;
};

/// The same ones each time.
class RandomRanges {
public:
  Range next();

private:
  unsigned below(uint64_t limit);

  uint64_t state_ = 42;
  int round_ = 0;
};

/// Compares with testdata/golden/<name>; if OPEX_BLESS is set, writes it first.
void expectGolden(llvm::StringRef name, const std::string &actual);

} // namespace opex::test
