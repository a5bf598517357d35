// What each stage of a run costs: CPU time, user and system, of this process and of the children it waited for.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <string>
#include <vector>

namespace opex {

enum class Stage { SetUp, Facts, Link, Analysis, Checks, Report };

/// A stopwatch that is told when something ends; what is next begins then.
class StageTimes {
public:
  StageTimes();

  /// `part` is the pass or check, where the stage has several.
  void ends(Stage stage, llvm::StringRef part = "");

  /// A table in milliseconds, with the totals.
  void write(llvm::raw_ostream &out) const;

private:
  struct Lap {
    Stage stage;
    std::string part;
    std::chrono::microseconds spent;
  };

  std::chrono::microseconds total(llvm::ArrayRef<Stage> stages) const;

  std::chrono::microseconds last_;
  std::vector<Lap> laps_;
};

} // namespace opex
