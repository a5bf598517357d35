// Queues between threads that nothing bounds, and their look-alikes; on the real headers.
// flags: -DBOOST_THREAD_VERSION=4
// --- plain_bad.cpp
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <queue>
#include <string>
#include <thread>
#include <vector>

void use(const std::string &item);
bool hasMore();
std::string nextLine();

/// The classic: one condition, two sides.
class Classic {
public:
  void submit(std::string item) {
    std::lock_guard lock(mutex_);
    items_.push_back(std::move(item)); // expect: opex-unbounded-queue
    filled_.notify_one();
  }
  std::string take() {
    std::unique_lock lock(mutex_);
    while (items_.empty())
      filled_.wait(lock);
    std::string item = std::move(items_.front());
    items_.pop_front();
    return item;
  }

private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<std::string> items_;
};

/// The producer is a loop: high confidence.
class Reader {
public:
  void start() {
    worker_ = std::thread([this] { work(); });
    while (hasMore())
      add(nextLine());
  }

private:
  void add(std::string line) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      lines_.push(std::move(line)); // expect: opex-unbounded-queue [high]
    }
    filled_.notify_one();
  }
  void work() {
    for (;;) {
      std::unique_lock<std::mutex> lock(mutex_);
      filled_.wait(lock, [this] { return !lines_.empty(); });
      std::string line = lines_.front();
      lines_.pop();
      lock.unlock();
      use(line);
    }
  }
  std::thread worker_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::queue<std::string> lines_;
};

/// A vector that is swapped out as a whole.
class Batches {
public:
  void add(std::string item) {
    std::lock_guard lock(mutex_);
    batch_.push_back(std::move(item)); // expect: opex-unbounded-queue
  }
  void run() {
    for (;;) {
      std::vector<std::string> mine;
      {
        std::lock_guard lock(mutex_);
        mine.swap(batch_);
      }
      for (const std::string &item : mine)
        use(item);
    }
  }

private:
  std::mutex mutex_;
  std::vector<std::string> batch_;
};

/// A list whose items are handed on while it is walked.
struct Task {
  int delay = 0;
  std::string what;
};
class Delayed {
public:
  void schedule(const Task &task) {
    std::lock_guard lock(mutex_);
    tasks_.push_back(task); // expect: opex-unbounded-queue
  }
  void tick() {
    std::vector<Task> due;
    {
      std::lock_guard lock(mutex_);
      auto it = tasks_.begin();
      while (it != tasks_.end()) {
        if (it->delay-- <= 0) {
          due.push_back(*it);
          it = tasks_.erase(it);
        } else {
          ++it;
        }
      }
    }
    for (const Task &task : due)
      use(task.what);
  }

private:
  std::mutex mutex_;
  std::list<Task> tasks_;
};

/// POSIX threads, a global, and a queue that is handed to a helper.
pthread_mutex_t gLock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t gFilled = PTHREAD_COND_INITIALIZER;
std::deque<int> gSockets;

void put(std::deque<int> &queue, int socket) {
  queue.push_back(socket); // expect: opex-unbounded-queue
}
void accepted(int socket) {
  pthread_mutex_lock(&gLock);
  put(gSockets, socket);
  pthread_cond_signal(&gFilled);
  pthread_mutex_unlock(&gLock);
}
int nextSocket() {
  pthread_mutex_lock(&gLock);
  while (gSockets.empty())
    pthread_cond_wait(&gFilled, &gLock);
  int socket = gSockets.front();
  gSockets.pop_front();
  pthread_mutex_unlock(&gLock);
  return socket;
}

/// Warns when it is long, and adds all the same.
class Warns {
public:
  void add(std::string item) {
    std::lock_guard lock(mutex_);
    if (items_.size() > 1000)
      ++warnings_;
    items_.push_back(std::move(item)); // expect: opex-unbounded-queue
    filled_.notify_one();
  }
  std::string take() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !items_.empty(); });
    std::string item = std::move(items_.front());
    items_.pop_front();
    return item;
  }

private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<std::string> items_;
  int warnings_ = 0;
};

/// One way in is guarded, the other is not.
class HalfGuarded {
public:
  bool offer(std::string item) {
    std::lock_guard lock(mutex_);
    if (items_.size() >= 100)
      return false;
    items_.push_back(std::move(item));
    filled_.notify_one();
    return true;
  }
  void force(std::string item) {
    std::lock_guard lock(mutex_);
    items_.push_front(std::move(item)); // expect: opex-unbounded-queue [medium] "without limit on some paths"
    filled_.notify_one();
  }
  std::string take() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !items_.empty(); });
    std::string item = std::move(items_.front());
    items_.pop_front();
    return item;
  }

private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<std::string> items_;
};

/// The limit is 0 for this one, and 0 is no limit.
class Limited {
public:
  explicit Limited(size_t limit) : limit_(limit) {}
  bool offer(std::string item) {
    std::lock_guard lock(mutex_);
    if (limit_ != 0 && items_.size() >= limit_)
      return false;
    items_.push_back(std::move(item));
    filled_.notify_one();
    return true;
  }
  std::string take() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !items_.empty(); });
    std::string item = std::move(items_.front());
    items_.pop_front();
    return item;
  }

private:
  const size_t limit_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<std::string> items_;
};
Limited gUnlimited(0); // expect: opex-unbounded-queue [medium] "it is made with a limit of 0, which is none" advice "refuse, drop the oldest or wait when it is full"
Limited gSmall(100);

/// A wrapper that hands out the queue under its lock.
template <class T> class Guarded {
public:
  class Holder {
  public:
    Holder(std::mutex &mutex, T &value) : lock_(mutex), value_(value) {}
    T *operator->() { return &value_; }

  private:
    std::lock_guard<std::mutex> lock_;
    T &value_;
  };
  Holder lock() { return Holder(mutex_, value_); }

private:
  std::mutex mutex_;
  T value_;
};
class Wrapped {
public:
  void add(std::string item) {
    items_.lock()->push(std::move(item)); // expect: opex-unbounded-queue
  }
  void drain() {
    while (!items_.lock()->empty()) {
      use(items_.lock()->front());
      items_.lock()->pop();
    }
  }

private:
  Guarded<std::queue<std::string>> items_;
};

