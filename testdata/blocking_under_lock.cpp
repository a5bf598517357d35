// Calls that wait while a lock is held, and beside each the same done well.
// leave out: opex-missing-timeout
// flags: -I/usr/include/postgresql
// --- store.h
#include <curl/curl.h>
#include <hiredis/hiredis.h>
#include <libpq-fe.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <pthread.h>
#include <shared_mutex>
#include <string>
#include <thread>
#include <unistd.h>

bool post(CURL *handle); ///< Elsewhere.
void run(const std::function<void()> &task);

class Store {
public:
  bool acrossFiles(CURL *handle);
  bool givenBack(CURL *handle);
  void query(PGconn *connection);
  void deferred(PGconn *connection);
  void byHand(redisContext *context);
  void stop();
  void startWith(CURL *handle);
  void waitForMore();
  void waitWithTwo();
  int sleepThenCount();
  int spin();
  int answer(std::future<int> &answers);
  int answerIfThere(std::future<int> &answers);
  bool several(CURL *handle, PGconn *connection);
  void viaHelper(CURL *handle);
  void countInHelper();
  void enqueue();
  void touch();
  bool awaitMore();
  bool touchFirst(CURL *handle);


private:
  std::unique_lock<std::mutex> take() { return std::unique_lock<std::mutex>(mutex_); }
  void add(std::unique_lock<std::mutex> &lock);

  std::mutex mutex_, other_, last_;
  std::shared_mutex shared_;
  pthread_mutex_t plain_ = PTHREAD_MUTEX_INITIALIZER;
  std::condition_variable more_;
  std::thread thread_;
  int count_ = 0;
};

/// One lock around all calls of one connection is one finding: the others are related places.
class Ledger {
public:
  bool add();
  bool drop();
  void check(bool isSound);

private:
  std::mutex mutex_, checking_;
  PGconn *connection_;
};

// --- post.cpp
#include "store.h"
bool post(CURL *handle) { return curl_easy_perform(handle) == CURLE_OK; }
void run(const std::function<void()> &task) { task(); }

// --- store.cpp
#include "store.h"

bool Store::acrossFiles(CURL *handle) {
  std::lock_guard<std::mutex> lock(mutex_);
  ++count_;
  return post(handle); // expect: opex-blocking-under-lock [high] "`curl_easy_perform` leaves the process while `mutex_` is held, taken in `Store::acrossFiles`" advice "give the lock back"
}
bool Store::givenBack(CURL *handle) {
  std::unique_lock lock(mutex_);
  ++count_;
  lock.unlock();
  bool isDone = post(handle);
  lock.lock();
  return isDone && count_;
}

void Store::query(PGconn *connection) {
  std::scoped_lock lock(mutex_, other_);
  PQclear(PQexec(connection, "SELECT 1")); // expect: opex-blocking-under-lock "`PQexec` leaves the process"
}
void Store::deferred(PGconn *connection) {
  std::unique_lock lock(mutex_, std::defer_lock);
  PQclear(PQexec(connection, "SELECT 1"));
  lock.lock();
  ++count_;
}

void Store::byHand(redisContext *context) {
  pthread_mutex_lock(&plain_);
  freeReplyObject(redisCommand(context, "INCR count")); // expect: opex-blocking-under-lock "`plain_` is held"
  pthread_mutex_unlock(&plain_);
  freeReplyObject(redisCommand(context, "INCR count"));
}

void Store::stop() {
  std::shared_lock lock(shared_);
  thread_.join(); // expect: opex-blocking-under-lock "`join` waits while `shared_` is held"
}
void Store::startWith(CURL *handle) {
  std::shared_lock lock(shared_);
  thread_ = std::thread([handle] { post(handle); });
}

void Store::waitForMore() {
  std::unique_lock lock(mutex_);
  more_.wait(lock, [this] { return count_ > 0; });
}
void Store::waitWithTwo() {
  std::lock_guard first(other_);
  std::unique_lock lock(mutex_);
  while (count_ == 0)
    more_.wait(lock); // expect: opex-blocking-under-lock "`wait` waits while `other_` is held"
}

int Store::sleepThenCount() {
  mutex_.lock();
  std::this_thread::sleep_for(std::chrono::seconds(1)); // expect: opex-blocking-under-lock "`sleep_for` waits"
  int count = count_;
  mutex_.unlock();
  usleep(50000);
  return count;
}
int Store::spin() {
  std::lock_guard lock(mutex_);
  usleep(10);
  return count_;
}

int Store::answer(std::future<int> &answers) {
  std::lock_guard lock(mutex_);
  return answers.get() + count_; // expect: opex-blocking-under-lock [medium] "`get` waits"
}
int Store::answerIfThere(std::future<int> &answers) {
  std::lock_guard lock(mutex_);
  if (answers.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
    return 0;
  return answers.get() + count_;
}

bool Store::several(CURL *handle, PGconn *connection) {
  std::lock_guard lock(last_);
  PQclear(PQexec(connection, "SELECT 1")); // expect: opex-blocking-under-lock "`PQexec` leaves the process while `last_`"
  return post(handle);
}

void Store::viaHelper(CURL *handle) {
  std::lock_guard lock(other_);
  run([handle] { post(handle); }); // expect: opex-blocking-under-lock [medium] "`other_` is held, taken in `Store::viaHelper`"
}
void Store::countInHelper() {
  std::lock_guard lock(mutex_);
  run([this] { ++count_; });
}

void Store::add(std::unique_lock<std::mutex> &lock) {
  while (count_ > 9)
    more_.wait(lock);
  ++count_;
}
void Store::enqueue() {
  auto lock = take();
  add(lock);
}

void Store::touch() { take().owns_lock(); }
bool Store::touchFirst(CURL *handle) {
  touch();
  return awaitMore() && post(handle);
}
bool Store::awaitMore() {
  std::unique_lock lock(mutex_);
  return more_.wait_for(lock, std::chrono::seconds(1), [this] { return count_ > 0; });
}

// --- main.cpp
#include "store.h"

std::mutex starting;

int main() {
  CURL *handle = curl_easy_init();
  {
    std::lock_guard lock(starting);
    post(handle);
  }
}

// --- ledger.cpp
#include "store.h"

bool Ledger::add() {
  std::lock_guard lock(mutex_);
  return PQexec(connection_, "INSERT INTO t VALUES (1)") != nullptr; // expect: opex-blocking-under-lock
}
bool Ledger::drop() {
  std::lock_guard lock(mutex_);
  return PQexec(connection_, "DELETE FROM t") != nullptr;
}

/// Whoever held the lock is gone with the process.
[[noreturn]] void giveUp(PGconn *connection) {
  PQexec(connection, "NOTIFY gone");
  std::abort();
}
void Ledger::check(bool isSound) {
  std::lock_guard lock(checking_);
  if (!isSound)
    giveUp(connection_);
}
