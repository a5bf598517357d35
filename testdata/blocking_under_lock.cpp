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

// --- bolts.cpp
#include "store.h"
#include <semaphore.h>

/// A lock class in the style of C, with a condition that is made for somebody's lock, and guards of its own.
class Bolt {
public:
  int close() { return pthread_mutex_lock(&inner_); }
  void open() { pthread_mutex_unlock(&inner_); }

private:
  friend class Bell;
  pthread_mutex_t inner_ = PTHREAD_MUTEX_INITIALIZER;
};
class Bell {
public:
  explicit Bell(Bolt &bolt) : inner_(&bolt.inner_) {}
  void await() { pthread_cond_wait(&rung_, inner_); }
  void ring() { pthread_cond_signal(&rung_); }

private:
  pthread_cond_t rung_ = PTHREAD_COND_INITIALIZER;
  pthread_mutex_t *inner_;
};
class Bolted {
public:
  explicit Bolted(Bolt *bolt) : bolt_(bolt) {
    if (bolt_)
      bolt_->close();
  }
  ~Bolted() {
    if (bolt_)
      bolt_->open();
  }

private:
  Bolt *bolt_;
};
/// Gives back while it lives.
class Unbolted {
public:
  explicit Unbolted(std::mutex &mutex) : mutex_(mutex) { mutex_.unlock(); }
  ~Unbolted() { mutex_.lock(); }

private:
  std::mutex &mutex_;
};

class Shop {
public:
  void ask(PGconn *connection) {
    Bolted bolted(&front_);
    PQclear(PQexec(connection, "SELECT 1")); // expect: opex-blocking-under-lock "while `front_` is held"
  }
  void sell(PGconn *connection) {
    Bolted bolted(&back_);
    PQclear(PQexec(connection, "SELECT 2")); // expect: opex-blocking-under-lock "while `back_` is held"
  }
  void wait() {
    Bolted bolted(&front_);
    bell_.await();
  }
  bool tryToSell(PGconn *connection) {
    int problem;
    if ((problem = side_.close()) != 0) {
      PQclear(PQexec(connection, "INSERT INTO problems VALUES (1)"));
      return false;
    }
    side_.open();
    return true;
  }
  void pause(CURL *handle) {
    std::lock_guard<std::mutex> lock(mutex_);
    const Unbolted unbolted(mutex_);
    post(handle);
  }
  void afterPause(CURL *handle) {
    std::lock_guard<std::mutex> lock(after_);
    { const Unbolted unbolted(after_); }
    post(handle); // expect: opex-blocking-under-lock "while `after_` is held"
  }
  void query(PGconn *connection, bool isShared) {
    if (isShared)
      flagged_.lock();
    PQclear(PQexec(connection, "SELECT 3")); // expect: opex-blocking-under-lock "while `flagged_` is held"
    if (isShared)
      flagged_.unlock();
    PQclear(PQexec(connection, "SELECT 4"));
  }
  void alone(PGconn *connection, bool isShared) {
    if (isShared)
      never_.lock();
    PQclear(PQexec(connection, "SELECT 5"));
    if (isShared)
      never_.unlock();
  }
  void open(PGconn *connection) {
    query(connection, true);
    query(connection, false);
    alone(connection, false);
  }

private:
  Bolt front_, back_, side_;
  Bell bell_{front_};
  std::mutex mutex_, after_, flagged_, never_;
};

/// Two locks for one wait: the inner one is given back meanwhile, the outer one is not.
class Yard {
public:
  void wait() {
    Bolted outer(&back_), inner(&gate_);
    bell_.await(); // expect: opex-blocking-under-lock "`pthread_cond_wait` waits while `back_` is held"
  }

private:
  Bolt back_, gate_;
  Bell bell_{gate_};
};

// --- log.cpp
#include "store.h"
#include <semaphore.h>