/// A class inside the wrapper, and a guard class of the project's own.
class Plain {
public:
  void add(std::string item) {
    items_.push_back(std::move(item)); // expect: opex-unbounded-queue
  }
  bool take(std::string &item) {
    if (items_.empty())
      return false;
    item = std::move(items_.front());
    items_.pop_front();
    return true;
  }

private:
  std::deque<std::string> items_;
};
Guarded<Plain> gPlain;
void addToPlain(std::string item) { gPlain.lock()->add(std::move(item)); }
void usePlain() {
  for (std::string item; gPlain.lock()->take(item);)
    use(item);
}

class AutoLock {
public:
  explicit AutoLock(pthread_mutex_t *mutex) : mutex_(mutex) { pthread_mutex_lock(mutex); }
  ~AutoLock() { pthread_mutex_unlock(mutex_); }

private:
  pthread_mutex_t *mutex_;
};
class Locked {
public:
  void add(std::string item) {
    AutoLock lock(&mutex_);
    items_.push_back(std::move(item)); // expect: opex-unbounded-queue
  }
  void run() {
    for (;;) {
      std::deque<std::string> mine;
      {
        AutoLock lock(&mutex_);
        mine = std::move(items_);
      }
      for (const std::string &item : mine)
        use(item);
    }
  }

private:
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  std::deque<std::string> items_;
};

/// A limit that is checked only where the caller may wait, by default arguments of 0, and a user of each kind.
class Workers {
public:
  explicit Workers(size_t limit = 0, int threads = 1) : limit_(limit), threads_(threads) {}
  void enqueue(std::string task, bool mayWait) {
    std::unique_lock lock(mutex_);
    if (mayWait) {
      while (tasks_.size() >= limit_ && limit_ != 0)
        drained_.wait(lock);
    }
    tasks_.push(std::move(task));
    filled_.notify_one();
  }
  void work() {
    for (;;) {
      std::unique_lock lock(mutex_);
      while (tasks_.empty())
        filled_.wait(lock);
      std::string task = std::move(tasks_.front());
      tasks_.pop();
      drained_.notify_one();
      use(task);
    }
  }

private:
  const size_t limit_;
  const int threads_;
  std::mutex mutex_;
  std::condition_variable filled_, drained_;
  std::queue<std::string> tasks_;
};
class Relay {
public:
  Relay() {}
  void relay(std::string message) { relayed_.enqueue(std::move(message), true); }
  void store(std::string message) { stored_.enqueue(std::move(message), true); }

private:
  Workers relayed_; // expect: opex-unbounded-queue [medium]
  Workers stored_{10000, 4};
};

/// A queue for each subscriber, in a map.
class Subscribers {
public:
  void publish(const std::string &event) {
    std::lock_guard lock(mutex_);
    for (auto &[name, events] : queues_)
      events.push_back(event); // expect: opex-unbounded-queue
    filled_.notify_all();
  }
  std::string next(const std::string &name) {
    std::unique_lock lock(mutex_);
    for (;;) {
      auto queue = queues_.find(name);
      if (!queue->second.empty()) {
        std::string event = std::move(queue->second.front());
        queue->second.pop_front();
        return event;
      }
      filled_.wait(lock);
    }
  }

private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::map<std::string, std::deque<std::string>> queues_;
};

// --- queue.h
#pragma once
#include <condition_variable>
#include <mutex>
#include <queue>

/// A queue for everybody, as many projects have one.
template <class T> class BlockingQueue {
public:
  void push(T item) {
    std::lock_guard<std::mutex> lock(mutex_);
    items_.push(std::move(item)); // expect: opex-unbounded-queue
    filled_.notify_one();
  }
  T pop() {
    std::unique_lock<std::mutex> lock(mutex_);
    filled_.wait(lock, [this] { return !items_.empty(); });
    T item = std::move(items_.front());
    items_.pop();
    return item;
  }

private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::queue<T> items_;
};

struct Message {
  int id = 0;
  std::vector<int> body;
};

class Inbox {
public:
  void deliver(Message message);
  void run();
  void stop();

private:
  BlockingQueue<Message> queue_;
  bool isRunning_ = true;
};

// --- queue_producer.cpp
#include <vector>
#include "queue.h"

void Inbox::deliver(Message message) { queue_.push(std::move(message)); }
void Inbox::stop() {
  Message wakeUp;
  wakeUp.id = -1;
  isRunning_ = false;
  queue_.push(wakeUp);
}

// --- queue_consumer.cpp
#include <vector>
#include "queue.h"

void handle(const Message &message);
void Inbox::run() {
  while (isRunning_)
    handle(queue_.pop());
}

// --- libraries.cpp
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>
#include <tbb/concurrent_queue.h>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

bool poll(int &value);
void useNumber(int value);

class Lockfree {
public:
  void produce() {
    for (int value; poll(value);) {
      grows_.push(value);    // expect: opex-unbounded-queue [high]
      fixed_.push(value);
      ring_.push(value);
      if (!grows_.bounded_push(value))
        return;
    }
  }
  void run() {
    for (int value;;) {
      if (grows_.pop(value) || fixed_.pop(value) || ring_.pop(value))
        useNumber(value);
    }
  }
  void start() {
    producer_ = std::thread(&Lockfree::produce, this);
    consumer_ = std::thread(&Lockfree::run, this);
  }

private:
  boost::lockfree::queue<int> grows_{128};
  boost::lockfree::queue<int, boost::lockfree::capacity<128>> fixed_;
  boost::lockfree::spsc_queue<int> ring_{128};
  std::thread producer_, consumer_;
};

class Threading {
public:
  explicit Threading(int capacity) { limited_.set_capacity(capacity); }
  void add(int value) {
    plain_.push(value);      // expect: opex-unbounded-queue
    unlimited_.push(value);  // expect: opex-unbounded-queue "no set_capacity is called" advice "call set_capacity before the first push"
    limited_.push(value);
  }
  void run() {
    for (int value;;) {
      unlimited_.pop(value);
      limited_.pop(value);
      if (plain_.try_pop(value))
        useNumber(value);
    }
  }

private:
  tbb::concurrent_queue<int> plain_;
  tbb::concurrent_bounded_queue<int> unlimited_;
  tbb::concurrent_bounded_queue<int> limited_;
};

