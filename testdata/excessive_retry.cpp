// More attempts than are good for a dependency, and loops that only look like it.
// leave out: opex-retry-without-backoff
// --- api.h
#include <curl/curl.h>

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

constexpr int kManyAttempts = 8;
constexpr int kFewAttempts = 2;

bool post(CURL *handle, const std::string &path);
void pause(int attempt);

/// A client whose attempts are a member.
class Mailer {
public:
  explicit Mailer(CURL *handle, unsigned attempts) : handle_(handle), attempts_(attempts) {}
  bool deliver(const std::string &mail);

private:
  CURL *handle_;
  unsigned attempts_;
};

class Patient {
public:
  static void setRetries(int retries) { retries_ = retries; }
  bool deliver(CURL *handle);

private:
  static int retries_;
};

template <class Operation> bool attempt(unsigned times, Operation &&operation) {
  for (unsigned i = 0; i < times; ++i) {
    if (operation())
      return true;
    pause(i);
  }
  return false;
}

// --- api.cpp
#include "api.h"

bool post(CURL *handle, const std::string &path) {
  curl_easy_setopt(handle, CURLOPT_URL, path.c_str());
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 500L);
  return curl_easy_perform(handle) == CURLE_OK;
}
void pause(int attempt) { std::this_thread::sleep_for(std::chrono::milliseconds(50 << attempt)); }

bool Mailer::deliver(const std::string &mail) {
  for (unsigned attempt = 0; attempt < attempts_; ++attempt) { // expect: opex-excessive-retry "is tried up to 6 times when it fails, 3 are enough" advice "try again once at most"
    if (post(handle_, mail))
      return true;
    pause(attempt);
  }
  return false;
}

int Patient::retries_ = 5;
bool Patient::deliver(CURL *handle) {
  for (int attempt = 0; attempt < retries_; ++attempt) // expect: opex-excessive-retry [medium] "as it starts"
    if (post(handle, "/patient"))
      return true;
  return false;
}

// --- bad.cpp
#include "api.h"

Mailer makeMailer(CURL *handle) { return Mailer(handle, 6); }

bool counted(CURL *handle) {
  for (int attempt = 0; attempt < 10; ++attempt) { // expect: opex-excessive-retry [high] "up to 10 times"
    if (post(handle, "/counted"))
      return true;
    pause(attempt);
  }
  return false;
}

bool countsDown(CURL *handle) {
  int retries = 5;
  bool sent = false;
  while (!sent && retries-- > 0) // expect: opex-excessive-retry
    sent = post(handle, "/down");
  return sent;
}

void throws(CURL *handle) {
  for (int attempt = 1; attempt <= kManyAttempts; attempt++) { // expect: opex-excessive-retry "up to 8 times"
    try {
      if (!post(handle, "/throws"))
        throw std::runtime_error("not sent");
      return;
    } catch (const std::runtime_error &) {
      if (attempt == kManyAttempts)
        throw;
      pause(attempt);
    }
  }
}

bool delays(CURL *handle) {
  for (int seconds : {1, 2, 4, 8, 16}) { // expect: opex-excessive-retry
    if (post(handle, "/delays"))
      return true;
    std::this_thread::sleep_for(std::chrono::seconds(seconds));
  }
  return false;
}

bool throughTheHelper(CURL *handle) {
  return attempt(7, [&] { return post(handle, "/helper"); }); // expect: opex-excessive-retry
}

bool countsItself(CURL *handle, int attempt) {
  if (post(handle, "/recursion"))
    return true;
  if (attempt >= 6)
    return false;
  return countsItself(handle, attempt + 1); // expect: opex-excessive-retry
}
bool start(CURL *handle) { return countsItself(handle, 1); }

bool countedDown(const std::function<bool()> &operation, int times) {
  while (times-- > 0)
    if (operation())
      return true;
  return false;
}
bool bound(CURL *handle) {
  auto operation = std::bind(post, handle, "/bound");
  return countedDown(operation, 7); // expect: opex-excessive-retry [high]
}

std::string orThrow(CURL *handle, int depth = 0) {
  try {
    if (!post(handle, "/depth"))
      throw std::runtime_error("not sent");
    return "sent";
  } catch (const std::runtime_error &) {
    if (depth > 3)
      throw;
    return orThrow(handle, depth + 1); // expect: opex-excessive-retry
  }
}

