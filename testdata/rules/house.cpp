// An invented house's own client, queue, logger and retry helper, known by the pack below, which somebody wrote who
// had docs/rules.md and these headers and nothing else. The libraries are declared only: nobody sees into them.

// --- house/rpc.h
#pragma once
#include <chrono>
#include <functional>
#include <string>

namespace house::rpc {

struct Options {
  std::chrono::milliseconds timeout{0}; // 0: waits for ever
};

class Channel {
public:
  explicit Channel(std::string target, Options options = {});
  void setTimeout(int milliseconds); // 0: waits for ever
};

struct Reply {
  bool ok() const;
  std::string text;
};

Reply call(Channel &channel, const std::string &request);
Reply callWithin(Channel &channel, const std::string &request, int milliseconds);
void serve(const std::string &method, std::function<Reply(const std::string &)> handler);

} // namespace house::rpc

// --- house/parts.h
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace house {

// Handed from thread to thread. Grows as long as limitTo was not called; then push refuses.
template <class T> class Mailbox {
public:
  bool push(T item);
  T take();
  void limitTo(unsigned long count);
};

// Tries again, `times` in all, with a pause in between, until `work` returns true.
bool again(int times, std::function<bool()> work);

// Gives up waiting for `work` after the time; false then.
bool within(std::chrono::milliseconds time, std::function<bool()> work);

// Remembers the channel's target for the trace, nothing else.
template <class Channel> void tag(Channel &channel, const char *name);

namespace log {
void line(int level, const std::string &text); // 0 debug, 1 info, 2 warning, 3 error
enum Level { Debug, Info, Warning, Error };
} // namespace log

} // namespace house

#define HOUSE_SAY(text) ::house::log::line(::house::log::Info, text)

// --- house.yaml
pack: {name: house, library: house, version: 1, headers: ["house/*"]}
subjects:
- id: house-channel
  types: ["house::rpc::Channel", "house::rpc::Options"]
  settings:
    timeout: {default: none, says: "house rpc waits for ever by default"}
- id: house-mailbox
  types: ["house::Mailbox"]
  settings:
    capacity: {default: none, says: "a Mailbox grows until limitTo is called"}
setters:
- {field: "house::rpc::Options::timeout", sets: timeout, unit: chrono, infinite: 0}
- {method: "house::rpc::Channel::setTimeout", subject: this, sets: timeout, value: arg0, unit: ms, infinite: 0}
- {method: "house::Mailbox::limitTo", subject: this, sets: capacity, value: arg0, unit: count}
holders:
- {constructor: "house::rpc::Channel", holder: this, held: arg1}
borrowers:
- {function: "house::tag", subject: arg0}
calls:
- {function: "house::rpc::call", kind: rpc, subject: arg0, phases: {request: [timeout]},
   says: "house rpc waits for ever by default", advice: "call setTimeout on the channel, or use callWithin"}
- {function: "house::rpc::callWithin", kind: rpc, phases: {request: [{value: arg2, unit: ms, infinite: 0}]},
   says: "0 waits for ever", advice: "pass a time above 0"}
- {method: "house::Mailbox::take", kind: local-wait, idle: true, phases: {wait: []}}
deadlines:
- {function: "house::within", work: arg1, value: arg0, unit: chrono}
retries:
- {function: "house::again", work: arg1, value: arg0, unit: count, pauses: true}
queues:
- id: house-mailbox-queue
  calls:
  - {method: "house::Mailbox::push", does: push}
  - {method: "house::Mailbox::take", does: pop}
  bounds: capacity
  says: "a Mailbox grows until limitTo is called"
  advice: "call limitTo"
loggers:
- {function: "house::log::line", level-from: arg0, levels: {"house::log::Debug": debug, "house::log::Info": info, "house::log::Warning": warning, "house::log::Error": error, 0: debug, 1: info, 2: warning, 3: error}}
- {macro: HOUSE_SAY, level: info}
entry-points:
- {function: "house::rpc::serve", handler: arg1, kind: rpc}

// --- service.cpp
#include "house/parts.h"
#include "house/rpc.h"
#include <thread>
#include <vector>