/// A pool whose own queue takes everything.
class Resizer {
public:
  void resizeAll(const std::vector<std::string> &names) {
    for (const std::string &name : names)
      boost::asio::post(pool_, [name] { resize(name); }); // expect: opex-unbounded-queue [medium] "an Asio executor takes any number of handlers"
  }
  static void resize(const std::string &name);

private:
  boost::asio::thread_pool pool_{4};
};

/// A handler that posts what comes next, one at a time.
class Ticker {
public:
  void start() { boost::asio::post(context_, [this] { step(); }); }
  void step() {
    useNumber(++count_);
    boost::asio::post(context_, [this] { step(); });
  }

private:
  boost::asio::io_context context_;
  int count_ = 0;
};

/// Threads that are made out of sight, and a queue that both have by reference.
void pipeline() {
  tbb::concurrent_queue<int> numbers;
  std::vector<std::thread> threads;
  threads.emplace_back([&numbers] {
    for (int value; poll(value);)
      numbers.push(value); // expect: opex-unbounded-queue [high]
  });
  threads.emplace_back([&] {
    for (int value;;)
      if (numbers.try_pop(value))
        useNumber(value);
  });
  for (std::thread &thread : threads)
    thread.join();
}

// --- good.cpp
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <queue>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

struct Job {
  std::string name;
};
void run(const Job &job);
void warn(const char *what);

/// The state of a queue, for the ways to bound it below.
struct State {
  std::mutex mutex;
  std::condition_variable filled, drained;
  std::deque<Job> jobs;
};

/// Refuses.
class Refuses {
public:
  bool submit(Job job) {
    std::lock_guard lock(mutex_);
    if (jobs_.size() >= kLimit)
      return false;
    jobs_.push_back(std::move(job));
    filled_.notify_one();
    return true;
  }
  Job take() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !jobs_.empty(); });
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    return job;
  }

private:
  static constexpr size_t kLimit = 100;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Job> jobs_;
};

/// Waits for room.
class Waits {
public:
  void submit(Job job) {
    std::unique_lock lock(mutex_);
    drained_.wait(lock, [this] { return jobs_.size() < limit_ || isClosed_; });
    jobs_.push_back(std::move(job));
    filled_.notify_one();
  }
  Job take() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !jobs_.empty(); });
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    drained_.notify_one();
    return job;
  }

private:
  size_t limit_ = 100;
  bool isClosed_ = false;
  std::mutex mutex_;
  std::condition_variable filled_, drained_;
  std::deque<Job> jobs_;
};

/// Waits in a loop of its own.
class Loops {
public:
  void submit(Job job) {
    std::unique_lock lock(mutex_);
    while (jobs_.size() >= limit_)
      drained_.wait(lock);
    jobs_.push(std::move(job));
    filled_.notify_one();
  }
  Job take() {
    std::unique_lock lock(mutex_);
    while (jobs_.empty())
      filled_.wait(lock);
    Job job = std::move(jobs_.front());
    jobs_.pop();
    drained_.notify_one();
    return job;
  }

private:
  size_t limit_ = 100;
  std::mutex mutex_;
  std::condition_variable filled_, drained_;
  std::queue<Job> jobs_;
};

/// Drops the oldest.
class Drops {
public:
  void submit(Job job) {
    std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    if (jobs_.size() > 100)
      jobs_.pop_front();
    filled_.notify_one();
  }
  Job take() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !jobs_.empty(); });
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    return job;
  }

private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Job> jobs_;
};

/// The guard is a method that every caller asks first.
class Asks {
public:
  bool isFull() const {
    std::lock_guard lock(mutex_);
    return jobs_.size() >= 100;
  }
  void submit(Job job) {
    std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    filled_.notify_one();
  }
  Job take() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !jobs_.empty(); });
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    return job;
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Job> jobs_;
};
bool offer(Asks &queue, Job job) {
  if (queue.isFull())
    return false;
  queue.submit(std::move(job));
  return true;
}

/// A helper throws when there is no room.
class Throws {
public:
  void submit(Job job) {
    std::lock_guard lock(mutex_);
    checkRoom();
    jobs_.push_back(std::move(job));
    filled_.notify_one();
  }
  Job take() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !jobs_.empty(); });
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    return job;
  }

private:
  void checkRoom() const {
    if (jobs_.size() > 100)
      throw std::runtime_error("100 jobs are waiting, try again later");
  }
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Job> jobs_;
};

/// A counter beside the queue says how full it is.
class Counts {
public:
  bool submit(Job job) {
    if (pending_ >= 100)
      return false;
    ++pending_;
    std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    filled_.notify_one();
    return true;
  }
  Job take() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !jobs_.empty(); });
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    --pending_;
    return job;
  }

private:
  std::atomic<int> pending_{0};
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Job> jobs_;
};

/// A permit for every item.
class Permits {
public:
  void submit(Job job) {
    room_.acquire();
    std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    filled_.notify_one();
  }
  Job take() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !jobs_.empty(); });
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    room_.release();
    return job;
  }

private:
  std::counting_semaphore<100> room_{100};
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Job> jobs_;
};

/// Each caller waits until its job is done, so that no more can wait than there are callers.
class Synchronous {
public:
  void submit(Job job) {
    std::unique_lock lock(mutex_);
    jobs_.push_back(std::move(job));
    filled_.notify_one();
    done_.wait(lock);
  }
  void runOne() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !jobs_.empty(); });
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    run(job);
    done_.notify_one();
  }

private:
  std::mutex mutex_;
  std::condition_variable filled_, done_;
  std::deque<Job> jobs_;
};

/// A pool: who finds it empty makes one, and brings it back.
struct Connection {};
class Pool {
public:
  std::unique_ptr<Connection> get() {
    std::lock_guard lock(mutex_);
    if (idle_.empty())
      return std::make_unique<Connection>();
    std::unique_ptr<Connection> connection = std::move(idle_.front());
    idle_.pop_front();
    return connection;
  }
  void put(std::unique_ptr<Connection> connection) {
    std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
  }

private:
  std::mutex mutex_;
  std::deque<std::unique_ptr<Connection>> idle_;
};