bool jumps(CURL *handle) {
  int tries = 0;
again: // expect: opex-excessive-retry
  if (post(handle, "/jump"))
    return true;
  if (++tries < 6)
    goto again;
  return false;
}

bool countsByTwo(CURL *handle, int attempt = 0) {
  if (post(handle, "/recursion"))
    return true;
  if (attempt < 9)
    return countsByTwo(handle, attempt + 2); // expect: opex-excessive-retry "up to 6 times"
  return false;
}

bool countsDownItself(CURL *handle, int left) {
  if (post(handle, "/recursion"))
    return true;
  return left > 0 && countsDownItself(handle, left - 1); // expect: opex-excessive-retry "up to 6 times"
}
bool startDown(CURL *handle) { return countsDownItself(handle, 5); }

/// Another function counts, and comes back.
bool overAnother(CURL *handle, int attempt);
bool countsForIt(CURL *handle, int attempt) { return overAnother(handle, attempt + 1); }
bool overAnother(CURL *handle, int attempt = 0) {
  if (post(handle, "/recursion"))
    return true;
  if (attempt >= 5)
    return false;
  return countsForIt(handle, attempt); // expect: opex-excessive-retry [medium] "up to 6 times"
}

/// Another function ends it.
bool endedByAnother(CURL *handle, int attempt = 0);
bool unlessItIsEnough(CURL *handle, int attempt) {
  if (attempt > 6)
    return false;
  return endedByAnother(handle, attempt);
}
bool endedByAnother(CURL *handle, int attempt) {
  if (post(handle, "/recursion"))
    return true;
  return unlessItIsEnough(handle, attempt + 1); // expect: opex-excessive-retry [medium] "up to 7 times"
}

bool jumpsByTwo(CURL *handle) {
  int tries = 0;
again: // expect: opex-excessive-retry "up to 6 times"
  if (post(handle, "/jump"))
    return true;
  tries += 2;
  if (tries < 12)
    goto again;
  return false;
}

/// Four attempts, though it counts to twelve.
bool byFour(CURL *handle, int n = 0) {
  if (post(handle, "/recursion"))
    return true;
  if (n < 12)
    return byFour(handle, n + 4); // expect: opex-excessive-retry [high] "up to 4 times"
  return false;
}
bool byFourDown(CURL *handle, int n = 12) {
  if (post(handle, "/recursion"))
    return true;
  return n > 0 ? byFourDown(handle, n - 4) : false; // expect: opex-excessive-retry "up to 4 times"
}
bool byFourOver(CURL *handle, int n);
bool byTwoMore(CURL *handle, int n) { return byFourOver(handle, n + 2); }
bool byFourOver(CURL *handle, int n = 0) {
  if (post(handle, "/recursion"))
    return true;
  if (n >= 12)
    return false;
  return byTwoMore(handle, n + 2); // expect: opex-excessive-retry [medium] "up to 4 times"
}
bool byFourJump(CURL *handle) {
  int n = 0;
again: // expect: opex-excessive-retry "up to 4 times"
  if (post(handle, "/jump"))
    return true;
  if (n < 12) {
    n += 4;
    goto again;
  }
  return false;
}
/// The test comes before the attempt.
bool testsFirst(CURL *handle) {
  int tries = 0;
again: // expect: opex-excessive-retry "up to 4 times"
  if (tries >= 4)
    return false;
  if (post(handle, "/jump"))
    return true;
  ++tries;
  goto again;
}

// --- good.cpp
#include "api.h"

/// Two attempts, though it counts to eight.
bool twiceByFour(CURL *handle, int n = 4) {
  if (post(handle, "/recursion"))
    return true;
  return n < 8 && twiceByFour(handle, n + 4);
}

bool once(CURL *handle) {
  for (int attempt = 0; attempt < kFewAttempts; ++attempt)
    if (post(handle, "/once"))
      return true;
  return false;
}

bool upToTheLimit(CURL *handle) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (post(handle, "/three"))
      return true;
    pause(attempt);
  }
  return false;
}

