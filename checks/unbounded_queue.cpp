#include "analysis/body/identity.h"
#include "analysis/lists/linked_queues.h"
#include "analysis/queues/queues.h"
#include "model/make_check.h"

#include "llvm/ADT/STLExtras.h"

namespace opex::checks {
namespace {

std::string functionAt(const Program &program, CallRef ref) { return program.functions[ref.function].body->name.str(); }

std::string messageOf(const Program &program, const QueueUse &queue) {
  std::string message = "`" + queue.name + "` grows without limit";
  if (queue.bound.state == BoundState::Partly)
    message += " on some paths";
  message += ": `" + functionAt(program, *queue.grows) + "` adds to it";
  if (queue.onRequestPath)
    message += " on a request path";
  if (!queue.taker.empty())
    message += ", `" + queue.taker + "` takes from it";
  return message + ", and " + queue.bound.reason;
}

Finding findingOf(const Program &program, const QueueUse &queue) {
  Finding finding = findingAt(program, *queue.grows, queue.name);
  finding.statement = (*program.functions[queue.grows->function].body)[queue.grows->call].name.str();
  finding.message = messageOf(program, queue);
  finding.advice = queue.advice;
  finding.rows = {queue.rule};
  weaken(finding, queue.bound.confidence, queue.doubt);
  finding.chain = queue.bound.evidence;
  if (!queue.declared.path.empty())
    finding.related.push_back({queue.declared, "`" + queue.name + "` is declared here"});
  for (const ChainStep &other : queue.bound.others)
    finding.related.push_back({other.where, other.message});
  return finding;
}

/// One of several objects of a queue class, made without the limit that others are made with: the fault of its maker.
Finding findingOf(const Program &program, const QueueUse &queue, const QueueInstance &instance) {
  Finding finding = findingOf(program, queue);
  Location push = finding.where;
  finding.where = instance.where;
  finding.subject = instance.name;
  finding.message = "`" + (instance.name.empty() ? queue.name : instance.name) + "` grows without limit: `" +
                    functionAt(program, *queue.grows) + "` adds to its `" + queue.name + "`, and " + queue.bound.reason;
  if (instance.made) {
    const LinkedFunction &maker = program.functions[instance.made->function];
    finding.functionId = functionIdOf(maker);
    finding.statement = callText(program, maker, instance.made->call);
  }
  finding.related.push_back({push, "added to here"});
  return finding;
}

/// What adds to a queue, which is where users look; or an object that is made without a limit.
struct Push {
  const QueueUse *queue = nullptr;
  CallRef call;
  const QueueInstance *instance = nullptr;
  const LinkedQueue *list = nullptr; ///< Then it is that, and no other queue.
};

/// A list that is linked by hand.
Finding findingOf(const Program &program, const LinkedQueue &list) {
  const LinkedFunction &pusher = program.functions[list.push.function], &taker = program.functions[list.take.function];
  const Assign &link = pusher.body->assigns[list.push.assign.value];
  auto nameOf = [&](EntityId member) {
    const Declaration *declaration = program.declaration(member);
    return declaration ? unqualified(declaration->name).str() : std::string();
  };
  Finding finding;
  finding.where = program.location(pusher, link.site);
  finding.subject = nameOf(list.head);
  finding.functionId = functionIdOf(pusher);
  finding.statement = nameOf(list.tail) + " " + nameOf(list.next);
  finding.message = "the list from `" + nameOf(list.head) + "` to `" + nameOf(list.tail) + "` grows without limit: `" + pusher.body->name.str() +
                    "` adds to it, `" + taker.body->name.str() + "` takes from it, and nothing refuses when it is long";
  finding.advice = "count its nodes: refuse, drop the oldest or wait when there are too many";
  weaken(finding, Confidence::Medium,
         list.runsApart ? "what holds it back may be out of sight" : "that the one who takes runs beside the one who adds is likely, not proven");
  finding.chain.push_back({finding.where, "a node is hung behind `" + nameOf(list.tail) + "` here", false, true});
  finding.chain.push_back({program.location(taker, taker.body->assigns[list.take.assign.value].site), "`" + taker.body->name.str() + "` takes from it"});
  return finding;
}

bool growsAt(const QueueUse &queue, CallRef call) { return isMissing(queue.bound.state) && queue.grows == call; }

std::vector<Push> pushes(const Inputs<Queues, LinkedQueues> &in) {
  std::vector<Push> pushes;
  for (const QueueUse &queue : in.get<Queues>().queues) {
    for (CallRef call : queue.pushes)
      pushes.push_back({&queue, call});
    for (const QueueInstance &instance : queue.unlimited)
      pushes.push_back({&queue, *queue.grows, &instance});
  }
  for (const LinkedQueue &list : in.get<LinkedQueues>().unbounded)
    pushes.push_back({nullptr, {}, nullptr, &list});
  return pushes;
}

Judgement judge(const Inputs<Queues, LinkedQueues> &in, const Push &push) {
  const Program &program = in.program();
  if (push.list)
    return findingOf(program, *push.list);
  const QueueUse &queue = *push.queue;
  if (push.instance)
    return findingOf(program, queue, *push.instance);
  if (growsAt(queue, push.call) && queue.unlimited.empty())
    return findingOf(program, queue);
  Rejection rejection{locationOf(program, push.call), "queue `" + queue.name + "`", queue.bound.reason, queue.bound.evidence};
  if (isMissing(queue.bound.state) && queue.grows) {
    Location reported = locationOf(program, *queue.grows);
    rejection.reason = "a queue is one finding, at " + reported.path + ":" + std::to_string(reported.line) + ", where it grows most";
    rejection.evidence.clear();
  }
  return rejection;
}

const char *const kHelp = R"md(
## What it finds

A queue of work between threads that takes everything: some functions add to it, others, on another thread, take from
it, and on some way to the push nothing looks at how full it is. What counts is the use, not the type: a plain
`std::deque` or `std::vector` behind a mutex is a queue where one function pushes and another takes out, a class of a
library (`tbb::concurrent_queue`) always is, and an executor has one inside.

A push is held back by a comparison of the size that leaves, waits or drops, in the same function, in another method of
the queue, or in all of its callers; by a condition variable or semaphore that waits for room; by a bounded type, a
capacity given to the constructor or set afterwards. A limit that is 0 where 0 means "none" is no limit.

## Why it hurts in production

A queue without a limit hides an overload until it is too late. As long as work comes in faster than it is done, memory
grows and every item waits longer. Soon the service works only on requests that everybody has given up on, and in the
end the process is killed and everything in the queue is lost. A full queue that refuses tells callers at once, while
they can still do something about it.

## Example

```cpp
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>

class Mailer {
public:
  void send(std::string mail) {
    std::lock_guard lock(mutex_);
    mails_.push_back(std::move(mail));
    filled_.notify_one();
  }

  std::string next() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !mails_.empty(); });
    std::string mail = std::move(mails_.front());
    mails_.pop_front();
    return mail;
  }

private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<std::string> mails_;
};
```

## Instead

Refuse what does not fit, and let the caller say so. A small queue is enough: what waits longer than its caller is lost
work. Dropping the oldest, or waiting for room with a limit, are bounds as well.

```cpp
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>

class Mailer {
public:
  bool send(std::string mail) {
    std::lock_guard lock(mutex_);
    if (mails_.size() >= kCapacity)
      return false;
    mails_.push_back(std::move(mail));
    filled_.notify_one();
    return true;
  }

  std::string next() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !mails_.empty(); });
    std::string mail = std::move(mails_.front());
    mails_.pop_front();
    return mail;
  }

private:
  static constexpr std::size_t kCapacity = 1000;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<std::string> mails_;
};
```

## Limits

Queues are told apart by the member or variable that holds them, so two objects of one class are one queue. A list that a project
links by hand is a queue where it has a head and a tail that are set in sight, and one lock around adding and taking; rings are
not seen. A limit from configuration counts as one: whether it may be 0 is not
checked. That only a few items can exist, because the producers wait for answers, is seen only where they wait, not where
they go on in a callback that comes with the item. Posts to an executor are left out where they are made once per object
(by constructors and destructors, or by functions named `start`, `close` and the like that pass nothing but the object) or
only call back who asked; that many objects or callers can exist at once is another question. A producer that trims the queue
right after it has added holds it back, whatever it goes by (age, size).
)md";

} // namespace

extern const Check unbounded_queue;
const Check unbounded_queue = makeCheck<NoOptions, pushes, judge>({
    .id = "opex-unbounded-queue",
    .summary = "A queue between threads takes everything and refuses nothing.",
    .severity = Severity::Warning,
    .precision = Confidence::Low,
    .practices = {"SC8", "RE6"},
    .cwe = {770},
    .help = kHelp,
});

} // namespace opex::checks