/// Tokens that come back when their holder dies.
class Slots {
public:
  explicit Slots(int count) {
    for (int i = 0; i < count; ++i)
      free_.push_back(i);
  }
  class Slot {
  public:
    Slot(Slots &slots, int number) : slots_(slots), number_(number) {}
    ~Slot() {
      std::lock_guard lock(slots_.mutex_);
      slots_.free_.push_back(number_);
      slots_.filled_.notify_one();
    }

  private:
    Slots &slots_;
    int number_;
  };
  std::unique_ptr<Slot> take() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !free_.empty(); });
    int number = free_.back();
    free_.pop_back();
    return std::make_unique<Slot>(*this, number);
  }

private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::vector<int> free_;
};

/// Listeners are called where they are, and dropped when all ends.
class Listeners {
public:
  void add(std::shared_ptr<Job> listener) {
    std::lock_guard lock(mutex_);
    listeners_.push_back(std::move(listener));
  }
  void notify() {
    std::lock_guard lock(mutex_);
    for (const auto &listener : listeners_)
      run(*listener);
  }
  void remove(const std::string &name) {
    std::lock_guard lock(mutex_);
    listeners_.erase(std::find_if(listeners_.begin(), listeners_.end(), [&](const auto &l) { return l->name == name; }));
  }
  void close() {
    std::lock_guard lock(mutex_);
    for (const auto &listener : listeners_)
      run(*listener);
    listeners_.clear();
  }

private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<Job>> listeners_;
};

/// Results that several threads collect, read when they are done.
std::vector<int> collect(const std::vector<Job> &jobs) {
  std::mutex mutex;
  std::vector<int> results;
  std::vector<std::thread> threads;
  for (const Job &job : jobs)
    threads.emplace_back([&] {
      std::lock_guard lock(mutex);
      results.push_back(static_cast<int>(job.name.size()));
    });
  for (std::thread &thread : threads)
    thread.join();
  return results;
}

/// A work list of one thread.
int depthFirst(const std::vector<std::vector<int>> &children) {
  std::deque<int> open = {0};
  int seen = 0;
  while (!open.empty()) {
    int node = open.front();
    open.pop_front();
    ++seen;
    for (int child : children[node])
      open.push_back(child);
  }
  return seen;
}

/// Filled once, when it is made.
class Schedule {
public:
  explicit Schedule(const std::vector<Job> &jobs) {
    for (int i = 0; i < 3; ++i)
      jobs_.push_back(jobs[0]);
  }
  bool take(Job &job) {
    std::lock_guard lock(mutex_);
    if (jobs_.empty())
      return false;
    job = jobs_.back();
    jobs_.pop_back();
    return true;
  }

private:
  std::mutex mutex_;
  std::vector<Job> jobs_;
};

/// A buffer that is written out when it is full.
class Buffer {
public:
  void add(const Job &job) {
    std::lock_guard lock(mutex_);
    buffer_.push_back(job);
    if (buffer_.size() >= 64)
      flush();
  }
  void tick() {
    std::lock_guard lock(mutex_);
    flush();
  }

private:
  void flush() {
    std::vector<Job> full;
    full.swap(buffer_);
    for (const Job &job : full)
      run(job);
  }
  std::mutex mutex_;
  std::vector<Job> buffer_;
};

/// What is in it is sorted out from time to time, and stays.
class Items {
public:
  void add(std::shared_ptr<Job> item) {
    std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
  }
  void removeUnnamed() {
    std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<Job>> kept;
    for (const auto &item : items_)
      if (!item->name.empty())
        kept.push_back(item);
    items_.swap(kept);
  }

private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<Job>> items_;
};

/// Remarks that several threads make, looked through once when they are done.
class Remarks {
public:
  void add(Job remark) {
    std::lock_guard lock(mutex_);
    remarks_.push_back(std::move(remark));
  }
  void report() {
    std::lock_guard lock(mutex_);
    for (const Job &remark : remarks_)
      run(remark);
    remarks_.clear();
  }

private:
  std::mutex mutex_;
  std::vector<Job> remarks_;
};
void checkAll(Remarks &remarks, const std::vector<Job> &jobs) {
  std::vector<std::thread> threads;
  for (const Job &job : jobs)
    threads.emplace_back([&remarks, &job] { remarks.add(job); });
  for (std::thread &thread : threads)
    thread.join();
  remarks.report();
}

// --- startup.cpp
#include <mutex>
#include <deque>
#include <string>
#include <thread>
#include <vector>

std::mutex gMutex;
std::deque<std::string> gFiles;

bool takeFile(std::string &file) {
  std::lock_guard lock(gMutex);
  if (gFiles.empty())
    return false;
  file = gFiles.front();
  gFiles.pop_front();
  return true;
}
void load() {
  for (std::string file; takeFile(file);)
    std::thread([file] {}).join();
}

/// Everything there is to do is in it before the threads start.
int main(int count, char **names) {
  for (char **name = names; *name; ++name) {
    std::lock_guard lock(gMutex);
    gFiles.push_back(*name);
  }
  std::thread first(load), second(load);
  first.join();
  second.join();
}

// --- posts.cpp
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

bool poll(std::string &line);
void use(const std::string &line);

/// Opened, closed and opened again for as long as the service runs: the posts carry nothing but the object.
class Port {
public:
  ~Port() { wake(); }
  void open() {
    boost::asio::post(io_, [this] { read(); });
  }
  void close() {
    boost::asio::post(io_, [this] { end(); });
  }
  void watch() {
    while (isWanted()) {
      open();
      close();
    }
  }

private:
  void wake() { boost::asio::post(io_, [this] { end(); }); }
  static bool isWanted();
  void read();
  void end();
  boost::asio::io_context io_;
};

/// Starts, but with something to do each time.
class Starter {
public:
  void start(std::string line) {
    boost::asio::post(io_, [line] { use(line); }); // expect: opex-unbounded-queue [medium]
  }
  void run() {
    for (std::string line; poll(line);)
      start(line);
  }

private:
  boost::asio::io_context io_;
};

/// What comes in is posted without being carried.
class Writer {
public:
  void write(const std::string &line) {
    pending_ += line;
    boost::asio::post(io_, [this] { flush(); }); // expect: opex-unbounded-queue [medium]
  }
  void run() {
    for (std::string line; poll(line);)
      write(line);
  }

private:
  void flush();
  std::string pending_;
  boost::asio::io_context io_;
};