/// What waits further down is one finding, however many locks lead there.
void send(redisContext *context) { freeReplyObject(redisCommand(context, "PUBLISH log line")); }
void note(redisContext *context) { send(context); }
std::mutex ordering, shipping, packing, billing;
void order(redisContext *context) {
  std::lock_guard<std::mutex> lock(ordering);
  note(context); // expect: opex-blocking-under-lock "`redisCommand` leaves the process while `ordering` is held"
}
void ship(redisContext *context) {
  std::lock_guard<std::mutex> lock(shipping);
  note(context);
}

void pack(redisContext *context) {
  std::lock_guard<std::mutex> lock(packing);
  note(context);
}

/// Made once: nobody waits again.
struct Spare {
  Spare() { sem_wait(&started_); }
  sem_t started_;
};
Spare &spare() {
  static Spare only;
  return only;
}
Spare &bill() {
  std::lock_guard<std::mutex> lock(billing);
  return spare();
}

// --- handles.cpp
#include "store.h"

/// A value with its mutex, and a handle that holds the one while it gives the other.
template <typename T> class Kept {
public:
  class Handle {
  public:
    explicit Handle(Kept *kept) : kept_(kept), lock_(kept->mutex_) {}
    T *operator->() { return &kept_->value_; }
    void await(std::condition_variable &signal) { signal.wait(lock_); }
    void awaitTwice(std::condition_variable &signal) {
      await(signal);
      await(signal);
    }
    void nap() { sleep(2); }

  private:
    Kept *kept_;
    std::unique_lock<std::mutex> lock_;
  };
  Handle open() { return Handle(this); }

private:
  std::mutex mutex_;
  T value_{};
};

/// A lock with a wait of its own, and a mutex that is its own condition.
struct Waiting : std::unique_lock<std::mutex> {
  explicit Waiting(std::mutex &mutex) : std::unique_lock<std::mutex>(mutex) {}
  void await(std::condition_variable &signal) { signal.wait(*this); }
};
class Hatch {
public:
  void shut() { pthread_mutex_lock(&inner_); }
  void lift() { pthread_mutex_unlock(&inner_); }

protected:
  pthread_mutex_t inner_ = PTHREAD_MUTEX_INITIALIZER;
};
class SignalledHatch : public Hatch {
public:
  void await() { pthread_cond_wait(&lifted_, &inner_); }

private:
  pthread_cond_t lifted_ = PTHREAD_COND_INITIALIZER;
};

struct Tally { bool isFull; };

class Counter {
public:
  void fill() {
    auto tally(tally_.open());
    while (!tally->isFull)
      tally.await(more_);
  }
  void fillTwice() {
    auto tally(tally_.open());
    tally.awaitTwice(more_);
  }
  void fillElsewhere() {
    auto tally(tally_.open());
    refill(tally);
  }
  void fillWithAnother() {
    auto spare(spare_.open());
    auto tally(tally_.open());
    tally.await(more_); // expect: opex-blocking-under-lock "while `spare_` is held"
  }
  void nap() {
    auto tally(napping_.open());
    tally.nap(); // expect: opex-blocking-under-lock "while `napping_` is held"
  }
  void plain() {
    Waiting waiting(plain_);
    waiting.await(more_);
  }
  void plainNap() {
    Waiting waiting(lazy_);
    sleep(3); // expect: opex-blocking-under-lock "while `lazy_` is held"
  }
  void hatch() {
    hatch_.shut();
    hatch_.await();
    hatch_.lift();
  }
  void twoHatches() {
    outer_.shut();
    hatch_.shut();
    hatch_.await(); // expect: opex-blocking-under-lock "while `outer_` is held"
    hatch_.lift();
    outer_.lift();
  }

private:
  void refill(Kept<Tally>::Handle &tally) { tally.await(more_); }

  Kept<Tally> tally_, spare_, napping_;
  std::mutex plain_, lazy_;
  SignalledHatch hatch_;
  Hatch outer_;
  std::condition_variable more_;
};

// --- circle.cpp
#include "store.h"

