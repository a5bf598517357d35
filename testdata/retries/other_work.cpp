// Rounds that look like another attempt and are about something else, end by a flag or wait for an answer; and those that
// are another attempt after all.
// leave out: opex-missing-timeout
// --- api.h
#include <curl/curl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <list>
#include <string>

inline bool post(CURL *handle) { return curl_easy_perform(handle) == CURLE_OK; }
bool prepare(CURL *handle);

struct Host {
  Host *next = nullptr;
  CURL *handle = nullptr;
  int failures = 0;
};

/// Walks a list; what its methods do is seen, not what they are called.
class Hosts {
public:
  explicit Hosts(Host *first) : at_(first) {}
  bool here() const { return at_ != nullptr; }
  Host *item() const { return at_; }
  void onward() { at_ = at_->next; }
  void note() { ++seen_; }
  int seen() const { return seen_; }

private:
  Host *at_;
  int seen_ = 0;
};

// --- bad.cpp
#include "api.h"

/// The flag is taken back on the way.
bool preparesAgain(CURL *handle) {
  bool prepared = false;
  while (true) { // expect: opex-unbounded-retry, opex-retry-without-backoff
    if (post(handle))
      return true;
    if (prepared)
      prepared = false;
    else
      prepared = prepare(handle);
  }
}

/// The flag ends it after the second attempt, at which it comes back at once.
bool preparesOnce(CURL *handle) {
  bool prepared = false;
  for (;;) { // expect: opex-retry-without-backoff "up to 2 times"
    if (post(handle))
      return true;
    if (prepared || !prepare(handle))
      return false;
    prepared = true;
  }
}

/// The cursor counts, and stays where it is.
bool staysAtOne(Hosts hosts) {
  while (hosts.here()) { // expect: opex-unbounded-retry, opex-retry-without-backoff
    if (post(hosts.item()->handle))
      return true;
    hosts.note();
  }
  return false;
}

/// Only a host that has failed often is left.
struct Sticky {
  Host *host;
  bool send() {
    while (host) { // expect: opex-unbounded-retry, opex-retry-without-backoff
      if (post(host->handle))
        return true;
      if (host->failures == 3)
        host = host->next;
    }
    return false;
  }
};

/// Waits while it is working, not when it has failed.
bool waitsTooEarly(CURL *handle, pollfd *ready) {
  int tries = 0;
  while (tries < 3) { // expect: opex-retry-without-backoff
    if (post(handle)) {
      poll(ready, 1, 500);
      return true;
    }
    ++tries;
  }
  return false;
}

/// A wait of no time is none.
bool looksIn(CURL *handle, pollfd *ready) {
  for (int tries = 0; tries < 3; ++tries) { // expect: opex-retry-without-backoff
    if (post(handle))
      return true;
    poll(ready, 1, 0);
  }
  return false;
}

void bad(CURL *handle, Host *first, pollfd *ready) {
  preparesAgain(handle);
  preparesOnce(handle);
  staysAtOne(Hosts(first));
  Sticky{first}.send();
  waitsTooEarly(handle, ready);
  looksIn(handle, ready);
}

// --- good.cpp
#include "api.h"

bool asksEach(Host *first) {
  Hosts hosts(first);
  while (hosts.here()) {
    if (post(hosts.item()->handle))
      return true;
    hosts.onward();
  }
  return false;
}

/// The one that is asked is kept in a member, and the next one follows on each way back.
struct Roaming {
  Host *host;
  std::list<std::string> files;
  std::list<std::string>::iterator file = files.begin();
  int descriptor = -1;

  bool send() {
    while (host) {
      if (post(host->handle))
        return true;
      host = host->next;
    }
    return false;
  }

  void attach(const char *path);
  bool read() {
    char text[80];
    return recv(descriptor, text, sizeof text, 0) > 0;
  }
  /// Line after line, file after file.
  bool firstLine() {
    do {
      if (read())
        return true;
      if (file == files.end())
        break;
      const char *path = file->c_str();
      file++;
      attach(path);
    } while (true);
    return false;
  }
};

/// Not yet: what it waits for comes, or a second has passed. That is a pause, in a helper too.
void untilReady(int descriptor, int milliseconds) {
  pollfd ready{descriptor, POLLIN, 0};
  poll(&ready, 1, milliseconds);
}
bool waitsInPoll(CURL *handle, int descriptor, int milliseconds) {
  for (int tries = 0; tries < 3; ++tries) {
    if (post(handle))
      return true;
    untilReady(descriptor, milliseconds);
  }
  return false;
}

/// Until a moment of the program's own clock.
uint64_t milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000 + static_cast<uint64_t>(now.tv_nsec) / 1000000;
}
uint64_t clockInMilliseconds() { return milliseconds(); }
bool untilThen(CURL *handle, uint64_t allowed) {
  uint64_t until = clockInMilliseconds() + allowed;
  do {
    if (post(handle))
      return true;
    uint64_t now = clockInMilliseconds();
    if (allowed == 0 || now >= until)
      return false;
    usleep(1000);
  } while (true);
}

void good(CURL *handle, Host *first, int descriptor) {
  asksEach(first);
  Roaming roaming{first, {}};
  roaming.send();
  roaming.firstLine();
  waitsInPoll(handle, descriptor, 700);
  untilThen(handle, 2000);
}