/// The answer to who asked, by way of the executor: as many as there are calls under way.
class Names {
public:
  void resolve(const std::string &name, std::function<void(std::string)> callback) {
    std::string known = name + ".local";
    boost::asio::post(io_, [callback, known] { callback(known); });
  }
  void run() {
    for (std::string line; poll(line);)
      resolve(line, [](std::string name) { use(name); });
  }

private:
  boost::asio::io_context io_;
};

/// Work whose result is called back is work.
class Worker {
public:
  void compute(const std::string &line, std::function<void(std::string)> callback) {
    boost::asio::post(io_, [this, line, callback] { callback(work(line)); }); // expect: opex-unbounded-queue [medium]
  }
  void run() {
    for (std::string line; poll(line);)
      compute(line, [](std::string done) { use(done); });
  }

private:
  std::string work(const std::string &line);
  boost::asio::io_context io_;
};

// --- batches.cpp
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

struct Chunk {
  std::string bytes;
  std::chrono::steady_clock::time_point made;
};
bool receive(Chunk &chunk);
void play(const Chunk &chunk);
void sendAll(const std::vector<Chunk> &chunks);

/// A queue for others; whether it is bounded is their affair.
template <class T> class Channel {
public:
  void push(const T &item) {
    {
      std::lock_guard lock(mutex_);
      items_.push_back(item);
    }
    filled_.notify_one();
  }
  bool tryPop(T &item) {
    std::unique_lock lock(mutex_);
    filled_.wait_for(lock, std::chrono::milliseconds(10), [this] { return !items_.empty(); });
    if (items_.empty())
      return false;
    item = items_.front();
    items_.pop_front();
    return true;
  }
  bool copyFront(T &item) const {
    std::lock_guard lock(mutex_);
    if (items_.empty())
      return false;
    item = items_.front();
    return true;
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<T> items_;
};

/// The producer takes out what is too old as soon as it has added.
class Player {
public:
  void produce() {
    for (Chunk chunk; receive(chunk);)
      add(chunk);
  }
  void add(const Chunk &chunk) {
    chunks_.push(chunk);
    Chunk front;
    while (chunks_.copyFront(front)) {
      if (std::chrono::steady_clock::now() - front.made < std::chrono::seconds(5) || !chunks_.tryPop(front))
        break;
    }
  }
  void consume() {
    for (Chunk chunk;;)
      if (chunks_.tryPop(chunk))
        play(chunk);
  }
  void start() {
    producer_ = std::thread(&Player::produce, this);
    consumer_ = std::thread(&Player::consume, this);
  }

private:
  Channel<Chunk> chunks_;
  std::thread producer_, consumer_;
};

/// One loop fills it, and hands all of it on.
class Batch {
public:
  void add(const Chunk &chunk) {
    std::lock_guard lock(mutex_);
    chunks_.push_back(chunk);
  }
  void flush() {
    std::lock_guard lock(mutex_);
    if (!chunks_.empty()) {
      sendAll(chunks_);
      chunks_.clear();
    }
  }

private:
  std::mutex mutex_;
  std::vector<Chunk> chunks_;
};
class Forwarder {
public:
  void run() {
    Chunk chunk;
    while (isRunning_) {
      for (int count = 0; isRunning_ && receive(chunk); ++count)
        batch_.add(chunk);
      batch_.flush();
    }
  }
  void start() { thread_ = std::thread(&Forwarder::run, this); }

private:
  bool isRunning_ = true;
  Batch batch_;
  std::thread thread_;
};

/// Filled in one loop and flushed in another's: nobody says when.
class BatchOfTwo {
public:
  void add(const Chunk &chunk) {
    std::lock_guard lock(mutex_);
    chunks_.push_back(chunk); // expect: opex-unbounded-queue "nothing refuses when it is full"
  }
  void flush() {
    std::lock_guard lock(mutex_);
    if (!chunks_.empty()) {
      sendAll(chunks_);
      chunks_.clear();
    }
  }

private:
  std::mutex mutex_;
  std::vector<Chunk> chunks_;
};
class Split {
public:
  void receiveAll() {
    Chunk chunk;
    while (isRunning_ && receive(chunk))
      batch_.add(chunk);
  }
  void sendAlways() {
    while (isRunning_)
      batch_.flush();
  }
  void start() {
    receiver_ = std::thread(&Split::receiveAll, this);
    sender_ = std::thread(&Split::sendAlways, this);
  }

private:
  bool isRunning_ = true;
  BatchOfTwo batch_;
  std::thread receiver_, sender_;
};

// --- handoff.cpp
#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

struct Task {
  std::promise<int> done;
};

/// Whoever adds waits for the answer, so there are no more tasks than callers.
class Store {
public:
  Store() : thread_([this] { work(); }) {}
  int ask() {
    auto task = std::make_shared<Task>();
    std::future<int> answer = task->done.get_future();
    add(task);
    return answer.get();
  }

private:
  void add(std::shared_ptr<Task> task) {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    ready_.notify_one();
  }
  void work() {
    for (;;) {
      std::unique_lock lock(mutex_);
      ready_.wait(lock, [this] { return !tasks_.empty(); });
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task->done.set_value(1);
    }
  }

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::shared_ptr<Task>> tasks_;
  std::thread thread_;
};

int useStore(Store &store) { return store.ask(); }

// --- far_apart.cpp
// What holds back a push counts however many calls lie between, above it or below.
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <string>

struct Parcel {
  std::string code;
};

class FarAbove {
public:
  bool offer(Parcel parcel) {
    std::lock_guard lock(mutex_);
    if (parcels_.size() >= 100)
      return false;
    sixth(std::move(parcel));
    return true;
  }
  Parcel take() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !parcels_.empty(); });
    Parcel parcel = std::move(parcels_.front());
    parcels_.pop_front();
    return parcel;
  }

private:
  void sixth(Parcel parcel) { fifth(std::move(parcel)); }
  void fifth(Parcel parcel) { fourth(std::move(parcel)); }
  void fourth(Parcel parcel) { third(std::move(parcel)); }
  void third(Parcel parcel) { second(std::move(parcel)); }
  void second(Parcel parcel) { first(std::move(parcel)); }
  void first(Parcel parcel) {
    parcels_.push_back(std::move(parcel));
    filled_.notify_one();
  }
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Parcel> parcels_;
};