using namespace std::chrono_literals;

// A client: missing-timeout.
house::rpc::Reply priceOf(const std::string &item) {
  house::rpc::Channel channel("prices");
  return house::rpc::call(channel, item); // expect: opex-missing-timeout
}

house::rpc::Reply tagged(const std::string &item) {
  house::rpc::Channel channel("prices");
  house::tag(channel, "prices");
  return house::rpc::call(channel, item); // expect: opex-missing-timeout
}

house::rpc::Reply forEver(const std::string &item) {
  house::rpc::Channel channel("prices");
  return house::rpc::callWithin(channel, item, 0); // expect: opex-missing-timeout
}

house::rpc::Reply patient(const std::string &item) {
  house::rpc::Channel channel("prices");
  channel.setTimeout(500);
  return house::rpc::call(channel, item);
}

house::rpc::Reply configured(const std::string &item) {
  house::rpc::Options options;
  options.timeout = 500ms;
  house::rpc::Channel channel("prices", options);
  return house::rpc::call(channel, item);
}

house::rpc::Reply braced(const std::string &item) {
  house::rpc::Channel channel("prices", {.timeout = 500ms});
  return house::rpc::call(channel, item);
}

house::rpc::Reply bracedBefore(const std::string &item) {
  const house::rpc::Options options{500ms};
  auto channel = std::make_unique<house::rpc::Channel>("prices", options);
  return house::rpc::call(*channel, item);
}

house::rpc::Reply emptyBraces(const std::string &item) {
  house::rpc::Channel channel("prices", {});
  return house::rpc::call(channel, item); // expect: opex-missing-timeout
}

bool fetchStock() {
  house::rpc::Channel channel("stock");
  return house::rpc::call(channel, "all").ok(); // expect: opex-missing-timeout
}

bool sometimesLimited(bool isPatient) {
  return isPatient ? fetchStock() : house::within(2s, fetchStock);
}

bool limitedFromOutside(const std::string &item) {
  house::rpc::Channel channel("prices");
  return house::within(2s, [&] { return house::rpc::call(channel, item).ok(); });
}

// A queue: unbounded-queue.
class Mailroom {
public:
  void start() {
    reader_ = std::thread([this] {
      for (;;)
        send(letters_.take());
    });
  }
  void post(std::string letter) {
    letters_.push(std::move(letter)); // expect: opex-unbounded-queue
  }

private:
  void send(const std::string &letter);
  house::Mailbox<std::string> letters_;
  std::thread reader_;
};

class SmallMailroom {
public:
  SmallMailroom() { letters_.limitTo(100); }
  void start() {
    reader_ = std::thread([this] {
      for (;;)
        send(letters_.take());
    });
  }
  bool post(std::string letter) { return letters_.push(std::move(letter)); }

private:
  void send(const std::string &letter);
  house::Mailbox<std::string> letters_;
  std::thread reader_;
};

// A logger: log-in-loop.
void ship(const std::vector<std::string> &parcels) {
  for (const std::string &parcel : parcels)
    HOUSE_SAY("shipped " + parcel); // expect: opex-log-in-loop
}

void shipAll(const std::vector<std::string> &parcels) {
  for (const std::string &parcel : parcels)
    house::log::line(house::log::Info, "shipped " + parcel); // expect: opex-log-in-loop
}

void shipQuietly(const std::vector<std::string> &parcels) {
  for (const std::string &parcel : parcels)
    house::log::line(house::log::Debug, "shipped " + parcel);
  HOUSE_SAY("shipped " + std::to_string(parcels.size()));
}

// A retry helper: nested-retry.
bool reserve(const std::string &item) {
  return house::again(3, [&] {
    house::rpc::Channel channel("stock");
    channel.setTimeout(200);
    return house::rpc::call(channel, item).ok();
  });
}

bool order(const std::vector<std::string> &items) {
  return house::again(3, [&] { // expect: opex-nested-retry
    for (const std::string &item : items)
      if (!reserve(item))
        return false;
    return true;
  });
}

int main() {
  house::rpc::serve("price", [](const std::string &item) { return priceOf(item); });
}
