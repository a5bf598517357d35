// Functions that ask a client of the program's own and begin again when the answer is a failure. The client keeps what is
// to be done with the answer and does it later, so that nothing ever comes back through a loop.
// leave out: opex-missing-timeout, opex-blocking-under-lock, opex-unbounded-queue
// --- api.h
#include <curl/curl.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <spdlog/spdlog.h>

struct Answer {
  std::string body, error;
  bool failed = false;
};

/// Nobody sees how it sends.
class Remote {
public:
  void ask(const std::string &question, std::function<void(const Answer &)> done);
};

/// Of its own make: a base class, and one derived class for each lambda.
class Handler {
public:
  virtual ~Handler() = default;
  virtual void operator()(const Answer &answer) const = 0;
};
template <typename T> class HandlerOf : public Handler {
public:
  explicit HandlerOf(T &&run) : run_(std::move(run)) {}
  void operator()(const Answer &answer) const override { run_(answer); }

private:
  T run_;
};

class Link {
public:
  template <typename T, typename U> void call(const std::string &path, T &&done, U &&closed) {
    start(path, new HandlerOf<T>(std::forward<T>(done)), new HandlerOf<U>(std::forward<U>(closed)));
  }
  void start(const std::string &path, Handler *done, Handler *closed);
  void finish(const Answer &answer) { (*closed_)(answer); }

private:
  CURLM *multi_ = nullptr;
  CURL *easy_ = nullptr;
  std::unique_ptr<Handler> done_, closed_;
};

// --- link.cpp
#include "api.h"

void Link::start(const std::string &path, Handler *done, Handler *closed) {
  done_.reset(done);
  closed_.reset(closed);
  curl_easy_setopt(easy_, CURLOPT_URL, path.c_str());
  curl_multi_add_handle(multi_, easy_);
}

// --- bad.cpp
#include "api.h"

class Node {
public:
  void info() {
    link_.call(
        "/info", [this](const Answer &answer) { parse(answer.body); },
        [this](const Answer &answer) {
          if (!answer.error.empty()) {
            spdlog::warn("no info: {}", answer.error);
            std::this_thread::sleep_for(std::chrono::seconds(1));
            info(); // expect: opex-unbounded-retry [medium]
          }
        });
  }

  /// All ways of failing come together in a lambda.
  void peers() {
    remote_.ask("peers", [this](const Answer &answer) { take(answer); });
  }

  void version() {
    remote_.ask("version", [this](const Answer &answer) {
      if (answer.failed)
        return version(); // expect: opex-unbounded-retry [medium], opex-retry-without-backoff [medium]
      version_ = answer.body;
    });
  }

private:
  void take(const Answer &answer) {
    auto failed = [this](const char *what) {
      spdlog::error("no peers: {}", what);
      std::this_thread::sleep_for(std::chrono::seconds(2));
      peers(); // expect: opex-unbounded-retry [medium]
    };
    if (!answer.error.empty())
      return failed("error");
    if (answer.body.empty())
      return failed("empty");
    peers_ = answer.body;
  }

  void parse(const std::string &text) {
    if (text.size() == 0 || text.front() != '{') {
      spdlog::error("what is this: {}", text);
      info(); // expect: opex-unbounded-retry [medium], opex-retry-without-backoff [medium]
      return;
    }
    info_ = text;
  }

  Link link_;
  Remote remote_;
  std::string info_, version_, peers_;
};

void run(Node &node) {
  node.info();
  node.version();
  node.peers();
}

// --- good.cpp
#include "api.h"

class Careful {
public:
  /// Gives up after three.
  void counted(int tries) {
    remote_.ask("state", [this, tries](const Answer &answer) {
      if (answer.failed && tries < 3)
        return counted(tries + 1);
      state_ = answer.body;
    });
  }

  /// The next page after a success is no retry.
  void pages() {
    remote_.ask("page", [this](const Answer &answer) {
      if (!answer.error.empty())
        return;
      text_ += answer.body;
      pages();
    });
  }

  /// Says what it does, whatever the answer was.
  void pulse() {
    remote_.ask("pulse", [this](const Answer &answer) {
      if (answer.body == "later") {
        spdlog::info("once more");
        pulse();
      }
    });
  }

  /// The other way to the same, and that one gives up.
  void primary() {
    remote_.ask("primary", [this](const Answer &answer) {
      if (answer.failed)
        secondary();
    });
  }
  void secondary() {
    remote_.ask("secondary", [this](const Answer &answer) {
      if (answer.failed)
        spdlog::error("both are gone");
    });
  }

private:
  Remote remote_;
  std::string state_, text_;
};

void run(Careful &careful) {
  careful.counted(0);
  careful.pages();
  careful.pulse();
  careful.primary();
}