class FarBelow {
public:
  void submit(Parcel parcel) {
    std::lock_guard lock(mutex_);
    checkA();
    parcels_.push_back(std::move(parcel));
    filled_.notify_one();
  }
  Parcel take() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !parcels_.empty(); });
    Parcel parcel = std::move(parcels_.front());
    parcels_.pop_front();
    return parcel;
  }

private:
  void checkA() { checkB(); }
  void checkB() { checkC(); }
  void checkC() { checkD(); }
  void checkD() { checkE(); }
  void checkE() { checkF(); }
  void checkF() { checkG(); }
  void checkG() { checkH(); }
  void checkH() { checkI(); }
  void checkI() {
    if (parcels_.size() >= 100)
      throw std::runtime_error("full");
  }
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Parcel> parcels_;
};

// --- not_work.cpp
#include <chrono>
#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

void handle(const std::string &text);

/// Calls that wait for their answer, by number: an answer ends one, a broken line all.
class Calls {
public:
  void begin(int number, std::string what) {
    std::lock_guard<std::mutex> lock(mutex_);
    open_.emplace(number, std::move(what));
  }
  void answered(int number) {
    std::lock_guard<std::mutex> lock(mutex_);
    open_.erase(number);
  }
  void broken() {
    std::map<int, std::string> all;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      all.swap(open_);
    }
    for (auto &[number, what] : all)
      handle(what);
  }

private:
  std::mutex mutex_;
  std::map<int, std::string> open_;
};

/// Lanes that are given up go to whoever closes them, and no lane is ever added.
struct Lane {
  void close();
};
class Lanes {
public:
  explicit Lanes(int count) : closer_([this] { closeAll(); }) {
    for (int i = 0; i < count; ++i)
      lanes_.emplace_back(std::make_unique<Lane>());
  }
  void giveUp() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (lanes_.empty())
      return;
    std::unique_ptr<Lane> lane = std::move(lanes_.back());
    lanes_.pop_back();
    closing_.push_back(std::move(lane));
  }

private:
  void closeAll() {
    for (;;) {
      std::lock_guard<std::mutex> lock(mutex_);
      if (closing_.empty())
        continue;
      closing_.front()->close();
      closing_.pop_front();
    }
  }
  std::mutex mutex_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::deque<std::unique_ptr<Lane>> closing_;
  std::thread closer_;
};

/// A page is in the list while it is dirty, and no more than once.
struct Page {
  bool dirty = false;
  void write();
};
class Pages {
public:
  void touch(Page &page) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!page.dirty) {
      page.dirty = true;
      dirty_.push_back(&page);
    }
  }
  void writeAll() {
    for (;;) {
      std::lock_guard<std::mutex> lock(mutex_);
      if (dirty_.empty())
        continue;
      dirty_.front()->write();
      dirty_.front()->dirty = false;
      dirty_.pop_front();
    }
  }

private:
  std::mutex mutex_;
  std::deque<Page *> dirty_;
};
void writesBeside(Pages &pages, Page &page) {
  std::thread writer([&pages] { pages.writeAll(); });
  pages.touch(page);
  writer.join();
}

// --- shared_otherwise.cpp
#include <boost/asio.hpp>
#include <boost/asio/spawn.hpp>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

void carry(const std::string &letter);

/// A guard of the project's own.
class Room {
public:
  class Key {
  public:
    explicit Key(Room &room) : lock_(room.mutex_) {}

  private:
    std::unique_lock<std::mutex> lock_;
  };
  Key enter() { return Key(*this); }

private:
  std::mutex mutex_;
};

class Letters {
public:
  Letters() : carrier_([this] { run(); }) {}
  void post(const std::string &letter) {
    auto key = room_.enter();
    letters_.push_back(letter); // expect: opex-unbounded-queue "`letters_` grows without limit"
  }

private:
  void run() {
    for (;;) {
      std::deque<std::string> taken;
      {
        auto key = room_.enter();
        taken.swap(letters_);
      }
      for (; !taken.empty(); taken.pop_front())
        carry(taken.front());
    }
  }
  Room room_;
  std::deque<std::string> letters_;
  std::thread carrier_;
};
void onLetter(Letters &letters, const std::string &letter) { letters.post(letter); }

/// No lock: one strand runs both ends.
class Parcels {
public:
  explicit Parcels(boost::asio::io_context &context) : strand_(context.get_executor()), timer_(context) {}
  void start() {
    boost::asio::spawn(strand_, [this](boost::asio::yield_context yield) {
      for (;;) {
        timer_.async_wait(yield);
        std::vector<std::string> all(std::move(parcels_));
        for (const std::string &parcel : all)
          carry(parcel);
      }
    });
  }
  void add(const std::string &parcel) {
    boost::asio::dispatch(strand_, [] {});
    boost::asio::post(strand_, [this, parcel] { // expect: opex-unbounded-queue "takes any number of handlers"
      parcels_.push_back(parcel); // expect: opex-unbounded-queue [medium] "`parcels_` grows without limit"
    });
  }

private:
  boost::asio::strand<boost::asio::io_context::executor_type> strand_;
  boost::asio::steady_timer timer_;
  std::vector<std::string> parcels_;
};
void onParcels(Parcels &parcels, const std::vector<std::string> &all) {
  for (const std::string &parcel : all)
    parcels.add(parcel);
}

/// A template that only make_unique makes.
template <typename T> class Belt {
public:
  Belt() : worker_(&Belt::run, this) {}
  void put(const T &thing) {
    std::lock_guard<std::mutex> lock(mutex_);
    things_.push_back(thing); // expect: opex-unbounded-queue
  }

private:
  void run() {
    for (;;) {
      std::lock_guard<std::mutex> lock(mutex_);
      if (things_.empty())
        continue;
      carry(things_.front());
      things_.pop_front();
    }
  }
  std::deque<T> things_;
  std::mutex mutex_;
  std::thread worker_;
};
class Factory {
public:
  Factory() : belt_(std::make_unique<Belt<std::string>>()) {}
  void order(const std::string &thing) { belt_->put(thing); }

private:
  std::unique_ptr<Belt<std::string>> belt_;
};
void onOrder(Factory &factory, const std::string &thing) { factory.order(thing); }

