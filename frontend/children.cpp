#include "frontend/children.h"

#include "frontend/parse_here.h"

#include "llvm/ADT/StringRef.h"
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
#include <vector>

namespace opex {
namespace {

using Clock = std::chrono::steady_clock;

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
void confine(const ChildLimits &limits, pid_t parent) {
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
  if (limits.timeoutSeconds)
    limit(RLIMIT_CPU, limits.timeoutSeconds + 1);
#ifndef OPEX_SHADOW_MEMORY
  if (limits.memoryMiB)
    limit(RLIMIT_AS, static_cast<rlim_t>(limits.memoryMiB) << 20);
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

[[noreturn]] void runChild(llvm::function_ref<std::string(size_t)> work, size_t position,
                           const ChildLimits &limits, int pipe, pid_t parent) {
  confine(limits, parent);
  llvm::thread worker(std::optional<unsigned>(kParserStackBytes), [&] { writeAll(pipe, work(position)); });
  worker.join();
  _exit(0);
}

/// A child at work.
struct Worker {
  pid_t process = -1;
  int pipe = -1;
  size_t position = 0; ///< Of its work.
  std::optional<Clock::time_point> deadline;
  bool isLate = false;
  std::string bytes;
};

std::string describeEnd(const Worker &worker, int status, const ChildLimits &limits) {
  if (worker.isLate)
    return "the parser did not finish within " + std::to_string(limits.timeoutSeconds) + " s on this file";
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
    return "the parser used more than " + std::to_string(limits.timeoutSeconds) +
           " s of CPU time on this file";
  if (WIFSIGNALED(status))
    return std::string("the parser crashed on this file (") + strsignal(WTERMSIG(status)) + ")";
  if (WIFEXITED(status) && WEXITSTATUS(status) == kExitOutOfMemory)
    return "the parser needs more than " + std::to_string(limits.memoryMiB) + " MiB of memory on this file";
  return "the parser ended early on this file";
}

class Pool {
public:
  Pool(size_t count, unsigned jobs, const ChildLimits &limits, llvm::function_ref<std::string(size_t)> work,
       llvm::function_ref<void(size_t, ChildResult)> onDone)
      : count_(count), jobs_(std::max(1u, jobs)), limits_(limits), work_(work), onDone_(onDone) {}

  void run() {
    size_t next = 0;
    while (next < count_ || !workers_.empty()) {
      while (next < count_ && workers_.size() < jobs_ && start(next))
        ++next;
      if (!workers_.empty())
        wait();
      else if (next < count_)
        onDone_(next++, {ChildResult::NotStarted, {}, {}});
    }
  }

private:
  bool start(size_t position);
  void wait();
  bool drain(Worker &worker);
  void end(Worker &worker);

  const size_t count_, jobs_;
  const ChildLimits &limits_;
  llvm::function_ref<std::string(size_t)> work_;
  llvm::function_ref<void(size_t, ChildResult)> onDone_;
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
    runChild(work_, position, limits_, ends[1], parent);
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
  if (limits_.timeoutSeconds)
    worker.deadline = Clock::now() + std::chrono::seconds(limits_.timeoutSeconds);
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
  if (worker.isLate || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return onDone_(worker.position, {ChildResult::Failed, {}, describeEnd(worker, status, limits_)});
  onDone_(worker.position, {ChildResult::Done, std::move(worker.bytes), {}});
}

} // namespace

void runChildren(size_t count, unsigned jobs, const ChildLimits &limits,
                 llvm::function_ref<std::string(size_t)> work,
                 llvm::function_ref<void(size_t, ChildResult)> onDone) {
  Pool(count, jobs, limits, work, onDone).run();
}

} // namespace opex
