// Retries that come back at once, and retries that wait.
#include <curl/curl.h>

#include <chrono>
#include <functional>
#include <stdexcept>
#include <thread>
#include <unistd.h>

void limit(CURL *handle) { curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 500L); }

bool post(CURL *handle) { return curl_easy_perform(handle) == CURLE_OK; }

bool atOnce(CURL *handle) {
  limit(handle);
  for (int attempt = 0; attempt < 2; ++attempt) // expect: opex-retry-without-backoff "is tried again at once when it fails, up to 2 times" advice "wait before the next attempt"
    if (post(handle))
      return true;
  return false;
}

bool jumpingBack(CURL *handle) {
  limit(handle);
  int tries = 0;
again: // expect: opex-retry-without-backoff
  if (post(handle))
    return true;
  if (++tries < 2)
    goto again;
  return false;
}

bool callingItself(CURL *handle, int left) {
  limit(handle);
  if (post(handle))
    return true;
  return left > 0 && callingItself(handle, left - 1); // expect: opex-retry-without-backoff "when it fails: no time passes between the attempts"
}

/// It waits only after a success, for the next message.
bool waitingAtTheWrongPlace(CURL *handle, int messages) {
  limit(handle);
  for (int sent = 0; sent < messages; ++sent) {
    int tries = 0;
    while (!post(handle)) // expect: opex-retry-without-backoff "`post` is tried again at once"
      if (++tries == 2)
        return false;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  return true;
}

void backOff(int attempt) { std::this_thread::sleep_for(std::chrono::milliseconds(50 << attempt)); }

bool waiting(CURL *handle) {
  limit(handle);
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (post(handle))
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

bool waitingInAHelper(CURL *handle) {
  limit(handle);
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (post(handle))
      return true;
    backOff(attempt);
  }
  return false;
}

bool waitingBeforeTheSecondOnly(CURL *handle) {
  limit(handle);
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (attempt > 0)
      backOff(attempt);
    if (post(handle))
      return true;
  }
  return false;
}

/// Other work in each round.
bool toAll(CURL *handle, const char *const *urls, int count) {
  limit(handle);
  for (int i = 0; i < count; ++i) {
    curl_easy_setopt(handle, CURLOPT_URL, urls[i]);
    if (post(handle))
      return true;
  }
  return false;
}

struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct Overloaded : Refused {
  using Refused::Refused;
};
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};
static void orThrow(CURL *e) {
  if (curl_easy_perform(e) != CURLE_OK)
    throw Overloaded("overloaded");
}

/// Of the handlers the one that comes waits.
void waitsInTheRightHandler(CURL *e) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    try {
      orThrow(e);
      return;
    } catch (const Broken &) {
    } catch (const Refused &) {
      sleep(1);
    }
  }
}

void waitsInTheWrongHandler(CURL *e) {
  for (int attempt = 0; attempt < 2; ++attempt) { // expect: opex-retry-without-backoff
    try {
      orThrow(e);
      return;
    } catch (const Refused &) {
    } catch (const Broken &) {
      sleep(1);
    }
  }
}

/// Waits itself when it has failed.
static bool calm(CURL *e) {
  if (curl_easy_perform(e) == CURLE_OK)
    return true;
  sleep(1);
  return false;
}

void calmly(CURL *e) {
  for (int attempt = 0; attempt < 2; ++attempt)
    if (calm(e))
      return;
}

void notAfterTheLast(CURL *e, int n) {
  for (int attempt = 0; attempt < n; ++attempt) {
    if (curl_easy_perform(e) == CURLE_OK)
      return;
    if (attempt + 1 < n)
      sleep(1);
  }
}

void withGrowingPause(CURL *e) {
  int pause = 0;
  while (curl_easy_perform(e) != CURLE_OK) {
    if (pause)
      std::this_thread::sleep_for(std::chrono::milliseconds(pause));
    pause += 10;
  }
}
