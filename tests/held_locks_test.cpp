// Which locks are held at a call: by guards and by hand, given back in between, taken by helpers, held by callers.
#include "analysis/execution/held_locks.h"
#include "tests/check_run.h"

#include "gmock/gmock.h"

#include <map>

namespace opex {
namespace {

const char *const kBefore = R"cpp(
#include <condition_variable>
#include <functional>
#include <mutex>
#include <pthread.h>
#include <shared_mutex>
#include <thread>
void probe();
struct Guard { explicit Guard(std::mutex &m) : lock_(m) {} std::unique_lock<std::mutex> lock_; };
struct ByHand {
  explicit ByHand(std::mutex &m) : mutex_(m) { mutex_.lock(); }
  ~ByHand() { mutex_.unlock(); }
  std::mutex &mutex_;
};
/// A lock class, in the style of C.
class Bolt {
public:
  Bolt() { pthread_mutex_init(&inner_, nullptr); }
  int close() { return pthread_mutex_lock(&inner_); }
  void open() { pthread_mutex_unlock(&inner_); }

private:
  friend class Bell;
  pthread_mutex_t inner_;
};
/// A condition that is made for somebody's lock.
class Bell {
public:
  explicit Bell(Bolt &bolt) : inner_(&bolt.inner_) {}
  void await() { pthread_cond_wait(&cond_, inner_); }

private:
  pthread_cond_t cond_;
  pthread_mutex_t *inner_;
};
class Key {
public:
  explicit Key(Bolt *bolt) : bolt_(bolt) { if (bolt_) bolt_->close(); }
  ~Key() { leave(); }
  void leave() { if (bolt_) { bolt_->open(); bolt_ = nullptr; } }

private:
  Bolt *bolt_;
};
/// Gives back while it lives.
class Pause {
public:
  explicit Pause(std::mutex &mutex) : mutex_(mutex) { mutex_.unlock(); }
  ~Pause() { mutex_.lock(); }

private:
  std::mutex &mutex_;
};
struct Store {
  Bolt left_, right_;
  Bell bell_{left_};
  std::mutex mutex_, other_;
  std::shared_mutex shared_;
  pthread_mutex_t plain_;
  std::condition_variable ready_;
  bool isReady_ = false;
  std::unique_lock<std::mutex> take() { std::unique_lock<std::mutex> lock(mutex_); return lock; }
  std::unique_lock<std::mutex> takeAtOnce() { return std::unique_lock<std::mutex>(mutex_); }
  void enter() { mutex_.lock(); }
  int count() { std::lock_guard lock(mutex_); return isReady_; }
  void leave() { mutex_.unlock(); }
  void deep3() { enter(); }
  void deep2() { deep3(); }
  void deep1() { deep2(); }
  void waitFor(std::unique_lock<std::mutex> &lock) { ready_.wait(lock); }
  void f(int n);
};
)cpp";

/// The locks at each call of `probe`, in the order of the source, callers' as well: "mutex_" one, "mutex_<2" two calls up.
std::vector<std::string> heldAtProbes(const std::string &text) {
  const test::Analysed analysed(test::parseSources({{"locks.cpp", kBefore + text}}, {}));
  const HeldLocks &locks = analysed.analysis.get<HeldLocks>();
  std::map<uint32_t, std::string> byOffset;
  for (const LinkedFunction &function : analysed.program.functions)
    for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
      if (function.body->calls[i].name != "probe")
        continue;
      std::string held;
      for (const HeldLock &lock : locks.at({function.position, Index<Call>(i)}))
        held += (held.empty() ? "" : " ") + lock.name + (lock.way.empty() ? "" : "<" + std::to_string(lock.way.size()));
      byOffset[function.body->calls[i].site.offset] = held;
    }
  std::vector<std::string> result;
  for (const auto &[offset, held] : byOffset)
    result.push_back(held);
  return result;
}

std::vector<std::string> inBody(const std::string &statements) { return heldAtProbes("void Store::f(int n) { " + statements + " }"); }

