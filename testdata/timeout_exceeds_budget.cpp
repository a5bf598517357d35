// Worst-case times below entry points, put together across files, against what the pack says of their answers.
// --- house.yaml
pack: {name: house}
entry-points:
- {method: "httplib::Server::Get", handler: arg1, kind: http, sla: 1 s}
- {function: [shop::order, shop::orderOnce, shop::orderBoth, shop::orderTwice, shop::orderEither, shop::orderByKind,
    shop::orderAll, shop::orderFew, shop::orderAny, shop::orderByName, shop::orderSafely,
    shop::orderThrough, shop::orderThroughOnce, shop::orderVirtually, shop::orderConfigured,
    shop::orderWithPause, shop::orderJoining, shop::orderBehind, shop::orderWithin,
    shop::orderAgain, shop::orderAtOnce, shop::orderAsynchronously, shop::orderLater,
    shop::connectInTurn, shop::connectUntil, shop::connectByThen],
   kind: rpc, sla: 1 s}
- {method: "shop::Handler::handle", kind: rpc, sla: 200 ms}
- {method: "shop::Quiet::handle", kind: rpc}
deadlines:
- {function: house::within, work: arg1, value: arg0, unit: chrono}
// --- house.h
#include <chrono>
#include <functional>

namespace house {
/// Gives up waiting for the work after that time.
bool within(std::chrono::milliseconds limit, const std::function<bool()> &work);
} // namespace house
// --- api.h
#include <curl/curl.h>

#include <chrono>
#include <functional>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace shop {

bool charge(CURL *handle);         ///< 600 ms.
bool reserve(CURL *handle);        ///< 600 ms.
void chargeOrThrow(CURL *handle);  ///< 600 ms.
bool chargeTwice(CURL *handle);    ///< Two attempts, 100 ms in between.
bool configured(CURL *handle, long limit);
bool attempt(int times, const std::function<bool()> &operation);

class Handler {
public:
  virtual ~Handler() = default;
  virtual bool handle(CURL *handle) = 0;
};

class Quiet {
public:
  virtual ~Quiet() = default;
  virtual bool handle(CURL *handle) = 0;
};

class Payment {
public:
  virtual ~Payment() = default;
  virtual bool pay(CURL *handle) = 0;
};

} // namespace shop
// --- api.cpp
#include "api.h"

namespace shop {

static bool perform(CURL *handle) { return curl_easy_perform(handle) == CURLE_OK; }

bool charge(CURL *handle) {
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 600L);
  return perform(handle);
}
bool reserve(CURL *handle) {
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 600L);
  return perform(handle);
}
void chargeOrThrow(CURL *handle) {
  if (!charge(handle))
    throw std::runtime_error("not charged");
}
bool chargeTwice(CURL *handle) {
  for (int i = 0; i < 2; ++i) {
    if (charge(handle))
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}
bool configured(CURL *handle, long limit) {
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, limit);
  return curl_easy_perform(handle) == CURLE_OK;
}
bool attempt(int times, const std::function<bool()> &operation) {
  for (int i = 0; i < times; ++i)
    if (operation())
      return true;
  return false;
}

} // namespace shop
// --- bad.cpp
#include "api.h"
#include "house.h"

#include <httplib.h>

namespace shop {

bool order(CURL *handle) { return reserve(handle) && charge(handle); } // expect: opex-timeout-exceeds-budget [high] "can take 1.2 s (2 × 600 ms) when what it calls is slow, but is to answer within 1 s" advice "give the calls below it limits that together fit"

bool orderTwice(CURL *handle) { return chargeTwice(handle); } // expect: opex-timeout-exceeds-budget [high]

// A fallback comes after all the time that the first way takes.
bool orderSafely(CURL *handle) { // expect: opex-timeout-exceeds-budget [high]
  try {
    chargeOrThrow(handle);
    return true;
  } catch (const std::runtime_error &) {
    return reserve(handle);
  }
}

// Whatever the number is, one round is too long.
bool orderFew(CURL *handle, const std::vector<std::string> &items) { // expect: opex-timeout-exceeds-budget [high] "and more (`items` × 2 × 600 ms)"
  for (const std::string &item : items) {
    curl_easy_setopt(handle, CURLOPT_URL, item.c_str());
    if (!reserve(handle) || !charge(handle))
      return false;
  }
  return true;
}

bool orderThrough(CURL *handle) { // expect: opex-timeout-exceeds-budget [high]
  return attempt(2, [&] { return charge(handle); }); // expect: opex-retry-without-backoff
}

struct Card : Payment {
  bool pay(CURL *handle) override { return chargeTwice(handle); }
};

// It may be something else than a card.
bool orderVirtually(CURL *handle, Payment &payment) { return payment.pay(handle); } // expect: opex-timeout-exceeds-budget [medium]

bool orderWithPause(CURL *handle) { // expect: opex-timeout-exceeds-budget [high]
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  return charge(handle);
}

// What was started has to be waited for, one after the other.
bool orderJoining(CURL *one, CURL *other) { // expect: opex-timeout-exceeds-budget [high]
  bool isReserved = std::async(std::launch::async, [&] { return reserve(one); }).get();
  return isReserved && std::async(std::launch::async, [&] { return charge(other); }).get();
}

// The second part waits for nobody in its turn.
bool orderBehind(CURL *one, CURL *other) { // expect: opex-timeout-exceeds-budget [high]
  auto charged = std::async(std::launch::async, [&] { return chargeTwice(one); });
  bool isReserved = reserve(other);
  return charged.get() && isReserved;
}

struct Fast : Handler {
  bool handle(CURL *handle) override { return charge(handle); } // expect: opex-timeout-exceeds-budget [high]
};

void install(httplib::Server &server, CURL *handle) {
  server.Get("/order", [handle](const httplib::Request &, httplib::Response &answer) { // expect: opex-timeout-exceeds-budget [high] "a handler in `install`"
    answer.status = chargeTwice(handle) ? 200 : 503;
  });
}

// The call goes on after the deadline around it.
bool orderWithin(CURL *handle) {
  return house::within(std::chrono::milliseconds(300), [handle] {
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 900L);
    return curl_easy_perform(handle) == CURLE_OK; // expect: opex-timeout-exceeds-budget [high] "waits up to 900 ms, but" advice "a limit that is shorter than the deadline"
  });
}

