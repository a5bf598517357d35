// Servers written by hand: what runs with a connection that was accepted is on the way of a request.
// --- net.h
#include <condition_variable>
#include <mutex>
#include <string>

/// A class for threads of the house's own, in a translation unit of its own.
class Worker {
public:
  virtual ~Worker() = default;
  bool start();

protected:
  virtual void run() = 0;

private:
  static void *enter(void *worker);
  unsigned long thread_ = 0;
};

class Peer {
public:
  explicit Peer(int descriptor) : descriptor_(descriptor) {}
  std::string name() const;
  int descriptor() const { return descriptor_; }

private:
  int descriptor_;
};

class Listener {
public:
  Peer *next();
  bool nextInto(int &descriptor);

private:
  int descriptor_ = -1;
};

/// An answer that another thread gives.
class Answer {
public:
  void give();
  void forRequest() {
    std::unique_lock lock(mutex_);
    given_.wait(lock, [this] { return isGiven_; }); // expect: opex-missing-timeout [medium]
  }
  void forTimer() {
    std::unique_lock lock(mutex_);
    given_.wait(lock, [this] { return isGiven_; });
  }
  void inLine() {
    std::unique_lock lock(mutex_);
    given_.wait(lock, [this] { return isGiven_; }); // expect: opex-missing-timeout [medium]
  }
  void queued() {
    std::unique_lock lock(mutex_);
    given_.wait(lock, [this] { return isGiven_; }); // expect: opex-missing-timeout [medium]
  }
  void ofThread() {
    std::unique_lock lock(mutex_);
    given_.wait(lock, [this] { return isGiven_; }); // expect: opex-missing-timeout [medium]
  }

private:
  std::mutex mutex_;
  std::condition_variable given_;
  bool isGiven_ = false;
};

// --- net.cpp
#include "net.h"

#include <pthread.h>
#include <sys/socket.h>

bool Worker::start() { return pthread_create(&thread_, nullptr, enter, this) == 0; }
void *Worker::enter(void *worker) {
  static_cast<Worker *>(worker)->run();
  return nullptr;
}

Peer *Listener::next() {
  int descriptor = accept(descriptor_, nullptr, nullptr);
  return descriptor < 0 ? nullptr : new Peer(descriptor);
}
bool Listener::nextInto(int &descriptor) {
  descriptor = accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
  return descriptor >= 0;
}
void Answer::give() {
  std::lock_guard lock(mutex_);
  isGiven_ = true;
  given_.notify_all();
}

// --- objects.cpp
// The connection is in an object, which starts itself by what its base has.
#include "net.h"

class Session : public Worker {
public:
  explicit Session(Peer *peer) : peer_(peer) {}

protected:
  void run() override { answer_.forRequest(); }

private:
  Peer *peer_;
  Answer answer_;
};

class Timer : public Worker {
protected:
  void run() override { answer_.forTimer(); }

private:
  Answer answer_;
};

void serve(Listener &listener) {
  (new Timer())->start();
  while (true) {
    Peer *peer = listener.next(); // expect: opex-retry-without-backoff "spins while `accept` fails"
    if (!peer)
      continue;
    Session *session = new Session(peer);
    session->start();
  }
}

// --- plain.cpp
// In line, on a thread, and through a queue.
#include "net.h"

#include <deque>
#include <thread>

Answer first, second, third;

void answerInLine(int descriptor) { first.inLine(); }
void answerOnThread(int descriptor) { second.ofThread(); }
void answerLater(int descriptor) { third.queued(); }

void oneByOne(Listener &listener) {
  int descriptor = -1;
  while (listener.nextInto(descriptor))
    answerInLine(descriptor);
}

void oneThreadEach(Listener &listener) {
  int descriptor = -1;
  while (listener.nextInto(descriptor))
    std::thread(answerOnThread, descriptor).detach();
}

class Pool {
public:
  void feed(Listener &listener) {
    int descriptor = -1;
    while (listener.nextInto(descriptor)) {
      std::unique_lock lock(mutex_);
      if (waiting_.size() < 100)
        waiting_.push_back(descriptor);
    }
  }
  void work() {
    int descriptor = -1;
    {
      std::unique_lock lock(mutex_);
      descriptor = waiting_.front();
      waiting_.pop_front();
    }
    answerLater(descriptor);
  }

private:
  std::mutex mutex_;
  std::deque<int> waiting_;
};