using testing::ElementsAre;

TEST(HeldLocks, OfGuardsInTheirScope) {
  EXPECT_THAT(inBody("{ std::lock_guard lock(mutex_); probe(); } probe();"), ElementsAre("mutex_", ""));
  EXPECT_THAT(inBody("std::scoped_lock lock{mutex_}; if (n) probe();"), ElementsAre("mutex_"));
  EXPECT_THAT(inBody("auto lock = std::lock_guard<std::mutex>(mutex_); probe();"), ElementsAre("mutex_"));
  EXPECT_THAT(inBody("std::shared_lock lock(shared_); std::lock_guard two(mutex_); probe();"), ElementsAre("mutex_ shared_"));
  EXPECT_THAT(inBody("std::lock_guard<std::mutex>{mutex_}; probe();"), ElementsAre(""));
}

TEST(HeldLocks, OfGuardsThatAreUnlocked) {
  EXPECT_THAT(inBody("std::unique_lock lock(mutex_); lock.unlock(); probe(); lock.lock(); probe();"), ElementsAre("", "mutex_"));
  EXPECT_THAT(inBody("std::unique_lock lock(mutex_, std::defer_lock); probe(); lock.lock(); probe();"), ElementsAre("", "mutex_"));
  EXPECT_THAT(inBody("std::unique_lock lock(mutex_, std::try_to_lock); if (!lock) probe();"), ElementsAre(""));
  EXPECT_THAT(inBody("std::unique_lock lock(mutex_); if (n) lock.unlock(); probe();"), ElementsAre(""));
  EXPECT_THAT(inBody("std::unique_lock lock(mutex_); if (n) { lock.unlock(); probe(); return; } probe();"), ElementsAre("", "mutex_"));
  EXPECT_THAT(inBody("std::unique_lock lock(mutex_); while (n--) { probe(); lock.unlock(); }"), ElementsAre(""));
  EXPECT_THAT(inBody("std::unique_lock lock(mutex_); auto theirs = std::move(lock); probe();"), ElementsAre("mutex_"));
  EXPECT_THAT(inBody("std::unique_lock lock(mutex_); { auto theirs = std::move(lock); } probe();"), ElementsAre(""));
}

TEST(HeldLocks, OfLocksTakenByHand) {
  EXPECT_THAT(inBody("mutex_.lock(); probe(); mutex_.unlock(); probe();"), ElementsAre("mutex_", ""));
  EXPECT_THAT(inBody("pthread_mutex_lock(&plain_); probe(); pthread_mutex_unlock(&plain_); probe();"), ElementsAre("plain_", ""));
  EXPECT_THAT(inBody("if (n) mutex_.lock(); probe();"), ElementsAre(""));
  EXPECT_THAT(inBody("mutex_.lock(); std::lock_guard lock(mutex_, std::adopt_lock); probe();"), ElementsAre("mutex_"));
  EXPECT_THAT(inBody("mutex_.lock(); if (n) goto out; probe(); out: mutex_.unlock(); probe();"), ElementsAre("mutex_", ""));
  EXPECT_THAT(inBody("mutex_.lock(); try { probe(); mutex_.unlock(); probe(); } catch (...) { probe(); }"), ElementsAre("mutex_", "", ""));
  EXPECT_THAT(inBody("switch (n) { case 1: mutex_.lock(); probe(); mutex_.unlock(); break; default: probe(); }"), ElementsAre("mutex_", ""));
}

TEST(HeldLocks, OfWhatHelpersLeaveHeld) {
  EXPECT_THAT(inBody("auto lock = take(); probe();"), ElementsAre("mutex_"));
  EXPECT_THAT(inBody("{ auto lock = takeAtOnce(); probe(); lock.unlock(); probe(); } probe();"), ElementsAre("mutex_", "", ""));
  EXPECT_THAT(inBody("take(); probe();"), ElementsAre(""));
  EXPECT_THAT(inBody("deep1(); probe(); leave(); probe();"), ElementsAre("mutex_", ""));
  EXPECT_THAT(inBody("{ Guard guard(mutex_); probe(); } probe();"), ElementsAre("mutex_", ""));
  EXPECT_THAT(inBody("{ ByHand guard(mutex_); probe(); } probe();"), ElementsAre("mutex_", ""));
}