/// Some have a limit, and one has none.
class Shelf {
public:
  explicit Shelf(std::size_t places = 0) : places_(places), keeper_([this] { run(); }) {}
  void put(const std::string &thing) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (places_ > 0)
      emptied_.wait(lock, [this] { return things_.size() < places_; });
    things_.push_back(thing);
    filled_.notify_one();
  }

private:
  void run() {
    for (;;) {
      std::unique_lock<std::mutex> lock(mutex_);
      filled_.wait(lock, [this] { return !things_.empty(); });
      carry(things_.front());
      things_.pop_front();
      emptied_.notify_one();
    }
  }
  std::size_t places_;
  std::mutex mutex_;
  std::condition_variable filled_, emptied_;
  std::deque<std::string> things_;
  std::thread keeper_;
};
struct Branch {
  Shelf front{20};
  Shelf back; // expect: opex-unbounded-queue "`back` grows without limit"
};
void onDelivery(Branch &branch, const std::string &thing) { branch.front.put(thing), branch.back.put(thing); }

// --- chosen.cpp
#include <algorithm>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

struct Errand {
  explicit Errand(int weight) : weight(weight) {}
  int weight;
  void run();
};
void tell(int room, const std::string &note);

/// Not the first is taken, but the heaviest: where it stood is kept while the list is walked.
class Errands {
public:
  void add(std::unique_ptr<Errand> errand) {
    std::lock_guard<std::mutex> lock(mutex_);
    open_.push_back(std::move(errand)); // expect: opex-unbounded-queue
  }
  /// There are never more than ten of these.
  bool addLight(std::unique_ptr<Errand> errand) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (light_.size() == 10)
      return false;
    light_.push_back(std::move(errand));
    return true;
  }
  void run() {
    for (;;) {
      doHeaviest(open_);
      doHeaviest(light_);
    }
  }

private:
  void doHeaviest(std::list<std::unique_ptr<Errand>> &errands) {
    std::unique_lock<std::mutex> lock(mutex_);
    std::list<std::unique_ptr<Errand>>::iterator heaviest = errands.end();
    for (auto it = errands.begin(); it != errands.end(); ++it)
      if (heaviest == errands.end() || (*it)->weight > (*heaviest)->weight)
        heaviest = it;
    if (heaviest == errands.end())
      return;
    std::unique_ptr<Errand> errand;
    errand = std::move(*heaviest);
    errands.erase(heaviest);
    lock.unlock();
    errand->run();
  }
  std::mutex mutex_;
  std::list<std::unique_ptr<Errand>> open_, light_;
};

/// The same by an algorithm.
class Votes {
public:
  void cast(const std::string &vote) {
    std::lock_guard<std::mutex> lock(mutex_);
    votes_.push_back(vote); // expect: opex-unbounded-queue
  }
  void count() {
    while (true) {
      std::lock_guard<std::mutex> lock(mutex_);
      auto least = std::min_element(votes_.begin(), votes_.end());
      if (least == votes_.end())
        continue;
      std::string vote = std::move(*least);
      votes_.erase(least);
      tell(0, vote);
    }
  }

private:
  std::mutex mutex_;
  std::vector<std::string> votes_;
};

/// Who takes an element by its number only ends what was asked for: nothing waits here for work.
class Lent {
public:
  void lend(int number, std::unique_ptr<Errand> errand) {
    std::lock_guard<std::mutex> lock(mutex_);
    numbers_.push_back(number);
    errands_.push_back(std::move(errand));
  }
  std::unique_ptr<Errand> back(int number) {
    std::lock_guard<std::mutex> lock(mutex_);
    auto place = std::find_if(errands_.begin(), errands_.end(), [number](const auto &errand) { return errand->weight == number; });
    if (place == errands_.end())
      return nullptr;
    std::unique_ptr<Errand> errand = std::move(*place);
    errands_.erase(place);
    return errand;
  }

private:
  std::mutex mutex_;
  std::vector<int> numbers_;
  std::vector<std::unique_ptr<Errand>> errands_;
};

/// One list for each room; all of them are gone over, and dropped at once.
class Notes {
public:
  void leave(int room, const std::string &note) {
    std::lock_guard<std::mutex> lock(mutex_);
    byRoom_[room].push_back(note); // expect: opex-unbounded-queue
  }
  void leaveQuickly(int room, const std::string &note) {
    std::lock_guard<std::mutex> lock(mutex_);
    quick_[room].push_back(note); // expect: opex-unbounded-queue
  }
  /// Full rooms get no more.
  void leaveShort(int room, const std::string &note) {
    std::lock_guard<std::mutex> lock(mutex_);
    std::vector<std::string> &notes = short_[room];
    if (notes.size() < 3)
      notes.push_back(note);
  }
  void run() {
    for (;;) {
      deliver();
      deliverQuickly();
    }
  }

private:
  void deliver() {
    std::lock_guard<std::mutex> lock(mutex_);
    for (const auto &[room, notes] : byRoom_)
      for (const std::string &note : notes)
        tell(room, note);
    byRoom_.clear();
    for (auto place = short_.begin(); place != short_.end(); ++place)
      for (const std::string &note : place->second)
        tell(place->first, note);
    short_.clear();
  }
  void deliverQuickly() {
    std::unordered_map<int, std::vector<std::string>> mine;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      mine.swap(quick_);
    }
    for (const auto &[room, notes] : mine)
      for (const std::string &note : notes)
        tell(room, note);
  }
  std::mutex mutex_;
  std::map<int, std::vector<std::string>> byRoom_, short_;
  std::unordered_map<int, std::vector<std::string>> quick_;
};

void onVisit(Errands &errands, Votes &votes, Lent &lent, Notes &notes, int weight, const std::string &note) {
  errands.add(std::make_unique<Errand>(weight));
  errands.addLight(std::make_unique<Errand>(weight));
  votes.cast(note);
  lent.lend(7, std::make_unique<Errand>(weight));
  lent.back(7);
  notes.leave(1, note);
  notes.leaveQuickly(1, note);
  notes.leaveShort(1, note);
}
int main() {
  static Errands errands;
  static Votes votes;
  static Notes notes;
  std::thread([] { errands.run(); }).detach();
  std::thread([] { votes.count(); }).detach();
  std::thread([] { notes.run(); }).detach();
}

// --- linked.cpp
#include <condition_variable>
#include <memory>
#include <mutex>
#include <pthread.h>
#include <string>
#include <thread>

