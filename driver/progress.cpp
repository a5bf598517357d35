#include "driver/progress.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

namespace opex {

constexpr std::chrono::milliseconds kTerminalInterval{100};
constexpr std::chrono::seconds kPlainInterval{15};

Progress::Progress(size_t total, bool quiet)
    : total_(total), quiet_(quiet), isTerminal_(llvm::sys::Process::StandardErrIsDisplayed()), start_(Clock::now()),
      lastLine_(start_) {}

Progress::~Progress() {
  if (!quiet_ && isTerminal_ && finished_)
    llvm::errs() << "\r\033[K";
}

void Progress::done(llvm::StringRef) {
  ++finished_;
  Clock::time_point now = Clock::now();
  if (quiet_ || now - lastLine_ < (isTerminal_ ? Clock::duration(kTerminalInterval) : Clock::duration(kPlainInterval)))
    return;
  lastLine_ = now;
  double seconds = std::chrono::duration<double>(now - start_).count();
  double rate = finished_ / seconds;
  if (isTerminal_)
    llvm::errs() << "\r\033[K";
  llvm::errs() << "opex-tidy: " << finished_ << " of " << total_ << " translation units, "
               << llvm::format("%.1f", rate) << "/s, about " << llvm::format("%.0f", (total_ - finished_) / rate)
               << " s to go" << (isTerminal_ ? "" : "\n");
}

} // namespace opex