TEST(HeldLocks, OfObjectsOfALockClass) {
  EXPECT_THAT(inBody("left_.close(); probe(); right_.close(); probe(); left_.open(); probe();"), ElementsAre("left_", "left_ right_", "right_"));
  EXPECT_THAT(inBody("{ Key key(&right_); probe(); } probe();"), ElementsAre("right_", ""));
  EXPECT_THAT(inBody("Key key(&right_); key.leave(); probe();"), ElementsAre(""));
  EXPECT_THAT(inBody("Bolt mine; mine.close(); probe();"), ElementsAre("mine"));
}

TEST(HeldLocks, NotWhereTheAttemptHasFailed) {
  EXPECT_THAT(inBody("if (pthread_mutex_lock(&plain_)) { probe(); return; } probe();"), ElementsAre("", "plain_"));
  EXPECT_THAT(inBody("int e; if ((e = pthread_mutex_lock(&plain_)) != 0) probe(); probe();"), ElementsAre("", "plain_"));
  EXPECT_THAT(inBody("int e = pthread_mutex_lock(&plain_); if (e == 0) probe(); else probe();"), ElementsAre("plain_", ""));
  EXPECT_THAT(inBody("if (left_.close() != 0) { probe(); return; } probe();"), ElementsAre("", "left_"));
  EXPECT_THAT(inBody("int e = pthread_mutex_lock(&plain_); if (e) return; e = n; if (e) probe();"), ElementsAre("plain_"));
}

TEST(HeldLocks, OnAFlag) {
  const auto with = [](const std::string &call) {
    return heldAtProbes("void work(Store &s, bool lock) { if (lock) s.mutex_.lock(); probe(); if (lock) s.mutex_.unlock(); probe(); }"
                        "void Store::f(int n) { " + call + " }");
  };
  EXPECT_THAT(with("work(*this, true); work(*this, false);"), ElementsAre("mutex_", ""));
  EXPECT_THAT(with("work(*this, false);"), ElementsAre("", ""));
  EXPECT_THAT(with("work(*this, n > 1);"), ElementsAre("", ""));
  EXPECT_THAT(heldAtProbes("void work(Store &s, bool lock = true) { if (lock) s.mutex_.lock(); if (!lock) probe(); else probe(); }"
                           "void Store::f(int) { work(*this); }"),
              ElementsAre("", "mutex_"));
  EXPECT_THAT(heldAtProbes("void work(Store &s, bool lock) { s.mutex_.lock(); if (lock) s.mutex_.unlock(); probe(); }"
                           "void Store::f(int) { work(*this, false); }"),
              ElementsAre(""));
}

TEST(HeldLocks, NotWhileAnInverseGuardLives) {
  EXPECT_THAT(inBody("std::lock_guard lock(mutex_); { Pause pause(mutex_); probe(); } probe();"), ElementsAre("", "mutex_"));
  EXPECT_THAT(inBody("std::lock_guard lock(mutex_); std::lock_guard two(other_); if (n) { const Pause pause(mutex_); probe(); }"),
              ElementsAre("other_"));
  EXPECT_THAT(heldAtProbes("void deep() { probe(); } void relax(std::mutex &m) { { Pause pause(m); deep(); } probe(); }"
                           "void Store::f(int) { std::lock_guard lock(mutex_); relax(mutex_); probe(); }"),
              ElementsAre("", "mutex_<1", "mutex_"));
}

