// Each TU in a process of its own: forked, so that the loaded libraries are shared, and limited, so that
// nothing that happens to it reaches the others. Facts come back through a pipe in their encoded form.
#include "frontend/parse.h"
#include "frontend/parse_here.h"
#include "model/facts_io.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/thread.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <optional>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace opex {
namespace {

using Clock = std::chrono::steady_clock;

using OnDone = llvm::function_ref<void(size_t, TuFacts &, const ParseRecord *)>;

constexpr int kExitOutOfMemory = 3;

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OPEX_SHADOW_MEMORY 1 ///< Sanitizers reserve terabytes of address space.
#endif
#endif

void limit(int resource, rlim_t value) {
  rlimit wanted;
  if (getrlimit(resource, &wanted))
    return;
  wanted.rlim_cur = std::min(value, wanted.rlim_max);
  wanted.rlim_max = wanted.rlim_cur;
  setrlimit(resource, &wanted);
}

/// Takes from the child what parsing does not need: files to write, terminals, endless time and memory.
void confine(const ParseOptions &options, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent)
    _exit(1); // The parent died before the line above.
  if (const int nothing = open("/dev/null", O_RDWR); nothing >= 0) {
    for (int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
      dup2(nothing, standard);
    if (nothing > STDERR_FILENO)
      close(nothing);
  }
  for (int signal : {SIGINT, SIGTERM, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE})
    std::signal(signal, SIG_DFL);
  std::signal(SIGXFSZ, SIG_IGN);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CORE, 0);
  if (options.timeoutSeconds)
    limit(RLIMIT_CPU, options.timeoutSeconds + 1);
#ifndef OPEX_SHADOW_MEMORY
  if (options.memoryMiB)
    limit(RLIMIT_AS, static_cast<rlim_t>(options.memoryMiB) << 20);
#endif
  std::set_new_handler([] { _exit(kExitOutOfMemory); });
  llvm::install_bad_alloc_error_handler([](void *, const char *, bool) { _exit(kExitOutOfMemory); });
}

void writeAll(int pipe, llvm::StringRef bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(pipe, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR)
      _exit(1);
    bytes = bytes.drop_front(written > 0 ? static_cast<size_t>(written) : 0);
  }
}

ParseRecord recordOf(const CompileCommand &command, const ParseOptions &options) {
  ParseRecord record;
  Observations seen;
  const TuFacts facts = parseHere(command, options, /*isLastAct=*/true, &seen);
  record.facts = encodeFacts(facts);
  // A failure may have come from what no question asks for, as a limit.
  if (facts.status == TuStatus::Failed || !seen.isSound() || !options.memoryFiles.empty())
    return record;
  std::string questions = encodeQuestions(seen, options.scope.root);
  KnownAnswers known;
  auto recall = [&](Question question, llvm::StringRef path) { return seen.answer(question, path); };
  if (std::optional<Digest> answers = answerAll(questions, options.scope.root, recall, known)) {
    record.questions = std::move(questions);
    record.answers = *answers;
  }
  return record;
}

/// What goes through the pipe: the digest, the size of the questions, the questions, the facts.
std::string encodeRecord(const ParseRecord &record) {
  std::string bytes(llvm::toStringRef(llvm::ArrayRef(record.answers)));
  char size[sizeof(uint64_t)];
  llvm::support::endian::write64le(size, record.questions.size());
  bytes.append(size, sizeof size);
  return bytes + record.questions + record.facts;
}

std::optional<ParseRecord> decodeRecord(llvm::StringRef bytes) {
  ParseRecord record;
  if (bytes.size() < sizeof record.answers + sizeof(uint64_t))
    return std::nullopt;
  std::memcpy(record.answers.data(), bytes.data(), sizeof record.answers);
  bytes = bytes.drop_front(sizeof record.answers);
  const uint64_t size = llvm::support::endian::read64le(bytes.data());
  bytes = bytes.drop_front(sizeof size);
  if (size > bytes.size())
    return std::nullopt;
  record.questions = bytes.take_front(size).str();
  record.facts = bytes.drop_front(size).str();
  return record;
}

[[noreturn]] void runChild(const CompileCommand &command, const ParseOptions &options, int pipe,
                           pid_t parent) {
  confine(options, parent);
  llvm::thread parser(std::optional<unsigned>(kParserStackBytes),
                      [&] { writeAll(pipe, encodeRecord(recordOf(command, options))); });
  parser.join();
  _exit(0);
}

/// A child at work.
struct Worker {
  pid_t process = -1;
  int pipe = -1;
  size_t position = 0; ///< Of its command.
  std::optional<Clock::time_point> deadline;
  bool isLate = false;
  std::string bytes;
};