// A jump back does the same as a loop.
bool orderAgain(CURL *handle) { // expect: opex-timeout-exceeds-budget [high]
  int attempts = 0;
again: // expect: opex-retry-without-backoff
  if (charge(handle))
    return true;
  if (++attempts < 2)
    goto again;
  return false;
}

} // namespace shop
// --- good.cpp
#include "api.h"
#include "house.h"

namespace shop {

bool orderOnce(CURL *handle) { return charge(handle); }

// At the same time.
bool orderBoth(CURL *one, CURL *other) {
  auto reserved = std::async(std::launch::async, [&] { return reserve(one); });
  auto charged = std::async(std::launch::async, [&] { return charge(other); });
  return reserved.get() && charged.get();
}
bool orderAtOnce(CURL *one, CURL *other) {
  std::thread work([&] { reserve(one); });
  bool isCharged = charge(other);
  work.join();
  return isCharged;
}

// One or the other.
bool orderEither(CURL *handle, bool isPaid) {
  if (isPaid)
    return reserve(handle);
  return charge(handle);
}
bool orderByKind(CURL *handle, int kind) {
  switch (kind) {
  case 0: return reserve(handle);
  case 1: charge(handle); break;
  default: reserve(handle);
  }
  return true;
}
bool orderByName(CURL *handle, const std::string &name) {
  bool isDone = false;
  if (name.empty())
    isDone = charge(handle);
  else if (name == "later")
    isDone = reserve(handle);
  else
    isDone = charge(handle);
  return isDone;
}

// Nobody knows how many there are.
bool orderAll(CURL *handle, const std::vector<std::string> &items) {
  for (const std::string &item : items) {
    curl_easy_setopt(handle, CURLOPT_URL, item.c_str());
    if (!charge(handle))
      return false;
  }
  return true;
}

// The first that works ends it, and so does the last.
bool orderAny(CURL *handle) {
  for (int i = 0; i < 5; ++i) {
    if (i == 4)
      return charge(handle);
    return reserve(handle);
  }
  return false;
}

bool orderThroughOnce(CURL *handle) {
  return attempt(1, [&] { return charge(handle); });
}

bool orderConfigured(CURL *handle, long limit) { return configured(handle, limit) && configured(handle, limit) && charge(handle); }

// Without an answer to be in time for.
struct Idle : Quiet {
  bool handle(CURL *handle) override { return chargeTwice(handle); }
};

// Nobody waits for it.
void orderLater(CURL *handle) {
  std::thread([handle] { chargeTwice(handle); }).detach();
}

bool orderAsynchronously(CURLM *all, CURL *one, CURL *other) {
  for (CURL *handle : {one, other}) {
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 900L);
    curl_multi_add_handle(all, handle);
  }
  return true;
}

} // namespace shop
// --- channels.cpp
#include <chrono>
#include <grpcpp/grpcpp.h>

namespace shop {

using Clock = std::chrono::system_clock;

bool connectInTurn(grpc::Channel &one, grpc::Channel &other) { // expect: opex-timeout-exceeds-budget [high]
  return one.WaitForConnected(Clock::now() + std::chrono::milliseconds(800)) &&
         other.WaitForConnected(Clock::now() + std::chrono::milliseconds(800));
}

// One deadline for both.
bool connectUntil(grpc::Channel &one, grpc::Channel &other) {
  const Clock::time_point end = Clock::now() + std::chrono::milliseconds(800);
  return one.WaitForConnected(end) && other.WaitForConnected(end);
}

// Somebody else's deadline.
static bool connectBy(grpc::Channel &channel, Clock::time_point end) { return channel.WaitForConnected(end); }
bool connectByThen(grpc::Channel &one, grpc::Channel &other) {
  const Clock::time_point end = Clock::now() + std::chrono::milliseconds(800);
  return connectBy(one, end) && connectBy(other, end);
}

} // namespace shop