void run(const std::string &what);

/// In the style of C++: head and tail are members, the worker takes the first.
class Tickets {
public:
  Tickets() : clerk_([this] { work(); }) {}
  void draw(const std::string &what) {
    auto *ticket = new Ticket{what, nullptr};
    std::lock_guard<std::mutex> lock(mutex_);
    if (last_)
      last_->after = ticket; // expect: opex-unbounded-queue [medium] "the list from `first_` to `last_` grows without limit"
    else
      first_ = ticket;
    last_ = ticket;
    drawn_.notify_one();
  }

private:
  struct Ticket {
    std::string what;
    Ticket *after;
  };
  void work() {
    for (;;) {
      std::unique_lock<std::mutex> lock(mutex_);
      drawn_.wait(lock, [this] { return first_ != nullptr; });
      Ticket *ticket = first_;
      first_ = ticket->after;
      if (!first_)
        last_ = nullptr;
      lock.unlock();
      run(ticket->what);
      delete ticket;
    }
  }
  Ticket *first_ = nullptr, *last_ = nullptr;
  std::mutex mutex_;
  std::condition_variable drawn_;
  std::thread clerk_;
};

/// In the style of C: globals, and whoever takes takes all.
struct Parcel {
  Parcel *next;
  const char *label;
};
static Parcel *firstParcel, *lastParcel;
static pthread_mutex_t parcelMutex = PTHREAD_MUTEX_INITIALIZER;
void hang(Parcel *parcel) {
  parcel->next = nullptr;
  if (firstParcel == nullptr) {
    firstParcel = lastParcel = parcel;
  } else {
    lastParcel->next = parcel; // expect: opex-unbounded-queue
    lastParcel = lastParcel->next;
  }
}
void accept(Parcel *parcel) {
  pthread_mutex_lock(&parcelMutex);
  hang(parcel);
  pthread_mutex_unlock(&parcelMutex);
}
void *carryParcels(void *) {
  for (;;) {
    pthread_mutex_lock(&parcelMutex);
    Parcel *all = firstParcel;
    firstParcel = lastParcel = nullptr;
    pthread_mutex_unlock(&parcelMutex);
    for (; all != nullptr; all = all->next)
      run(all->label);
  }
}

/// A node that is always there; those who own the next are smart pointers.
class Notices {
public:
  Notices() : head_(std::make_unique<Notice>()), tail_(head_.get()) {}
  void pin(const std::string &text) {
    auto notice = std::make_unique<Notice>();
    notice->text = text;
    std::lock_guard<std::mutex> lock(mutex_);
    tail_->next = std::move(notice); // expect: opex-unbounded-queue
    tail_ = tail_->next.get();
  }
  bool take(std::string &text) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (head_.get() == tail_)
      return false;
    head_ = std::move(head_->next);
    text = head_->text;
    return true;
  }

private:
  struct Notice {
    std::string text;
    std::unique_ptr<Notice> next;
  };
  std::mutex mutex_;
  std::unique_ptr<Notice> head_;
  Notice *tail_;
};

struct Order {
  Order *next = nullptr;
  std::string what;
};

/// The same with a limit, by who adds and by who calls that.
class Orders {
public:
  bool add(Order *order) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (waiting_ >= 100)
      return false;
    if (last_)
      last_->next = order;
    else
      first_ = order;
    last_ = order;
    ++waiting_;
    return true;
  }
  void addIfFew(Order *order) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (few_ < kFew)
      append(order);
  }
  void work() {
    for (;;) {
      std::lock_guard<std::mutex> lock(mutex_);
      if (Order *order = first_) {
        first_ = order->next;
        --waiting_;
        run(order->what);
      }
      if (Order *order = firstOfFew_) {
        firstOfFew_ = order->next;
        --few_;
        run(order->what);
      }
    }
  }

private:
  static constexpr int kFew = 10;
  void append(Order *order) {
    if (lastOfFew_)
      lastOfFew_->next = order;
    else
      firstOfFew_ = order;
    lastOfFew_ = order;
    ++few_;
  }
  std::mutex mutex_;
  Order *first_ = nullptr, *last_ = nullptr, *firstOfFew_ = nullptr, *lastOfFew_ = nullptr;
  int waiting_ = 0, few_ = 0;
};

/// Nodes that go round between two lists; and one that only one thread has.
class Blanks {
public:
  Order *take() {
    std::lock_guard<std::mutex> lock(mutex_);
    Order *order = free_;
    if (order)
      free_ = order->next;
    return order;
  }
  void send(const std::string &what) {
    Order *order = take();
    if (!order)
      return;
    order->what = what;
    std::lock_guard<std::mutex> lock(mutex_);
    if (last_)
      last_->next = order;
    else
      first_ = order;
    last_ = order;
  }
  void work() {
    for (;;) {
      std::lock_guard<std::mutex> lock(mutex_);
      if (Order *order = first_) {
        first_ = order->next;
        run(order->what);
        order->next = free_;
        free_ = order;
      }
    }
  }
  void note(Order *order) {
    if (lastOwn_)
      lastOwn_->next = order;
    else
      firstOwn_ = order;
    lastOwn_ = order;
  }
  void runOwn() {
    for (; firstOwn_; firstOwn_ = firstOwn_->next)
      run(firstOwn_->what);
  }

private:
  std::mutex mutex_;
  Order *free_ = nullptr, *first_ = nullptr, *last_ = nullptr, *firstOwn_ = nullptr, *lastOwn_ = nullptr;
};

void onLinked(Tickets &tickets, Notices &notices, Orders &orders, Blanks &blanks, Parcel *parcel, Order *order, const std::string &text) {
  tickets.draw(text);
  accept(parcel);
  notices.pin(text);
  orders.add(order);
  orders.addIfFew(order);
  blanks.send(text);
  blanks.note(order);
  blanks.runOwn();
}
int main() {
  static Notices notices;
  static Orders orders;
  static Blanks blanks;
  pthread_t carrier;
  pthread_create(&carrier, nullptr, carryParcels, nullptr);
  std::thread([] {
    for (std::string text;;)
      if (notices.take(text))
        run(text);
  }).detach();
  std::thread([] { orders.work(); }).detach();
  std::thread([] { blanks.work(); }).detach();
}
