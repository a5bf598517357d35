// Operations that are tried again for ever, and their look-alikes that are not retries or end.
// leave out: opex-retry-without-backoff
// flags: -DBOOST_ASIO_HAS_CO_AWAIT -DBOOST_ASIO_HAS_STD_COROUTINE
// --- api.h
#include <curl/curl.h>
#include <hiredis/hiredis.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

struct Unavailable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One request; throws Unavailable when there is no answer.
std::string fetch(CURL *handle, const std::string &path);
/// The same with a status.
bool post(CURL *handle, const std::string &path);
long statusOf(CURL *handle);
void waitABit();
/// Comes back for all codes but one.
void note(int code);
void noteInSwitch(int code);
void noteInScope(int code);
void noteSafely(int code);
void noteByJump(int code);
void noteByAnother(int code);
/// Never comes back.
void giveUp(int code);
void giveUpByAnother(int code);

/// Jobs between threads, at most a hundred.
class JobQueue {
public:
  std::optional<std::string> take();
  bool push(std::string job);

private:
  std::vector<std::string> jobs_;
};

class Client {
public:
  Client();
  bool send(const std::string &text);
  std::optional<std::string> ask(const std::string &question);
  int lastStatus() const { return status_; }

private:
  CURL *handle_;
  int status_ = 0;
};

// --- api.cpp
#include "api.h"

std::string fetch(CURL *handle, const std::string &path) {
  curl_easy_setopt(handle, CURLOPT_URL, path.c_str());
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 500L);
  if (curl_easy_perform(handle) != CURLE_OK)
    throw Unavailable("no answer from " + path);
  return path;
}
bool post(CURL *handle, const std::string &path) {
  curl_easy_setopt(handle, CURLOPT_URL, path.c_str());
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 500L);
  return curl_easy_perform(handle) == CURLE_OK;
}
long statusOf(CURL *handle) {
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return status;
}
void note(int code) {
  if (code != 77)
    return;
  std::abort();
}
void noteInSwitch(int code) {
  switch (code) {
  case 1:
  case 3: return;
  }
  throw std::runtime_error("unknown code");
}
void noteInScope(int code) {
  while (code > 0) {
    if (code % 10 != 7)
      return;
    code /= 10;
  }
  { std::abort(); }
}
void noteSafely(int code) {
  try {
    if (code == 77)
      throw std::runtime_error("77");
    throw Unavailable("other");
  } catch (const Unavailable &) { // expect: opex-swallowed-exception
    return;
  }
}
void noteByJump(int code) {
  if (code != 77)
    goto out;
  std::abort();
out:
  std::puts("noted");
}
void noteByAnother(int code) { note(code + 1); }
void giveUp(int code) {
  if (code == 77)
    throw Unavailable("77");
  else
    std::exit(code);
}
void giveUpByAnother(int code) {
  std::puts("given up");
  giveUp(code);
  std::puts("never said");
}
void waitABit() { std::this_thread::sleep_for(std::chrono::milliseconds(100)); }

Client::Client() : handle_(curl_easy_init()) { curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, 500L); }
bool Client::send(const std::string &text) {
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, text.c_str());
  return curl_easy_perform(handle_) == CURLE_OK;
}
std::optional<std::string> Client::ask(const std::string &question) {
  curl_easy_setopt(handle_, CURLOPT_URL, question.c_str());
  if (curl_easy_perform(handle_) != CURLE_OK)
    return std::nullopt;
  return question;
}

// --- bad.cpp
#include "api.h"

void emptyLoop(Client &client) {
  while (!client.send("hello")) // expect: opex-unbounded-retry [high] "nothing limits the attempts, and no time passes in between" advice "give up after a small number of attempts"
    ;
}

std::string catchAndLoop(CURL *handle) {
  for (;;) { // expect: opex-unbounded-retry [high] "again for ever when it fails: nothing limits the attempts"
    try {
      return fetch(handle, "/state");
    } catch (const Unavailable &) {
      waitABit();
    }
  }
}

