// Lines logged for every element of data, and their look-alikes, with the loggers' real headers.
// flags: -DBOOST_LOG_DYN_LINK
// --- logs.h
#include <spdlog/spdlog.h>
#include <string>
#include <vector>

struct Parcel {
  std::string code;
  bool isLate = false;
  Parcel *next = nullptr;
};

/// In a translation unit of its own: logs whatever it is called for.
void announce(const Parcel &parcel);
/// Logs only when something is wrong.
void verify(const Parcel &parcel);
bool isVerbose();

// --- logs.cpp
#include "logs.h"

void announce(const Parcel &parcel) { spdlog::info("parcel {}", parcel.code); }

void verify(const Parcel &parcel) {
  if (parcel.isLate) {
    spdlog::warn("parcel {} is late", parcel.code);
    return;
  }
  spdlog::debug("parcel {} is in time", parcel.code);
}

// --- requests_bad.cpp
#include "logs.h"

#include <algorithm>
#include <httplib.h>

std::vector<Parcel> load(const std::string &customer);

void list(const httplib::Request &request, httplib::Response &response) {
  for (const Parcel &parcel : load(request.body)) {
    spdlog::info("listing {}", parcel.code); // expect: opex-log-in-loop [high]
    response.body += parcel.code;
  }
}

void byIndex(const httplib::Request &request, httplib::Response &) {
  std::vector<Parcel> parcels = load(request.body);
  for (size_t i = 0; i < parcels.size(); ++i) {
    if (parcels[i].code.empty())
      continue;
    spdlog::warn("parcel {} of {}", i, parcels.size()); // expect: opex-log-in-loop [high]
  }
}

void throughAFunction(const httplib::Request &request, httplib::Response &) {
  for (const Parcel &parcel : load(request.body))
    announce(parcel); // expect: opex-log-in-loop [medium] "in every round of a loop over data, and nothing limits how many" advice "log how many there were after the loop"
}

void byAlgorithm(const httplib::Request &request, httplib::Response &) {
  std::vector<Parcel> parcels = load(request.body);
  std::for_each(parcels.begin(), parcels.end(), [](const Parcel &parcel) {
    spdlog::info("sorted {}", parcel.code); // expect: opex-log-in-loop [high] "for every element that `std::for_each` goes through"
  });
}

void byRange(const httplib::Request &request, httplib::Response &) {
  std::ranges::for_each(load(request.body), [](const Parcel &parcel) {
    spdlog::info("seen {}", parcel.code); // expect: opex-log-in-loop [high]
  });
}

void standardOutput(const httplib::Request &request, httplib::Response &) {
  for (const Parcel &parcel : load(request.body))
    std::cout << parcel.code << '\n'; // expect: opex-log-in-loop [high]
}

void serve() {
  httplib::Server server;
  server.Get("/list", list);
  server.Get("/index", byIndex);
  server.Get("/announce", throughAFunction);
  server.Get("/sorted", byAlgorithm);
  server.Get("/range", byRange);
  server.Get("/out", standardOutput);
  server.listen("localhost", 80);
}

// --- glog_bad.cpp
#include <fstream>
#include <glog/logging.h>
#include <string>

void import(const char *path) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line))
    LOG(INFO) << "importing " << line; // expect: opex-log-in-loop [medium]
}

template <class Rows> void each(const Rows &rows) {
  for (auto row = rows.begin(); row != rows.end(); ++row)
    LOG(WARNING) << "row " << *row; // expect: opex-log-in-loop [medium] "at level warning"
}

void eachNumber(const std::basic_string<char> &numbers) { each(numbers); }

// --- others_bad.cpp
#include "logs.h"

#include <boost/log/trivial.hpp>
#include <syslog.h>

#define HOUSE_LOG_INFO(text)                                                                                 \
  do {                                                                                                       \
    if (isVerbose())                                                                                         \
      spdlog::info(text);                                                                                    \
  } while (false)

void linked(const Parcel *first) {
  for (const Parcel *parcel = first; parcel; parcel = parcel->next)
    syslog(LOG_NOTICE, "parcel %s", parcel->code.c_str()); // expect: opex-log-in-loop
}

void boosted(const std::vector<Parcel> &parcels) {
  for (const Parcel &parcel : parcels)
    BOOST_LOG_TRIVIAL(info) << parcel.code; // expect: opex-log-in-loop "for every element of"
}

void houseMacro(const std::vector<Parcel> &parcels) {
  for (const Parcel &parcel : parcels)
    HOUSE_LOG_INFO(parcel.code); // expect: opex-log-in-loop
}

void oneOrTheOther(const std::vector<Parcel> &parcels, bool isStructured) {
  for (const Parcel &parcel : parcels) {
    if (isStructured)
      spdlog::info("code={}", parcel.code); // expect: opex-log-in-loop
    else
      spdlog::info("parcel {}", parcel.code);
  }
}

void counted(int parcels) {
  for (int i = 0; i < parcels; ++i)
    spdlog::info("parcel {}", i); // expect: opex-log-in-loop [medium] " times, and nothing limits how many"
}

void inEachFold(const std::vector<Parcel> &parcels) {
  for (const Parcel &parcel : parcels)
    for (int part = 0; part < 2; ++part)
      spdlog::info("part {} of {}", part, parcel.code); // expect: opex-log-in-loop
}

// --- good.cpp
#include "logs.h"

