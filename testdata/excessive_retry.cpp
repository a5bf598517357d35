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

// --- good.cpp
#include "api.h"

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