void notesEachFailure(CURL *handle) {
  for (;;) { // expect: opex-unbounded-retry
    if (post(handle, "/noted"))
      return;
    note(3);
  }
}
void notesInSwitch(CURL *handle) {
  while (!post(handle, "/noted")) // expect: opex-unbounded-retry
    noteInSwitch(3);
}
void notesInScope(CURL *handle) {
  do { // expect: opex-unbounded-retry
    if (post(handle, "/noted"))
      break;
    noteInScope(3);
  } while (true);
}
void notesSafely(CURL *handle) {
again: // expect: opex-unbounded-retry
  if (post(handle, "/noted"))
    return;
  noteSafely(3);
  goto again;
}
void notesByJump(CURL *handle) {
  if (post(handle, "/noted"))
    return;
  noteByJump(3);
  notesByJump(handle); // expect: opex-unbounded-retry
}
void notesByAnother(CURL *handle) {
  for (;;) { // expect: opex-unbounded-retry
    if (post(handle, "/noted"))
      return;
    noteByAnother(3);
  }
}

void untilFlag(CURL *handle) {
  bool done = false;
  while (!done) { // expect: opex-unbounded-retry
    try {
      fetch(handle, "/ready");
      done = true;
    } catch (const std::exception &error) {
      std::fprintf(stderr, "not yet: %s\n", error.what());
      waitABit();
    }
  }
}

