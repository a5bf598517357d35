// Rows about how work is passed on, done again, slowed down, held back and answered from what is kept:
// queues, retries, pauses, guards, levers, iterations, caches and stores. Part of rules.h.
#pragma once

#include "rules/values.h"

namespace opex::rules {

/// A call on a queue.
struct QueueCall : Row {
  enum Does : uint8_t {
    Push,
    Pop,   ///< Takes one, or all of them.
    Erase, ///< Removes what an argument says: takes it if that is the first, or found by walking.
    Clear, ///< Removes all: takes them if they were looked at before.
    Size,  ///< Looks at how full it is.
    Empty, ///< Looks whether it is empty.
  } does = Push;
  Place queue;            ///< `this` unless said otherwise.
  bool isBounded = false; ///< Of Push: refuses, or waits, when there is no room.
};

/// What hands work from one thread to another: a queue, an executor with one inside, or a container, which is
/// a queue only where several threads share it.
struct Queue {
  std::string id;
  std::vector<QueueCall> calls;
  bool isContainer = false;
  bool isBounded = false; ///< Whatever its arguments: a ring of fixed size.
  std::vector<std::string> boundedTypes; ///< Globs: bounded if a template argument of its type is one of these.
  /// One of these bounds it: settings of the queue as a subject, or an argument of the push itself.
  std::vector<std::string> bounds;
  std::string defaultText; ///< What happens when nothing is set.
  std::string advice;
  Origin origin;
};

/// What threads meet at: a mutex, a condition, a semaphore.
struct Lock : Row {
  enum Does : uint8_t {
    Hold,    ///< Takes the mutex, for this scope or until it is given back.
    Unlock,  ///< Gives the mutex back.
    Wait,    ///< Sleeps until somebody wakes it.
    Wake,    ///< Wakes who waits.
    Acquire, ///< Takes one of a semaphore's permits.
    Release, ///< Gives one back.
    Make,    ///< Makes a semaphore.
  } does = Hold;
  Place lock; ///< `this` unless said otherwise.
  std::vector<ArgumentIs> unless; ///< Of Hold: a guard that does not take it yet, or perhaps not.
  std::optional<Place> permits;   ///< Of Make: how many it starts with.
  bool mayFail = false;           ///< Of Acquire: comes back without one at once if there is none.
};

/// Does work again when it fails: a helper that takes a callable, or a library inside one call. How often is
/// counted in attempts, or in extra tries after the first; an argument wins over a setting, that over `count`.
struct Retry : Row {
  Place work; ///< The callable; none: the call is itself what is repeated.
  Place subject;
  std::string setting;          ///< Of the subject, that says how often.
  std::optional<Amount> amount; ///< The argument that says how often.
  std::optional<int64_t> count; ///< If nothing else says.
  bool countsExtra = false;     ///< The numbers are tries after the first.
  bool pauses = false;          ///< It waits in between.
  std::vector<ArgumentIs> when;
  std::string says;
};

/// Lets time pass: sleeping, arming a timer.
struct Pause : Row {
  std::optional<Amount> amount; ///< How long it holds up its caller; none: that is not told, or it does not.
};

/// Holds work back before it is done.
struct Guard : Row {
  enum Kind : uint8_t {
    Limiter,      ///< So many at a time, or per second.
    Breaker,      ///< None for a while after failures.
    RetryBudget,  ///< Retries only while few of all calls are.
    SingleFlight, ///< One for all who want the same.
  } kind = Limiter;
  Place work; ///< The callable that it holds back; none: what comes after it.
};

/// Asks for a setting that operators change while the service runs.
struct Lever : Row {};

/// Runs its callable once for each of many elements.
struct Iteration : Row {
  Place work;
};

/// A class that keeps what was looked up, in this process.
struct Cache {
  std::string id;
  std::vector<std::string> types;
  bool isBounded = false;          ///< Whatever its arguments.
  std::vector<std::string> bounds; ///< Settings of it as a subject, one of which bounds it.
  std::string defaultText;         ///< What happens when nothing is set.
  std::string advice;
  Origin origin;
};

/// Reads or writes where data is kept.
struct Store : Row {
  enum Access : uint8_t {
    Read,
    Write,
    Both, ///< Reads, and makes what is not there: `map[key]`.
  } access = Read;
  DependencyKind kind = DependencyKind::Cache;
  Place result;             ///< What a read found: `return` unless said otherwise.
  Place key;                ///< What is asked for, if there is one.
  bool isContainer = false; ///< In this process: a cache only where a miss is answered from elsewhere.
  bool isEmbedded = false;  ///< Files of this process: no other host, whose load would be anybody else's.
  std::vector<ArgumentIs> when;
};

} // namespace opex::rules
