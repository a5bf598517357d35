// Retries inside retries, whose attempts multiply, and what keeps them from it.
// leave out: opex-retry-without-backoff
// flags: -I/usr/include/libmongoc-1.0 -I/usr/include/libbson-1.0
// --- api.h
#include <curl/curl.h>

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

struct Failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

bool post(CURL *handle, const std::string &path);       ///< Once.
bool postTwice(CURL *handle, const std::string &path);  ///< Two attempts.
void postOrThrow(CURL *handle, const std::string &path); ///< Two attempts.

/// Runs it up to `times` times.
bool attempt(int times, const std::function<bool()> &operation);

class Sender {
public:
  virtual ~Sender() = default;
  virtual bool send(const std::string &text) = 0;
};

class CircuitBreaker {
public:
  bool allow();

private:
  int failures_ = 0;
};

// --- api.cpp
#include "api.h"

bool post(CURL *handle, const std::string &path) {
  curl_easy_setopt(handle, CURLOPT_URL, path.c_str());
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 500L);
  return curl_easy_perform(handle) == CURLE_OK;
}
bool postTwice(CURL *handle, const std::string &path) {
  for (int attempt = 0; attempt < 2; ++attempt)
    if (post(handle, path))
      return true;
  return false;
}
void postOrThrow(CURL *handle, const std::string &path) {
  if (!postTwice(handle, path))
    throw Failed(path);
}
bool attempt(int times, const std::function<bool()> &operation) {
  for (int i = 0; i < times; ++i)
    if (operation())
      return true;
  return false;
}
bool CircuitBreaker::allow() { return failures_ < 5; }

// --- bad.cpp
#include "api.h"

bool acrossFiles(CURL *handle) {
  for (int attempt = 0; attempt < 3; ++attempt) // expect: opex-nested-retry [high] "up to 3 × 2 = 6 attempts of `curl_easy_perform`" advice "retry at one layer only"
    if (postTwice(handle, "/files"))
      return true;
  return false;
}

void byException(CURL *handle) {
  for (int attempt = 1;; ++attempt) { // expect: opex-nested-retry
    try {
      postOrThrow(handle, "/exception");
      return;
    } catch (const Failed &) {
      if (attempt == 2)
        throw;
    }
  }
}

bool inOneFunction(CURL *handle) {
  for (int round = 0; round < 2; ++round) { // expect: opex-nested-retry "retry around another retry"
    for (int attempt = 0; attempt < 2; ++attempt) {
      if (post(handle, "/one"))
        return true;
    }
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  return false;
}

bool helperAroundLoop(CURL *handle) {
  return attempt(3, [&] { return postTwice(handle, "/helper"); }); // expect: opex-nested-retry
}

bool helperAroundHelper(CURL *handle) {
  return attempt(2, [&] { // expect: opex-nested-retry
    return attempt(2, [&] { return post(handle, "/helpers"); });
  });
}

bool recursionAroundLoop(CURL *handle, int attempt) {
  if (postTwice(handle, "/recursion"))
    return true;
  return attempt < 2 && recursionAroundLoop(handle, attempt + 1); // expect: opex-nested-retry
}
bool start(CURL *handle) { return recursionAroundLoop(handle, 1); }

class HttpSender : public Sender {
public:
  explicit HttpSender(CURL *handle) : handle_(handle) {}
  bool send(const std::string &text) override { return postTwice(handle_, text); }

private:
  CURL *handle_;
};

bool throughAnInterface(Sender &sender, const std::string &text) {
  for (int attempt = 0; attempt < 3; ++attempt) // expect: opex-nested-retry [medium]
    if (sender.send(text))
      return true;
  return false;
}

bool symbolic(CURL *handle, int limit) {
  for (int attempt = 0; attempt < limit; ++attempt) // expect: opex-nested-retry " × 2 attempts of"
    if (postTwice(handle, "/symbol"))
      return true;
  return false;
}

// --- mongo.cpp
#include <mongoc/mongoc.h>

#include <chrono>
#include <thread>

/// The driver tries a write once more by itself.
bool store(mongoc_collection_t *orders, const bson_t *order) {
  bson_error_t error;
  for (int attempt = 0; attempt < 3; ++attempt) { // expect: opex-nested-retry "makes by itself: up to 3 × 2 = 6 attempts"
    if (mongoc_collection_insert_one(orders, order, nullptr, nullptr, &error))
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}
bool storeByDefault(const bson_t *order) {
  mongoc_client_t *client = mongoc_client_new("mongodb://orders/?socketTimeoutMS=500");
  return store(mongoc_client_get_collection(client, "shop", "orders"), order);
}

/// Here it does not.
bool storeOnce(const bson_t *order) {
  mongoc_client_t *client = mongoc_client_new("mongodb://orders/?socketTimeoutMS=500&retryWrites=false");
  mongoc_collection_t *orders = mongoc_client_get_collection(client, "shop", "orders");
  for (int attempt = 0; attempt < 3; ++attempt)
    if (mongoc_collection_insert_one(orders, order, nullptr, nullptr, nullptr))
      return true;
  return false;
}

/// What is written is no retryable write.
bool removeAll(mongoc_collection_t *orders, const bson_t *selector) {
  for (int attempt = 0; attempt < 3; ++attempt)
    if (mongoc_collection_delete_many(orders, selector, nullptr, nullptr, nullptr))
      return true;
  return false;
}

// --- good.cpp
#include "api.h"

bool single(CURL *handle) { return postTwice(handle, "/single"); }

bool oneAfterTheOther(CURL *handle) {
  if (postTwice(handle, "/first"))
    return true;
  return postTwice(handle, "/second");
}

/// All of them, each tried twice.
int all(CURL *handle, const std::string *paths, int count) {
  int sent = 0;
  for (int i = 0; i < count; ++i)
    sent += postTwice(handle, paths[i]);
  return sent;
}

bool withBreaker(CURL *handle, CircuitBreaker &breaker) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (!breaker.allow())
      return false;
    if (postTwice(handle, "/breaker"))
      return true;
  }
  return false;
}