void failureFallsThrough(CURL *handle) {
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 500L);
  while (true) { // expect: opex-unbounded-retry
    CURLcode code = curl_easy_perform(handle);
    if (code == CURLE_OK && statusOf(handle) == 200)
      break;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

void stopsForTheProcessOnly(Client &client, const std::atomic<bool> &stopped) {
  do { // expect: opex-unbounded-retry
    if (client.send("ping"))
      return;
    waitABit();
  } while (!stopped);
}

std::string optionalAnswer(Client &client) {
  while (true) { // expect: opex-unbounded-retry
    std::optional<std::string> answer = client.ask("who");
    if (answer)
      return *answer;
  }
}

/// Counted when it is urgent only.
bool jumpsBackUncounted(CURL *handle, bool isUrgent) {
  int tries = 0;
again: // expect: opex-unbounded-retry
  if (isUrgent && ++tries > 3)
    return false;
  if (post(handle, "/jump"))
    return true;
  waitABit();
  goto again;
}
/// Counted by what comes before the label, once.
bool jumpsBackBehindCount(CURL *handle) {
  int tries = 0;
  if (++tries > 3)
    return false;
again: // expect: opex-unbounded-retry
  if (post(handle, "/jump"))
    return true;
  waitABit();
  goto again;
}

void jumpsBack(CURL *handle) {
again: // expect: opex-unbounded-retry
  if (!post(handle, "/jump")) {
    waitABit();
    goto again;
  }
}

bool callsItself(CURL *handle, const std::string &path) {
  if (post(handle, path))
    return true;
  waitABit();
  return callsItself(handle, path); // expect: opex-unbounded-retry "the function calls itself again"
}

template <class Operation> auto untilItWorks(Operation operation) {
  while (true) {
    try {
      return operation();
    } catch (const Unavailable &) {
      waitABit();
    }
  }
}
std::string throughAHelper(CURL *handle) {
  return untilItWorks([&] { return fetch(handle, "/helper"); }); // expect: opex-unbounded-retry
}

redisContext *connectToCache(timeval limit) {
  redisContext *context = nullptr;
  do { // expect: opex-unbounded-retry
    if (context)
      redisFree(context);
    context = redisConnectWithTimeout("cache", 6379, limit);
  } while (!context || context->err);
  return context;
}

class Session {
public:
  explicit Session(CURL *handle) : handle_(handle) {}
  void keep() {
    while (!isOpen()) { // expect: opex-unbounded-retry
      open();
      waitABit();
    }
  }
  void ping() {
    if (!post(handle_, "/ping"))
      onError(); // expect: opex-unbounded-retry [medium]
  }
  void onError() {
    std::fprintf(stderr, "no ping\n");
    ping();
  }

private:
  bool isOpen() const { return open_; }
  void open() {
    if (post(handle_, "/open"))
      open_ = true;
  }
  CURL *handle_;
  bool open_ = false;
};

std::string assigned(Client &client) {
  std::optional<std::string> answer;
  while (!answer) // expect: opex-unbounded-retry
    answer = client.ask("when");
  return *answer;
}

redisReply *command(redisContext *context) {
  while (true) { // expect: opex-unbounded-retry
    auto *reply = static_cast<redisReply *>(redisCommand(context, "INCR orders"));
    if (reply && reply->type != REDIS_REPLY_ERROR)
      return reply;
    freeReplyObject(reply);
    waitABit();
  }
}

/// Runs what it is given, on its own threads.
class Pool {
public:
  void submit(std::function<void()> task);
};

class Announcement {
public:
  Announcement(Pool &pool, CURL *handle) : pool_(pool), handle_(handle) {}
  void run() {
    if (!post(handle_, "/announce"))
      pool_.submit([this] { run(); }); // expect: opex-unbounded-retry [medium] "the task submits itself again"
  }

private:
  Pool &pool_;
  CURL *handle_;
};

/// A job that failed goes back into the queue it came from.
void work(JobQueue &jobs, CURL *handle) {
  while (std::optional<std::string> job = jobs.take()) {
    if (!post(handle, *job))
      jobs.push(std::move(*job)); // expect: opex-unbounded-retry [medium]
  }
}

enum class Step { Login, Upload, Done };
void stateMachine(CURL *handle) {
  Step step = Step::Login;
  while (step != Step::Done) { // expect: opex-unbounded-retry
    switch (step) {
    case Step::Login:
      if (post(handle, "/login"))
        step = Step::Upload;
      break;
    case Step::Upload:
      step = post(handle, "/upload") ? Step::Done : Step::Login;
      break;
    case Step::Done:
      break;
    }
  }
}

// --- asio_bad.cpp
#include <boost/asio.hpp>

/// A timer that is armed again for as long as nobody answers.
class Link {
public:
  explicit Link(boost::asio::io_context &context) : socket_(context), timer_(context) {}
  void open() {
    socket_.async_connect(peer_, [this](const boost::system::error_code &error) {
      if (error) {
        timer_.expires_after(std::chrono::seconds(1));
        timer_.async_wait([this](const boost::system::error_code &) { open(); }); // expect: opex-unbounded-retry [medium]
        return;
      }
      opened_ = true;
    });
  }

private:
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  boost::asio::ip::tcp::endpoint peer_;
  bool opened_ = false;
};
void openLink(boost::asio::io_context &context) { (new Link(context))->open(); }

// --- asio_good.cpp
#include <boost/asio.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

/// A coroutine of the process' own that comes back to its server, with time in between.
boost::asio::awaitable<void> follow(boost::asio::io_context &context, boost::asio::ip::tcp::endpoint server) {
  boost::asio::steady_timer timer(context);
  for (;;) {
    boost::asio::ip::tcp::socket socket(context);
    boost::system::error_code error;
    socket.connect(server, error);
    if (!error)
      co_return;
    timer.expires_after(std::chrono::seconds(5));
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
}
void startFollowing(boost::asio::io_context &context, boost::asio::ip::tcp::endpoint server) {
  boost::asio::co_spawn(context, follow(context, server), boost::asio::detached);
}

// --- good.cpp
#include "api.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <deque>

bool countedDown(Client &client) {
  int left = 2;
  while (left-- > 0)
    if (client.send("hello"))
      return true;
  return false;
}

std::string thrownAtTheEnd(CURL *handle) {
  for (int attempt = 1;; ++attempt) {
    try {
      return fetch(handle, "/state");
    } catch (const Unavailable &) {
      if (attempt == 2)
        throw;
    }
  }
}

bool untilTheDeadline(Client &client, std::chrono::steady_clock::time_point deadline) {
  while (std::chrono::steady_clock::now() < deadline) {
    if (client.send("hello"))
      return true;
    waitABit();
  }
  return false;
}

bool sharedCounter(CURL *handle, int *tries, int limit) {
  while (true) {
    if (post(handle, "/shared"))
      return true;
    ++*tries;
    if (limit < *tries)
      return false;
  }
}

void pages(CURL *handle) {
  int page = 0;
  while (true) {
    std::string text = fetch(handle, "/items?page=" + std::to_string(page++));
    if (text.empty())
      break;
  }
}

void oneOfMany(CURL *handle, const std::vector<std::string> &paths) {
  for (const std::string &path : paths)
    if (post(handle, path))
      break;
}

bool nextHost(Client &client, std::vector<std::string> hosts) {
  size_t at = 0;
  while (at < hosts.size()) {
    if (client.send(hosts[at]))
      return true;
    ++at;
  }
  return false;
}

void batch(Client &client, std::deque<std::string> &texts) {
  while (!texts.empty()) {
    std::string text = texts.front();
    texts.pop_front();
    if (!client.send(text))
      std::fprintf(stderr, "lost: %s\n", text.c_str());
  }
}

void untilTheState(CURL *handle) {
  while (fetch(handle, "/state") != "running")
    waitABit();
}

/// Everything there is, in as many pieces as it takes.
std::string readAll(int descriptor) {
  std::string text;
  char buffer[4096];
  while (true) {
    ssize_t count = read(descriptor, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return text;
    text.append(buffer, count);
  }
}

int firstThatAnswers(const addrinfo *list, int descriptor) {
  for (const addrinfo *at = list; at; at = at->ai_next)
    if (connect(descriptor, at->ai_addr, at->ai_addrlen) == 0)
      return descriptor;
  return -1;
}

#define WAS_INTERRUPTED(error) ((error) == EINTR)
ssize_t restarted(int descriptor, const char *text, size_t length) {
  ssize_t sent;
  do {
    sent = send(descriptor, text, length, MSG_NOSIGNAL);
  } while (sent < 0 && WAS_INTERRUPTED(errno));
  return sent;
}

/// Old servers do not know the new way: the second attempt is another one.
bool fallsBack(CURL *handle) {
  bool useNewProtocol = true;
  while (true) {
    std::string path = useNewProtocol ? "/v2" : "/v1";
    if (post(handle, path) || !useNewProtocol)
      return useNewProtocol;
    useNewProtocol = false;
  }
}

/// Once for each of the two caches.
bool freshOrStale(Client &client, bool &useStale) {
  for (int round = 0; round < 9; ++round) {
    useStale = round > 0;
    if (client.send("ask"))
      return true;
  }
  return false;
}

/// A scheduler, whose steps have no failure to speak of.
class Scheduler {
public:
  bool step();

private:
  Client client_;
};
bool Scheduler::step() { return client_.send("step"); }
void mainLoop(Scheduler &scheduler, const std::atomic<bool> &stopped) {
  while (!stopped) {
    while (scheduler.step())
      ;
    waitABit();
  }
}

/// Counter, queue and job stand in the function around.
std::function<bool()> captured(CURL *handle, JobQueue &jobs, std::optional<std::string> job) {
  int tries = 0;
  return [handle, tries, &jobs, job]() mutable {
    while (tries < 2) {
      if (post(handle, *job))
        return true;
      ++tries;
    }
    return jobs.push(std::move(*job));
  };
}

void givesUp(CURL *handle) {
  for (;;) {
    if (post(handle, "/once"))
      return;
    giveUp(3);
  }
}
void givesUpByAnother(CURL *handle) {
again:
  if (post(handle, "/once"))
    return;
  giveUpByAnother(3);
  goto again;
}

/// Whatever the limit leads to, it ends the loop.
void leavesInAnyCase(CURL *handle, bool isLoud) {
  for (int tries = 0;; ++tries) {
    if (post(handle, "/sometimes"))
      return;
    if (tries >= 2) {
      if (isLoud)
        giveUp(tries);
      else
        break;
    }
  }
}

/// Counted between the label and the work, so on each way back.
bool jumpsBackCounted(CURL *handle) {
  int tries = 0;
again:
  if (++tries > 3)
    return false;
  if (post(handle, "/counted"))
    return true;
  goto again;
}
bool jumpsBackToCount(CURL *handle) {
  int tries = 0;
again:
  ++tries;
  if (tries > 3)
    return false;
  bool isDone = post(handle, "/counted");
  if (!isDone)
    goto again;
  return true;
}
bool jumpsBackFromBelow(CURL *handle, bool isUrgent) {
  int left = 3;
again:
  if (left-- == 0)
    return false;
  bool isDone = post(handle, "/counted");
  if (!isDone && isUrgent)
    goto again;
  if (!isDone) {
    waitABit();
    goto again;
  }
  return true;
}

bool jumpsBackOnce(CURL *handle) {
  int tries = 0;
again:
  if (post(handle, "/jump"))
    return true;
  if (++tries < 2)
    goto again;
  return false;
}

/// Every job is done once, whatever comes of it; those that are not due yet go back.
void workOnce(JobQueue &jobs, CURL *handle) {
  while (std::optional<std::string> job = jobs.take()) {
    if (job->empty()) {
      jobs.push(std::move(*job));
      continue;
    }
    if (!post(handle, *job))
      std::fprintf(stderr, "lost: %s\n", job->c_str());
  }
}

/// Comes back after success as well: a pulse, no retry.
class Pulse {
public:
  Pulse(std::function<void(std::function<void()>)> later, CURL *handle) : later_(std::move(later)), handle_(handle) {}
  void beat() {
    post(handle_, "/pulse");
    later_([this] { beat(); });
  }

private:
  std::function<void(std::function<void()>)> later_;
  CURL *handle_;
};

void swap(std::atomic<int> &value) {
  int seen = value.load();
  while (!value.compare_exchange_weak(seen, seen + 1))
    ;
}

/// A reader thread that comes back to its server, with time in between.
class Feed {
public:
  void start() { thread_ = std::thread([this] { follow(); }); }

private:
  void follow() {
    while (!client_.send("subscribe"))
      waitABit();
  }
  Client client_;
  std::thread thread_;
};
void feed() { (new Feed())->start(); }
// --- by_body.cpp
#include <cerrno>
#include <curl/curl.h>
#include <hiredis/hiredis.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>
#include <string>

namespace by_body {

/// What went wrong, as the negative of errno.
static int pull(int fd, void *to, size_t n) {
  ssize_t got = ::recv(fd, to, n, 0);
  return got < 0 ? -errno : static_cast<int>(got);
}
int pullAll(int fd, void *to, size_t n) {
  int got;
  while ((got = pull(fd, to, n)) == -EINTR)
    ;
  return got;
}
int pullStubborn(int fd, void *to, size_t n) {
  int got;
  while ((got = pull(fd, to, n)) < 0) // expect: opex-unbounded-retry
    ;
  return got;
}
/// Asks errno in a method; `isOpen` has nothing to do with it.

class Line {
public:
  explicit Line(int fd) : fd_(fd) {}
  bool push(const char *from, size_t n) {
    for (;;) {
      if (::send(fd_, from, n, 0) == static_cast<ssize_t>(n))
        return true;
      if (!shouldRestart())
        return false;
    }
  }
  bool shove(const char *from, size_t n) {
    for (;;) { // expect: opex-unbounded-retry
      if (::send(fd_, from, n, 0) == static_cast<ssize_t>(n))
        return true;
      if (!isOpen())
        return false;
    }
  }
private:
  bool shouldRestart() const { return errno == EINTR; }
  bool isOpen() const { return open_; }
  int fd_;
  bool open_ = true;
};
/// What its methods are called says nothing of what they do.

class Node {
public:
  explicit Node(CURL *easy) : easy_(easy) {}
  void join() {
    while (!attempt()) // expect: opex-unbounded-retry
      sleep(1);
  }
  void watch() {
    do // expect: opex-unbounded-retry
      sleep(1);
    while (!isAlive());
  }
  bool touch() {
    for (;;) { // expect: opex-unbounded-retry
      if (exists("x"))
        return true;
      usleep(100);
    }
  }
  void untilSet() {
    while (!isReady())
      sleep(1);
  }
private:
  bool attempt() {
    curl_easy_setopt(easy_, CURLOPT_TIMEOUT, 1L);
    return curl_easy_perform(easy_) == CURLE_OK;
  }
  bool isAlive() { return attempt(); }
  bool exists(const std::string &key) {
    curl_easy_setopt(easy_, CURLOPT_URL, key.c_str());
    if (curl_easy_perform(easy_) != CURLE_OK)
      return false;
    return true;
  }
  bool isReady() const { return ready_.load(); }
  CURL *easy_;
  std::atomic<bool> ready_{false};
};
void node(Node &n) { n.join(); n.watch(); n.touch(); n.untilSet(); }

static bool say(redisContext *cache, const char *text) {
  auto *reply = static_cast<redisReply *>(redisCommand(cache, text));
  bool ok = reply != nullptr && reply->type != REDIS_REPLY_ERROR;
  if (reply)
    freeReplyObject(reply);
  return ok;
}

/// 0: somebody else has changed the key; below: the connection is gone.
static int commit(redisContext *cache) {
  auto *reply = static_cast<redisReply *>(redisCommand(cache, "EXEC"));
  if (!reply)
    return -1;
  int done = reply->type == REDIS_REPLY_NIL ? 0 : 1;
  freeReplyObject(reply);
  return done;
}
bool bump(redisContext *cache) {
  int result;
  do {
    say(cache, "WATCH a");
    say(cache, "MULTI");
    say(cache, "INCR a");
    result = commit(cache);
  } while (result == 0);
  return result > 0;
}
bool bumpStubborn(redisContext *cache) {
  int result;
  do { // expect: opex-unbounded-retry
    say(cache, "MULTI");
    result = commit(cache);
  } while (result < 0);
  return true;
}

/// The cursor is no error.
static bool page(redisContext *cache, std::string &cursor) {
  auto *reply = static_cast<redisReply *>(redisCommand(cache, "SCAN %s", cursor.c_str()));
  if (!reply || reply->type != REDIS_REPLY_ARRAY)
    return false;
  cursor = reply->element[0]->str;
  freeReplyObject(reply);
  return true;
}
bool scan(redisContext *cache) {
  std::string cursor = "0";
  do {
    if (!page(cache, cursor))
      return false;
  } while (cursor != "0");
  return true;
}

/// A failure is a state, which ends the work or leads back to it.

class Flow {
public:
  explicit Flow(CURL *easy) : easy_(easy) {}
  bool run() {
    enter(Step::Open);
    while (step_ != Step::End) {
      if (step_ == Step::Open) {
        if (!request())
          enter(Step::Broken);
        else
          enter(Step::End);
      } else if (step_ == Step::Broken) {
        enter(Step::End);
      }
    }
    return true;
  }
  bool runForever() {
    enter(Step::Open);
    while (step_ != Step::End) { // expect: opex-unbounded-retry
      if (step_ == Step::Open) {
        if (!request())
          enter(Step::Broken);
        else
          enter(Step::End);
      } else if (step_ == Step::Broken) {
        sleep(1);
        enter(Step::Open);
      }
    }
    return true;
  }
private:
  enum class Step { Open, Broken, End };
  void enter(Step next) { step_ = next; }
  bool request() {
    curl_easy_setopt(easy_, CURLOPT_TIMEOUT, 1L);
    return curl_easy_perform(easy_) == CURLE_OK;
  }
  Step step_ = Step::Open;
  CURL *easy_;
};
bool flow(Flow &f) { return f.run() && f.runForever(); }

/// The second call of itself asks elsewhere, or does not.

class Mirrors {
public:
  bool get(CURL *easy) {
    if (useBackup_)
      return fetch(easy, "b");
    if (fetch(easy, "a"))
      return true;
    useBackup_ = true;
    return get(easy);
  }
  bool getAgain(CURL *easy) {
    if (fetch(easy, "a"))
      return true;
    useBackup_ = true;
    return getAgain(easy); // expect: opex-unbounded-retry
  }
private:
  bool fetch(CURL *easy, const char *url) {
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, 1L);
    return curl_easy_perform(easy) == CURLE_OK;
  }
  bool useBackup_ = false;
};
bool mirrors(Mirrors &m, CURL *e) { return m.get(e) || m.getAgain(e); }

void serve(int listener) {
  for (;;) {
    int fd = ::accept(listener, nullptr, nullptr);
    if (fd < 0)
      continue;
    ::close(fd);
  }
}

static void check(int rc) {
  if (rc != 0)
    throw std::runtime_error("no");
}
void strict(CURL *easy) {
  for (;;) {
    check(curl_easy_perform(easy));
    if (::send(0, "a", 1, 0) > 0)
      return;
    throw std::runtime_error("x");
  }
}

/// A limit that is none for who is given `forever`.
bool ask(CURL *easy, int most, bool forever) {
  for (int n = 0; forever || n < most; ++n) { // expect: opex-unbounded-retry
    if (curl_easy_perform(easy) == CURLE_OK)
      return true;
    sleep(1);
  }
  return false;
}
bool askSome(CURL *easy, int most) {
  for (int n = 0;; ++n) {
    if (curl_easy_perform(easy) == CURLE_OK)
      return true;
    if (most != 0 && n >= most)
      return false;
    sleep(1);
  }
}
int asks() { return ask(nullptr, 3, true) + askSome(nullptr, 4); }

} // namespace by_body

// --- long_round.cpp
#include <curl/curl.h>

bool wants(const char *part);
/// What is done on the way decides nothing: as many ways as there are parts lead to the same question.
void rebuild(CURL *easy, CURL *commit) {
  for (;;) { // expect: opex-unbounded-retry "`curl_easy_perform` is tried again for ever"
    if (wants("indexes"))
      curl_easy_perform(easy);
    if (wants("views"))
      curl_easy_perform(easy);
    if (wants("roles"))
      curl_easy_perform(easy);
    if (wants("rules"))
      curl_easy_perform(easy);
    if (wants("sequences"))
      curl_easy_perform(easy);
    if (wants("triggers"))
      curl_easy_perform(easy);
    if (wants("domains"))
      curl_easy_perform(easy);
    if (wants("schemas"))
      curl_easy_perform(easy);
    if (wants("casts"))
      curl_easy_perform(easy);
    if (wants("collations"))
      curl_easy_perform(easy);
    if (wants("policies"))
      curl_easy_perform(easy);
    if (wants("languages"))
      curl_easy_perform(easy);
    if (wants("operators"))
      curl_easy_perform(easy);
    if (wants("types"))
      curl_easy_perform(easy);
    const bool isDone = curl_easy_perform(commit) == CURLE_OK;
    if (isDone)
      return;
  }
}
