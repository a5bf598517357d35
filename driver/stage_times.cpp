#include "driver/stage_times.h"

#include "driver/table.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <sys/resource.h>

namespace opex {
namespace {

using std::chrono::microseconds;

constexpr Stage kStages[] = {Stage::SetUp, Stage::Facts, Stage::Link, Stage::Analysis, Stage::Checks, Stage::Report};

const char *nameOf(Stage stage) {
  switch (stage) {
  case Stage::SetUp: return "set-up";
  case Stage::Facts: return "facts";
  case Stage::Link: return "link";
  case Stage::Analysis: return "analysis";
  case Stage::Checks: return "checks";
  case Stage::Report: return "report";
  }
  llvm_unreachable("unknown stage");
}

microseconds microsecondsOf(const timeval &time) {
  return std::chrono::seconds(time.tv_sec) + microseconds(time.tv_usec);
}

/// CPU time so far. The parser's children count once they have been waited for.
microseconds cpuTime() {
  microseconds sum{};
  for (int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(who, &usage);
    sum += microsecondsOf(usage.ru_utime) + microsecondsOf(usage.ru_stime);
  }
  return sum;
}

std::string milliseconds(microseconds time) { return llvm::formatv("{0,10:F1}", time.count() / 1000.0); }

} // namespace

StageTimes::StageTimes() : last_(cpuTime()) {}

void StageTimes::ends(Stage stage, llvm::StringRef part) {
  microseconds now = cpuTime();
  laps_.push_back({stage, part.str(), now - last_});
  last_ = now;
}

microseconds StageTimes::total(llvm::ArrayRef<Stage> stages) const {
  microseconds sum{};
  for (const Lap &lap : laps_)
    if (llvm::is_contained(stages, lap.stage))
      sum += lap.spent;
  return sum;
}

void StageTimes::write(llvm::raw_ostream &out) const {
  out << "CPU time in ms, user and system, children included\n";
  std::vector<std::vector<std::string>> rows;
  for (Stage stage : kStages) {
    rows.push_back({nameOf(stage), milliseconds(total(stage))});
    for (const Lap &lap : laps_)
      if (lap.stage == stage && !lap.part.empty())
        rows.push_back({"  " + lap.part, milliseconds(lap.spent)});
  }
  rows.push_back({"analysis and checks", milliseconds(total({Stage::Analysis, Stage::Checks}))});
  rows.push_back({"all", milliseconds(total(kStages))});
  writeTable(rows, out);
}

} // namespace opex
