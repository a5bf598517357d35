#include "rules/work_reader.h"

namespace opex::rules {
// Not in an unnamed namespace: the templates of reader.h find these by argument.

static void read(Reader &in, const YamlNode &node, QueueCall::Does &out) {
  readWord<QueueCall::Does>(in, node, "what a call does to a queue",
                            {{"push", QueueCall::Push},
                             {"pop", QueueCall::Pop},
                             {"erase", QueueCall::Erase},
                             {"clear", QueueCall::Clear},
                             {"size", QueueCall::Size},
                             {"empty", QueueCall::Empty}},
                            out);
}

static void read(Reader &in, const YamlNode &node, Lock::Does &out) {
  readWord<Lock::Does>(in, node, "what a call does to a lock",
                       {{"hold", Lock::Hold},
                        {"unlock", Lock::Unlock},
                        {"wait", Lock::Wait},
                        {"wake", Lock::Wake},
                        {"acquire", Lock::Acquire},
                        {"release", Lock::Release},
                        {"make", Lock::Make}},
                       out);
}

static void read(Reader &in, const YamlNode &node, Guard::Kind &out) {
  readWord<Guard::Kind>(in, node, "kind of guard",
                        {{"limiter", Guard::Limiter},
                         {"breaker", Guard::Breaker},
                         {"retry-budget", Guard::RetryBudget},
                         {"single-flight", Guard::SingleFlight}},
                        out);
}

static void read(Reader &in, const YamlNode &node, Store::Access &out) {
  readWord<Store::Access>(in, node, "access",
                          {{"read", Store::Read},
                           {"write", Store::Write},
                           {"both", Store::Both}},
                          out);
}

static void read(Reader &in, const YamlNode &node, QueueCall &row) {
  row.queue.kind = Place::This;
  Keys keys(in, node, "queue call");
  readRow(keys, row);
  keys.optional("queue", row.queue);
  keys.required("does", row.does);
  keys.optional("bounded", row.isBounded);
}

static void read(Reader &in, const YamlNode &node, Queue &row) {
  row.origin = originOf(in, node);
  Keys keys(in, node, "queue");
  keys.required("id", row.id);
  readRows(keys, "calls", row.calls);
  if (row.calls.empty())
    keys.missing("calls");
  keys.optional("container", row.isContainer);
  keys.optional("bounded", row.isBounded);
  keys.optional("bounded-types", row.boundedTypes);
  keys.optional("bounds", row.bounds);
  keys.optional("says", row.defaultText);
  keys.optional("advice", row.advice);
}

static void read(Reader &in, const YamlNode &node, Lock &row) {
  row.lock.kind = Place::This;
  Keys keys(in, node, "lock");
  readRow(keys, row);
  keys.optional("lock", row.lock);
  keys.required("does", row.does);
  readConditions(keys, "unless", row.unless);
  if (keys.find("permits"))
    keys.optional("permits", row.permits.emplace());
  keys.optional("may-fail", row.mayFail);
}

static void read(Reader &in, const YamlNode &node, Retry &row) {
  Keys keys(in, node, "retry");
  readRow(keys, row);
  keys.optional("work", row.work);
  keys.optional("subject", row.subject);
  keys.optional("setting", row.setting);
  if (keys.find("value"))
    readAmount(keys, row.amount.emplace());
  unsigned count = 0;
  if (keys.optional("count", count))
    row.count = count;
  keys.optional("extra", row.countsExtra);
  keys.optional("pauses", row.pauses);
  readConditions(keys, "when", row.when);
  keys.optional("says", row.says);
}

static void read(Reader &in, const YamlNode &node, Pause &row) {
  Keys keys(in, node, "pause");
  readRow(keys, row);
  if (keys.find("value"))
    readAmount(keys, row.amount.emplace());
}

static void read(Reader &in, const YamlNode &node, Guard &row) {
  Keys keys(in, node, "guard");
  readRow(keys, row);
  keys.optional("work", row.work);
  keys.required("kind", row.kind);
}

static void read(Reader &in, const YamlNode &node, Lever &row) {
  Keys keys(in, node, "lever");
  readRow(keys, row);
}

static void read(Reader &in, const YamlNode &node, Iteration &row) {
  Keys keys(in, node, "iteration");
  readRow(keys, row);
  keys.required("work", row.work);
}

static void read(Reader &in, const YamlNode &node, Cache &row) {
  row.origin = originOf(in, node);
  Keys keys(in, node, "cache");
  keys.required("id", row.id);
  keys.required("types", row.types);
  keys.optional("bounded", row.isBounded);
  keys.optional("bounds", row.bounds);
  keys.optional("says", row.defaultText);
  keys.optional("advice", row.advice);
}

static void read(Reader &in, const YamlNode &node, Store &row) {
  row.result.kind = Place::Return;
  Keys keys(in, node, "store");
  readRow(keys, row);
  keys.required("access", row.access);
  keys.optional("container", row.isContainer);
  keys.optional("embedded", row.isEmbedded);
  if (!keys.optional("kind", row.kind) && !row.isContainer)
    keys.missing("kind");
  keys.optional("result", row.result);
  keys.optional("key", row.key);
  readConditions(keys, "when", row.when);
}

void readWork(Keys &keys, Pack &pack) {
  readRows(keys, "queues", pack.queues);
  readRows(keys, "locks", pack.locks);
  readRows(keys, "retries", pack.retries);
  readRows(keys, "pauses", pack.pauses);
  readRows(keys, "guards", pack.guards);
  readRows(keys, "levers", pack.levers);
  readRows(keys, "iterations", pack.iterations);
  readRows(keys, "caches", pack.caches);
  readRows(keys, "stores", pack.stores);
}

} // namespace opex::rules