bool aroundOneAttempt(CURL *handle) {
  return attempt(2, [&] { return post(handle, "/outer"); });
}

/// Asks until the state is there; each question is tried twice.
bool awaitState(CURL *handle, std::string &state) {
  for (int poll = 0; poll < 30; ++poll) {
    if (!postTwice(handle, "/state"))
      return false;
    if (state == "done")
      return true;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  return false;
}
// --- passed_on.cpp
#include <curl/curl.h>
#include <unistd.h>

namespace passed_on {

static bool once(CURL *easy) {
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, 1L);
  return curl_easy_perform(easy) == CURLE_OK;
}

static bool thrice(CURL *easy) {
  for (int i = 0; i < 3; ++i) {
    if (once(easy))
      return true;
    sleep(1);
  }
  return false;
}

/// What comes first in each round is tried again with it.
bool sibling(CURL *a, CURL *b) {
  for (int i = 0; i < 3; ++i) { // expect: opex-nested-retry
    bool ready = thrice(a);
    if (ready && once(b))
      return true;
    sleep(1);
  }
  return false;
}

/// Runs only when the round is the last.
bool afterwards(CURL *a, CURL *b) {
  for (int i = 0; i < 3; ++i) {
    if (once(a)) {
      thrice(b);
      return true;
    }
    sleep(1);
  }
  return false;
}

class Base {
public:
  virtual ~Base() = default;
  virtual bool go(CURL *e) = 0;
};
class Deep : public Base {
public:
  bool go(CURL *e) override { return thrice(e); }
};

bool viaBase(Base &base, CURL *e) {
  for (int i = 0; i < 3; ++i) { // expect: opex-nested-retry
    if (base.go(e))
      return true;
    sleep(1);
  }
  return false;
}

/// Nobody is told that it has failed.
static bool warm(CURL *e) {
  if (!thrice(e))
    return true;
  return true;
}

bool warmed(CURL *a, CURL *b) {
  for (int i = 0; i < 3; ++i) {
    if (once(a) && warm(b))
      return true;
    sleep(1);
  }
  return false;
}

void all(CURL *a) { Deep d; viaBase(d, a); warmed(a, a); afterwards(a, a); sibling(a, a); }

} // namespace passed_on

// --- noted.cpp
#include <curl/curl.h>
#include <cstdlib>
#include <unistd.h>

/// What is noted of a failure is stored with retries of its own. Nobody hears how that went, so nothing is tried again for it.
bool storeNote(CURL *easy, const char *text) {
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, text);
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (curl_easy_perform(easy) == CURLE_OK)
      return true;
    sleep(1);
  }
  return false;
}
void note(CURL *notes, int level, const char *text) {
  if (level > 3)
    storeNote(notes, text);
  if (level > 8)
    std::abort();
}
bool order(CURL *easy, CURL *notes, CURL *other) {
  if (curl_easy_perform(easy) != CURLE_OK) {
    note(notes, 4, "no order");
    return false;
  }
  return curl_easy_perform(other) == CURLE_OK;
}
/// A pause that notes when it was cut short is no part of what is tried again.
void rest(CURL *notes) {
  if (usleep(100'000) != 0)
    note(notes, 9, "no rest");
}
bool orderSomehow(CURL *easy, CURL *notes, CURL *other) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (order(easy, notes, other))
      return true;
    rest(notes);
  }
  return false;
}
/// Whoever hears of it tries again.
void tell(CURL *notes, bool &isTold) { isTold = storeNote(notes, "order"); }
bool tellSomehow(CURL *notes) {
  for (int attempt = 0; attempt < 3; ++attempt) { // expect: opex-nested-retry "3 × 3 = 9"
    bool isTold = false;
    tell(notes, isTold);
    if (isTold)
      return true;
    sleep(1);
  }
  return false;
}