/// Nobody knows how many.
bool configured(CURL *handle, int attempts) {
  for (int attempt = 0; attempt < attempts; ++attempt)
    if (post(handle, "/configured"))
      return true;
  return false;
}

bool fewThroughTheHelper(CURL *handle) {
  return attempt(2, [&] { return post(handle, "/helper"); });
}

/// Twenty requests, whatever comes of each.
int load(CURL *handle) {
  int sent = 0;
  for (int i = 0; i < 20; ++i)
    if (post(handle, "/load"))
      ++sent;
  return sent;
}

bool shards(CURL *handle) {
  for (int shard = 0; shard < 16; ++shard)
    if (!post(handle, "/shard/" + std::to_string(shard)))
      return false;
  return true;
}

bool mirrors(CURL *handle) {
  for (const char *mirror : {"http://a", "http://b", "http://c", "http://d"}) {
    curl_easy_setopt(handle, CURLOPT_URL, mirror);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 500L);
    if (curl_easy_perform(handle) == CURLE_OK)
      return true;
  }
  return false;
}

bool anyShard(CURL *handle) {
  for (int shard = 0; shard < 16; ++shard)
    if (post(handle, "/shard/" + std::to_string(shard)))
      return true;
  return false;
}
// --- elsewhere.cpp
#include <curl/curl.h>
#include <unistd.h>

#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace elsewhere {

/// The function itself is handed over, by its name.
template <typename Callable, typename... Given> CURLcode upTo(int most, Callable callable, Given... given) {
  CURLcode code = CURLE_OK;
  for (int tried = 0; tried < most; ++tried) {
    code = callable(given...);
    if (code == CURLE_OK)
      break;
    usleep(1000 * tried);
  }
  return code;
}

CURLcode often(CURL *handle) {
  return upTo(7, curl_easy_perform, handle); // expect: opex-excessive-retry "`curl_easy_perform` is tried up to 7 times"
}

CURLcode twice(CURL *handle) { return upTo(2, curl_easy_perform, handle); }

/// The step counts how often it has failed, the loop only asks whether it is over.
class Upload {
public:
  explicit Upload(CURL *handle) : handle_(handle) {}
  bool run() {
    do { // expect: opex-excessive-retry "is tried up to 9 times"
      step();
    } while (phase_ == Phase::Sending);
    return phase_ == Phase::Sent;
  }

private:
  enum class Phase { Sending, Sent, GivenUp };
  void step() {
    curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, 500L);
    if (curl_easy_perform(handle_) == CURLE_OK) {
      phase_ = Phase::Sent;
      return;
    }
    sleep(1);
    noteFailure();
  }
  void noteFailure() {
    ++failures_;
    if (failures_ >= 9)
      phase_ = Phase::GivenUp;
  }
  CURL *handle_;
  Phase phase_ = Phase::Sending;
  int failures_ = 0;
};

bool upload(CURL *handle) { return Upload(handle).run(); }

struct Parcel {
  CURL *handle = nullptr;
  int sent = 0;
};

/// What could not be sent goes to the end of the belt, behind a method of its own.
class Belt {
public:
  void work() {
    while (!isOver_) {
      std::unique_ptr<Parcel> parcel = fromBelt();
      if (!parcel)
        return;
      curl_easy_setopt(parcel->handle, CURLOPT_TIMEOUT_MS, 500L);
      if (curl_easy_perform(parcel->handle) == CURLE_OK)
        continue;
      if (++parcel->sent < 30)
        toBelt(std::move(parcel)); // expect: opex-excessive-retry [medium] "is tried up to 30 times"
    }
  }

private:
  void toBelt(std::unique_ptr<Parcel> parcel) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (parcels_.size() < 50)
      parcels_.push_back(std::move(parcel));
  }
  std::unique_ptr<Parcel> fromBelt() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (parcels_.empty())
      return nullptr;
    std::unique_ptr<Parcel> parcel = std::move(parcels_.front());
    parcels_.pop_front();
    return parcel;
  }
  std::mutex mutex_;
  std::list<std::unique_ptr<Parcel>> parcels_;
  bool isOver_ = false;
};

void belt(Belt &belt) { belt.work(); }

} // namespace elsewhere