#include <condition_variable>
#include <deque>
#include <fstream>
#include <glog/logging.h>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <thread>

bool ship(const Parcel &parcel);
std::string ask(const std::string &host);
extern int verbosity;

void debugOnly(const std::vector<Parcel> &parcels) {
  for (const Parcel &parcel : parcels)
    spdlog::debug("shipped {}", parcel.code);
}

void compiledOut(const std::vector<Parcel> &parcels) {
  for (const Parcel &parcel : parcels) {
    SPDLOG_TRACE("shipped {}", parcel.code);
    ship(parcel);
  }
}

void inDebugBuildsOnly(const std::vector<Parcel> &parcels) {
  for (const Parcel &parcel : parcels)
    DLOG(WARNING) << "shipped " << parcel.code;
}

void everyThousandth(const std::vector<Parcel> &parcels) {
  for (const Parcel &parcel : parcels) {
    LOG_EVERY_N(INFO, 1000) << "shipped " << parcel.code;
  }
}

void thousandthByHand(const std::vector<Parcel> &parcels) {
  size_t done = 0;
  for (const Parcel &parcel : parcels)
    if (ship(parcel) && ++done % 1000 == 0)
      spdlog::info("{} shipped", done);
}

void theOneThatFailed(const std::vector<Parcel> &parcels) {
  for (const Parcel &parcel : parcels) {
    if (!ship(parcel)) {
      spdlog::error("cannot ship {}", parcel.code);
      return;
    }
  }
}

void untilFirst(const std::vector<Parcel> &parcels) {
  for (const Parcel &parcel : parcels) {
    spdlog::info("starting with {}", parcel.code);
    break;
  }
}

std::string oneHostAfterTheOther(const std::vector<std::string> &hosts) {
  for (const std::string &host : hosts) {
    spdlog::info("asking {}", host);
    try {
      return ask(host);
    } catch (const std::runtime_error &) {
      continue; // The next one has the same answer, the last failure is the caller's.
    }
  }
  throw std::runtime_error("none of the hosts answers");
}

void knownNumber() {
  static const char *const kShards[] = {"a", "b", "c"};
  for (const char *shard : kShards)
    spdlog::info("shard {}", shard);
  for (int i = 0; i < 4; ++i)
    spdlog::info("worker {}", i);
}

void whenAskedFor(const std::vector<Parcel> &parcels) {
  if (verbosity < 3)
    return;
  for (const Parcel &parcel : parcels)
    spdlog::info("parcel {}", parcel.code);
}

void functionThatSeldomLogs(const std::vector<Parcel> &parcels) {
  for (const Parcel &parcel : parcels)
    verify(parcel);
}

void toolOutput(const std::vector<Parcel> &parcels) {
  for (const Parcel &parcel : parcels)
    std::cout << parcel.code << '\n';
}

void detailsOfOneFailure(const std::vector<std::string> &reasons) {
  if (!reasons.empty()) {
    for (const std::string &reason : reasons)
      spdlog::error("not accepted: {}", reason);
    throw std::runtime_error("not accepted");
  }
}

class Courier {
public:
  void run() {
    while (true) {
      std::unique_lock lock(mutex_);
      filled_.wait(lock, [this] { return !work_.empty(); });
      spdlog::info("{} parcels are waiting", work_.size());
      work_.clear();
    }
  }
  void poll(const std::vector<Parcel> &parcels) {
    for (const Parcel &parcel : parcels) {
      spdlog::info("waiting for {}", parcel.code);
      std::this_thread::sleep_for(std::chrono::seconds(1));
    }
  }

private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Parcel> work_;
};

void readConfiguration(const std::vector<std::string> &lines) {
  for (const std::string &line : lines)
    spdlog::info("configured: {}", line);
}

int main(int argc, char **argv) {
  std::vector<std::string> lines(argv, argv + argc);
  readConfiguration(lines);
}

// --- chains.cpp
// What is logged whenever a function is called is known however far down it stands, and whichever of the functions on the
// way is asked about first.
#include "logs.h"

void written(const Parcel &parcel) { spdlog::info("parcel {}", parcel.code); }
void formatted(const Parcel &parcel) { written(parcel); }
void filtered(const Parcel &parcel) { formatted(parcel); }
void received(const Parcel &parcel) { filtered(parcel); }
void entered(const Parcel &parcel) { received(parcel); }

void eachReceived(const std::vector<Parcel> &parcels) {
  for (const Parcel &parcel : parcels)
    received(parcel); // expect: opex-log-in-loop [low] "logs a line"
}

void eachEntered(const std::vector<Parcel> &parcels) {
  for (const Parcel &parcel : parcels)
    entered(parcel); // expect: opex-log-in-loop [low] "logs a line"
}

void outer(const Parcel &parcel);
void inner(const Parcel &parcel) {
  outer(parcel);
  spdlog::info("inner {}", parcel.code);
}
void outer(const Parcel &parcel) {
  if (parcel.next)
    inner(*parcel.next);
}

/// They call one another, and nothing says that the outer one logs.
void eachOfCircle(const std::vector<Parcel> &parcels) {
  for (const Parcel &parcel : parcels)
    outer(parcel);
}

void eachInner(const std::vector<Parcel> &parcels) {
  for (const Parcel &parcel : parcels)
    inner(parcel); // expect: opex-log-in-loop [medium]
}