std::string describeEnd(const Worker &worker, int status, const ParseOptions &options) {
  if (worker.isLate)
    return "the parser did not finish within " + std::to_string(options.timeoutSeconds) + " s on this file";
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
    return "the parser used more than " + std::to_string(options.timeoutSeconds) +
           " s of CPU time on this file";
  if (WIFSIGNALED(status))
    return std::string("the parser crashed on this file (") + strsignal(WTERMSIG(status)) + ")";
  if (WIFEXITED(status) && WEXITSTATUS(status) == kExitOutOfMemory)
    return "the parser needs more than " + std::to_string(options.memoryMiB) + " MiB of memory on this file";
  return "the parser ended early on this file";
}

class Pool {
public:
  Pool(llvm::ArrayRef<CompileCommand> commands, const ParseOptions &options, unsigned jobs,
       OnDone onDone)
      : commands_(commands), options_(options), jobs_(std::max(1u, jobs)), onDone_(onDone),
        results_(commands.size()) {}

  std::vector<TuFacts> run() {
    size_t next = 0;
    while (next < commands_.size() || !workers_.empty()) {
      while (next < commands_.size() && workers_.size() < jobs_ && start(next))
        ++next;
      if (!workers_.empty())
        wait();
      else if (next < commands_.size()) // Not one process is to be had: do it here.
        finish(next, parseTu(commands_[next], options_)), ++next;
    }
    return std::move(results_);
  }

private:
  bool start(size_t position);
  void wait();
  bool drain(Worker &worker);
  void end(Worker &worker);
  void finish(size_t position, TuFacts facts, const ParseRecord *record = nullptr) {
    results_[position] = std::move(facts);
    if (onDone_)
      onDone_(position, results_[position], record);
  }

  llvm::ArrayRef<CompileCommand> commands_;
  const ParseOptions &options_;
  const size_t jobs_;
  OnDone onDone_;
  std::vector<TuFacts> results_;
  std::vector<Worker> workers_;
};

/// False if the system gives no pipe or process now.
bool Pool::start(size_t position) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC))
    return false;
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    runChild(commands_[position], options_, ends[1], parent);
  }
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return false;
  }
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  Worker worker;
  worker.process = child;
  worker.pipe = ends[0];
  worker.position = position;
  if (options_.timeoutSeconds)
    worker.deadline = Clock::now() + std::chrono::seconds(options_.timeoutSeconds);
  workers_.push_back(std::move(worker));
  return true;
}

/// Waits for bytes, ends and deadlines, and deals with them.
void Pool::wait() {
  std::vector<pollfd> polled;
  std::optional<Clock::time_point> nearest;
  for (const Worker &worker : workers_) {
    polled.push_back({worker.pipe, POLLIN, 0});
    if (worker.deadline && !worker.isLate && (!nearest || *worker.deadline < *nearest))
      nearest = worker.deadline;
  }
  int milliseconds = -1;
  if (nearest) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*nearest - Clock::now()).count();
    milliseconds = static_cast<int>(std::clamp<long long>(left, 0, 1000 * 1000));
  }
  poll(polled.data(), polled.size(), milliseconds);
  for (Worker &worker : workers_)
    if (worker.deadline && !worker.isLate && Clock::now() >= *worker.deadline) {
      worker.isLate = true;
      kill(worker.process, SIGKILL);
    }
  for (size_t i = polled.size(); i-- > 0;)
    if (polled[i].revents && drain(workers_[i])) {
      Worker done = std::move(workers_[i]);
      workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(i));
      end(done);
    }
}

/// Reads what there is; true at the end.
bool Pool::drain(Worker &worker) {
  char buffer[1 << 16];
  for (;;) {
    const ssize_t count = read(worker.pipe, buffer, sizeof buffer);
    if (count > 0)
      worker.bytes.append(buffer, static_cast<size_t>(count));
    else if (count == 0 || (errno != EINTR && errno != EAGAIN))
      return true;
    else if (errno == EAGAIN)
      return false;
  }
}

void Pool::end(Worker &worker) {
  close(worker.pipe);
  int status = 0;
  while (waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {
  }
  const CompileCommand &command = commands_[worker.position];
  if (worker.isLate || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return finish(worker.position, failedTu(command, options_.scope, describeEnd(worker, status, options_)));
  const std::optional<ParseRecord> record = decodeRecord(std::exchange(worker.bytes, ""));
  llvm::Expected<TuFacts> facts = decodeFacts(record ? record->facts : "");
  if (facts)
    return finish(worker.position, std::move(*facts), &*record);
  finish(worker.position,
         failedTu(command, options_.scope, "internal error: " + llvm::toString(facts.takeError())));
}

} // namespace

std::vector<TuFacts> parseAll(llvm::ArrayRef<CompileCommand> commands, const ParseOptions &options, unsigned jobs,
                              OnDone onDone) {
  return Pool(commands, options, jobs, onDone).run();
}

} // namespace opex
