// Waits in slices: each has a limit, and only the answer ends the loop around them.
// --- bad.cpp
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <httplib.h>
#include <mutex>
#include <thread>
#include <time.h>
#include <unistd.h>

namespace {
std::mutex mutex;
std::condition_variable changed;
bool isDone = false;
std::atomic<int> state{0};

class Scan {
public:
  bool isUnderWay() const { return isUnderWay_; }

private:
  bool isUnderWay_ = true;
};
Scan scan;

/// The house's own pause.
void rest(int milliseconds) { usleep(milliseconds * 1000); }
} // namespace

void inSlices(const httplib::Request &, httplib::Response &) {
  std::unique_lock lock(mutex);
  while (true) {
    if (isDone)
      return;
    changed.wait_for(lock, std::chrono::seconds(1)); // expect: opex-missing-timeout [medium] "in slices"
  }
}

void untilNotified(const httplib::Request &, httplib::Response &) {
  std::unique_lock lock(mutex);
  for (;;)
    if (changed.wait_for(lock, std::chrono::seconds(1)) == std::cv_status::no_timeout) // expect: opex-missing-timeout [medium] "in slices"
      break;
}

void asLongAs(const httplib::Request &, httplib::Response &) {
  while (scan.isUnderWay())
    rest(100); // expect: opex-missing-timeout [medium] "in slices"
}

void untilState(const httplib::Request &, httplib::Response &response) {
  do {
    std::this_thread::sleep_for(std::chrono::milliseconds(5)); // expect: opex-missing-timeout [medium] "in slices"
  } while (state != 2);
  response.set_content("ok", "text/plain");
}

// --- good.cpp
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <httplib.h>
#include <mutex>
#include <thread>
#include <time.h>

extern std::mutex other;
extern std::condition_variable otherChanged;
extern std::atomic<bool> isReady, stopRequested;
extern std::deque<int> jobs;
void work(int job);

void untilADeadline(const httplib::Request &, httplib::Response &) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!isReady && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

void someTimes(const httplib::Request &, httplib::Response &) {
  for (int i = 0; i < 100 && !isReady; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

void countedInside(const httplib::Request &, httplib::Response &) {
  int left = 100;
  while (!isReady) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    if (--left == 0)
      return;
  }
}

void unlessStopped(const httplib::Request &, httplib::Response &) {
  std::unique_lock lock(other);
  while (!isReady) {
    if (stopRequested)
      return;
    otherChanged.wait_for(lock, std::chrono::seconds(1));
  }
}

void seconds(const httplib::Request &, httplib::Response &) {
  const time_t begin = time(nullptr);
  while (!isReady) {
    if (time(nullptr) - begin > 30)
      return;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

/// On nobody's way.
void worker() {
  while (true) {
    std::unique_lock lock(other);
    otherChanged.wait_for(lock, std::chrono::seconds(1));
    if (!jobs.empty()) {
      work(jobs.front());
      jobs.pop_front();
    }
  }
}

void inSlices(const httplib::Request &, httplib::Response &);
void asLongAs(const httplib::Request &, httplib::Response &);
void untilNotified(const httplib::Request &, httplib::Response &);
void untilState(const httplib::Request &, httplib::Response &);

int main() {
  std::thread(worker).detach();
  httplib::Server server;
  server.Get("/a", inSlices);
  server.Get("/b", asLongAs);
  server.Get("/c", untilState);
  server.Get("/i", untilNotified);
  server.Get("/d", untilADeadline);
  server.Get("/e", someTimes);
  server.Get("/f", countedInside);
  server.Get("/g", unlessStopped);
  server.Get("/h", seconds);
  server.listen("localhost", 80);
}
