// What bounds a retry: a counter that each failure moves, also in a switch; and what only seems to.
// leave out: opex-missing-timeout
// --- api.h
#include <curl/curl.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>

struct Unavailable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline bool login(CURL *handle) { return curl_easy_perform(handle) == CURLE_OK; }
inline bool query(CURL *handle) { return curl_easy_perform(handle) == CURLE_OK; }
inline std::string fetch(CURL *handle, const std::string &path) {
  curl_easy_setopt(handle, CURLOPT_URL, path.c_str());
  if (!login(handle))
    throw Unavailable(path);
  return path;
}
inline void waitABit() { std::this_thread::sleep_for(std::chrono::milliseconds(100)); }
std::unique_ptr<int> openStore(const std::string &path, const std::string &mode);

// --- bad.cpp
#include "api.h"

/// Counts only where the login has succeeded: without one it never ends.
void countsElsewhere(CURL *handle) {
  bool done = false;
  int tries = 0;
  while (!done && tries < 2) { // expect: opex-unbounded-retry [high], opex-retry-without-backoff
    if (login(handle)) {
      done = query(handle);
      if (done)
        break;
      tries++;
    }
  }
}

int notCountedOnTheWayBack(CURL *handle) {
  int tries = 0;
  while (tries < 2) { // expect: opex-unbounded-retry
    CURLcode code = curl_easy_perform(handle);
    if (code == CURLE_OK)
      return 0;
    if (code == CURLE_COULDNT_CONNECT) {
      waitABit();
      continue;
    }
    ++tries;
  }
  return -1;
}

bool notCountedInOneHandler(CURL *handle) {
  int tries = 0;
  while (tries < 2) { // expect: opex-unbounded-retry
    try {
      fetch(handle, "/partly");
      return true;
    } catch (const Unavailable &) {
      waitABit();
    } catch (const std::exception &) {
      ++tries;
    }
  }
  return false;
}

bool gotoWithoutCounting(CURL *handle) {
  int tries = 0;
again: // expect: opex-unbounded-retry
  if (!login(handle)) {
    waitABit();
    goto again;
  }
  if (!query(handle) && ++tries < 2)
    goto again;
  return tries < 2;
}

/// No case leaves.
bool switchThatGoesOn(CURL *handle) {
  for (int tries = 0;; ++tries) { // expect: opex-unbounded-retry
    if (login(handle))
      return true;
    switch (tries) {
    case 0: break;
    default: waitABit();
    }
    waitABit();
  }
}

/// The same text each time is no other way.
void fallsBackForEver(CURL *handle) {
  std::string path = "/first";
  bool failed;
  do { // expect: opex-unbounded-retry
    try {
      failed = false;
      fetch(handle, path);
    } catch (const Unavailable &) {
      failed = true;
      path = "/second";
      waitABit();
    }
  } while (failed);
}

/// What throws is out of sight, but is waited for.
void untilItIsThere(std::unique_ptr<int> &store) {
  bool ready = false;
  while (!ready) { // expect: opex-unbounded-retry [high]
    try {
      store = openStore("orders", "rw");
      ready = true;
    } catch (...) {
      sleep(1);
    }
  }
}

bool caseThatLeavesLate(CURL *handle) {
  int tries = 0;
  while (true) { // expect: opex-excessive-retry
    if (login(handle))
      return true;
    switch (tries) {
    case 0:
    case 1: waitABit(); break;
    case 6: return false;
    }
    waitABit();
    tries++;
  }
}

int maxRetries();
struct Shared {
  int *count;
};
/// The limit itself still goes on: one more than it says.
bool loginOrGiveUp(CURL *handle, const std::unique_ptr<Shared> &shared) {
  while (true) {
    if (login(handle))
      return true;
    waitABit();
    ++(*(shared->count));
    if (maxRetries() < *(shared->count))
      break;
  }
  return false;
}
bool aroundIt(CURL *handle, const std::unique_ptr<Shared> &shared) {
  for (int attempt = 0; attempt < 2; ++attempt) { // expect: opex-nested-retry
    if (loginOrGiveUp(handle, shared))
      return true;
    waitABit();
  }
  return false;
}

bool countsDownFirst(CURL *handle, int left) {
  while (--left) {
    if (login(handle))
      return true;
    waitABit();
  }
  return false;
}
bool aroundCountingDown(CURL *handle, int limit) {
  for (int attempt = 0; attempt < 2; ++attempt) { // expect: opex-nested-retry
    if (countsDownFirst(handle, limit))
      return true;
    waitABit();
  }
  return false;
}