TEST(HeldLocks, NotWhileAConditionOfAnObjectWaits) {
  const test::Analysed analysed(test::parseSources({{"locks.cpp", std::string(kBefore) + R"cpp(
void Store::f(int) { left_.close(); bell_.await(); left_.open(); right_.close(); left_.close(); bell_.await(); }
)cpp"}}, {}));
  const HeldLocks &locks = analysed.analysis.get<HeldLocks>();
  for (const LinkedFunction &function : analysed.program.functions)
    for (uint32_t i = 0; i < function.body->calls.size(); ++i)
      if (function.body->calls[i].name == "pthread_cond_wait") {
        std::vector<std::string> held;
        for (const HeldLock &lock : locks.at({function.position, Index<Call>(i)}))
          held.push_back(lock.name);
        EXPECT_THAT(held, ElementsAre("right_"));
      }
}

TEST(HeldLocks, NotWhileAWaitGivesThemBack) {
  EXPECT_THAT(inBody("std::unique_lock lock(mutex_); ready_.wait(lock); probe();"), ElementsAre("mutex_"));
  const test::Analysed analysed(test::parseSources({{"locks.cpp", std::string(kBefore) + R"cpp(
void Store::f(int) { std::unique_lock lock(mutex_); ready_.wait(lock); std::lock_guard second(other_); waitFor(lock); }
)cpp"}}, {}));
  const HeldLocks &locks = analysed.analysis.get<HeldLocks>();
  for (const LinkedFunction &function : analysed.program.functions)
    for (uint32_t i = 0; i < function.body->calls.size(); ++i)
      if (function.body->calls[i].name == "std::condition_variable::wait") {
        std::vector<std::string> held;
        for (const HeldLock &lock : locks.at({function.position, Index<Call>(i)}))
          held.push_back(lock.name);
        if (function.body->name == "Store::f")
          EXPECT_THAT(held, testing::IsEmpty());
        else
          EXPECT_THAT(held, ElementsAre("other_"));
      }
}

TEST(HeldLocks, ByCallersHoweverFarUp) {
  const char *const chain = R"cpp(
void g1() { probe(); }
void g2() { g1(); }
void g3() { g2(); }
void g4() { g3(); }
void g5() { g4(); }
void Store::f(int n) {)cpp";
  auto with = [&](const char *statements) { return heldAtProbes(std::string(chain) + statements + " }"); };
  EXPECT_THAT(with("std::lock_guard lock(mutex_); g5();"), ElementsAre("mutex_<5"));
  EXPECT_THAT(with("std::lock_guard lock(mutex_); g5(); std::lock_guard two(other_); g2();"), ElementsAre("mutex_<2 other_<2"));
  EXPECT_THAT(with("{ std::lock_guard lock(mutex_); } g5();"), ElementsAre(""));
  EXPECT_THAT(with("std::lock_guard lock(mutex_); std::thread([] { g5(); }).detach();"), ElementsAre(""));
  EXPECT_THAT(with("std::lock_guard lock(mutex_); auto run = [] { g5(); }; run();"), ElementsAre("mutex_<6"));
}

TEST(HeldLocks, NotWhatACalleeGivesBackForItsCaller) {
  EXPECT_THAT(heldAtProbes(R"cpp(
void rest() { probe(); }
void backOff(std::unique_lock<std::mutex> &lock) { lock.unlock(); rest(); lock.lock(); }
void Store::f(int) { std::unique_lock lock(mutex_); backOff(lock); probe(); }
)cpp"),
              ElementsAre("", "mutex_"));
  EXPECT_THAT(heldAtProbes(R"cpp(
void rest() { probe(); }
void backOff(std::unique_lock<std::mutex> &lock) { rest(); }
void Store::f(int) { std::unique_lock lock(mutex_); backOff(lock); }
)cpp"),
              ElementsAre("mutex_<2"));
}

TEST(HeldLocks, InCirclesOfCalls) {
  EXPECT_THAT(heldAtProbes(R"cpp(
void odd(int n);
void even(int n) { if (n) odd(n - 1); probe(); }
void odd(int n) { if (n) even(n - 1); probe(); }
void Store::f(int n) { std::lock_guard lock(mutex_); even(n); }
)cpp"),
              ElementsAre("mutex_<1", "mutex_<2"));
}

} // namespace
} // namespace opex