/// Who takes a mutex reports when that fails, and who reports takes mutexes: what is held is known all the same.
void report(PGconn *connection, int problem);
void shut(PGconn *connection, pthread_mutex_t &mutex) {
  if (int problem = pthread_mutex_lock(&mutex))
    report(connection, problem);
}
class Shut {
public:
  Shut(PGconn *connection, pthread_mutex_t &mutex) : mutex_(&mutex) { shut(connection, mutex); }
  ~Shut() { pthread_mutex_unlock(mutex_); }

private:
  pthread_mutex_t *mutex_;
};
pthread_mutex_t reports = PTHREAD_MUTEX_INITIALIZER, tables = PTHREAD_MUTEX_INITIALIZER;
int reported = 0;
void report(PGconn *connection, int problem) {
  const Shut shut(connection, reports);
  reported += problem;
}
void vacuum(PGconn *connection) {
  const Shut shut(connection, tables);
  PQclear(PQexec(connection, "VACUUM")); // expect: opex-blocking-under-lock "while `tables` is held"
}

// --- semaphores.cpp
// A semaphore that is made with one permit, and that its taker gives back, is a lock.
#include "store.h"

#include <semaphore>
#include <semaphore.h>

static sem_t pages, answers;
void openPages(int shared, unsigned permits = 1) { sem_init(&pages, shared, permits); }
void setUp() {
  openPages(0);
  sem_init(&answers, 0, 0);
}
int takePages(const char *who) {
  int failed = sem_wait(&pages);
  if (failed)
    printf("%s has no pages\n", who);
  return failed;
}
int givePages() { return sem_post(&pages); }
void bind(PGconn *connection) {
  takePages("binder");
  PQclear(PQexec(connection, "SELECT page FROM book")); // expect: opex-blocking-under-lock "while `pages` is held"
  givePages();
}
void leaf(PGconn *connection) {
  takePages("reader");
  givePages();
  PQclear(PQexec(connection, "SELECT leaf FROM book"));
}
/// Somebody else posts: what is waited for is an answer.
void answer(PGconn *connection) {
  sem_wait(&answers);
  PQclear(PQexec(connection, "SELECT answer FROM book"));
}
void answered() { sem_post(&answers); }

class Press {
public:
  void print(PGconn *connection) {
    plate_.acquire();
    PQclear(PQexec(connection, "SELECT plate FROM press")); // expect: opex-blocking-under-lock "while `plate_` is held"
    plate_.release();
  }
  /// Few at a time: no lock.
  void proof(PGconn *connection) {
    proofs_.acquire();
    PQclear(PQexec(connection, "SELECT proof FROM press"));
    proofs_.release();
  }
  /// Takes turns with who inks: neither gives back what it takes.
  void roll(PGconn *connection) {
    roll_.acquire();
    PQclear(PQexec(connection, "SELECT roll FROM press"));
    ink_.release();
  }
  void ink() {
    ink_.acquire();
    roll_.release();
  }
  /// Not taken yet while it asks.
  void feed(PGconn *connection) {
    while (!plate_.try_acquire())
      PQclear(PQexec(connection, "SELECT paper FROM press"));
    plate_.release();
  }

private:
  std::binary_semaphore plate_{1}, roll_{1}, ink_{0};
  std::counting_semaphore<8> proofs_{4};
};

/// A guard of the project's own, for whichever semaphore it is given.
class Turn {
public:
  explicit Turn(sem_t *gate) : gate_(gate) { sem_wait(gate_); }
  ~Turn() { sem_post(gate_); }

private:
  sem_t *gate_;
};
class Bindery {
public:
  Bindery() { sem_init(&glue_, 0, 1); }
  void stick(PGconn *connection) {
    Turn turn(&glue_);
    PQclear(PQexec(connection, "SELECT glue FROM bindery")); // expect: opex-blocking-under-lock "while `glue_` is held"
  }

private:
  sem_t glue_;
};
void number(PGconn *connection) {
  std::binary_semaphore ticket(1);
  std::thread other([&] {
    ticket.acquire();
    PQclear(PQexec(connection, "SELECT number FROM tickets")); // expect: opex-blocking-under-lock "while `ticket` is held"
    ticket.release();
  });
  other.join();
}