// --- timer.cpp
#include <boost/asio.hpp>

/// Runs what it is given once the timer is over.
template <class Socket> class Stream {
protected:
  template <typename Timer, typename Rep, typename Period>
  void wait(Timer &timer, const std::chrono::duration<Rep, Period> &duration, std::function<void()> handler) {
    timer.expires_after(duration);
    timer.async_wait([handler = std::move(handler)](const boost::system::error_code &error) {
      if (!error)
        handler();
    });
  }
};

class Source : public Stream<boost::asio::ip::tcp::socket>, public std::enable_shared_from_this<Source> {
public:
  explicit Source(boost::asio::io_context &context) : socket_(context), timer_(context) {}
  void connect() {
    socket_.async_connect(peer_, [this, self = shared_from_this()](const boost::system::error_code &error) {
      if (error)
        wait(timer_, std::chrono::seconds(1), [this, self] { connect(); }); // expect: opex-unbounded-retry [medium]
      else
        connected_ = true;
    });
  }

private:
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  boost::asio::ip::tcp::endpoint peer_;
  bool connected_ = false;
};
void connectSource(boost::asio::io_context &context) { std::make_shared<Source>(context)->connect(); }

// --- good.cpp
#include "api.h"

#include <ctime>

struct Settings {
  std::string address;
};
class Server {
public:
  explicit Server(CURL *handle, const Settings &settings) { fetch(handle, settings.address); }
};

/// Another address after each failure, and an end.
bool listenSomewhere(CURL *handle, Settings settings, std::unique_ptr<Server> &server) {
  int tries = 0;
  bool failed = false;
  do {
    try {
      failed = false;
      server.reset(new Server(handle, settings));
    } catch (const std::exception &) {
      failed = true;
      switch (tries) {
      case 0: settings.address = "::"; break;
      case 1: settings.address = "0.0.0.0"; break;
      case 2: return false;
      }
      tries++;
    }
  } while (failed);
  return true;
}

bool switchWithDefault(CURL *handle) {
  for (int tries = 0;; ++tries) {
    if (login(handle))
      return true;
    switch (tries) {
    case 0: waitABit(); break;
    default: throw Unavailable("after two");
    }
  }
}

bool countedInBothHandlers(CURL *handle) {
  int tries = 0;
  while (tries < 2) {
    try {
      fetch(handle, "/both");
      return true;
    } catch (const Unavailable &) {
      ++tries;
      waitABit();
    }
  }
  return false;
}

bool gotoThatCounts(CURL *handle) {
  int tries = 0;
again:
  if (!login(handle)) {
    waitABit();
    if (++tries < 2)
      goto again;
  }
  return tries < 2;
}

/// A thread that looks for its gateway now and then; that the request which switches it on keeps the thread does
/// not make it part of the request.
class Gateway {
public:
  explicit Gateway(CURL *handle) : handle_(handle) {}
  void start() { thread_ = std::make_shared<std::thread>([this] { monitor(); }); }

private:
  void monitor() {
    while (!stopped_) {
      if (!connected_) {
        if (time(nullptr) % 60 == 0) {
          if (login(handle_))
            connected_ = true;
          else
            sleep(1);
        }
      } else {
        sleep(1);
      }
    }
  }
  CURL *handle_;
  std::shared_ptr<std::thread> thread_;
  std::atomic<bool> stopped_ = false;
  bool connected_ = false;
};

int main() {
  (new Gateway(curl_easy_init()))->start();
  return 0;
}

/// That the thread is there is asked, not done again: what it runs is not run by the comparison.
class Runner {
public:
  explicit Runner(CURL *handle) : handle_(handle) {}
  void start() { thread_ = std::make_unique<std::thread>([this] { run(); }); }
  bool isThere() {
    return poll([this] { return thread_ != nullptr; }, 10);
  }

private:
  static bool poll(const std::function<bool()> &isTrue, int most) {
    for (int i = 0; i < most; ++i) {
      if (isTrue())
        return true;
      waitABit();
    }
    return false;
  }
  void run() { query(handle_); }
  CURL *handle_;
  std::unique_ptr<std::thread> thread_;
};
bool runIt(CURL *handle) {
  auto *runner = new Runner(handle);
  runner->start();
  return runner->isThere();
}
