// Two ways to one result, and what looks like that; on the real headers.
// flags: -I/usr/include/postgresql -I/usr/include/libmongoc-1.0 -I/usr/include/libbson-1.0
// leave out: opex-blocking-under-lock
// --- stores.h
#include <hiredis/hiredis.h>
#include <libpq-fe.h>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

/// Redis behind a class of the project; its commands are limited in time.
class Cache {
public:
  Cache();
  std::optional<std::string> get(const std::string &key);
  bool load(const std::string &key, std::string *into);
  void put(const std::string &key, const std::string &value);

private:
  redisContext *context_;
};

struct Freer {
  void operator()(PGresult *result) const { PQclear(result); }
};
using Rows = std::unique_ptr<PGresult, Freer>;

/// PostgreSQL; the statements have no limit.
class Store {
public:
  Store();
  std::string body(const std::string &id);
  std::vector<std::string> bodies(const std::vector<std::string> &ids);
  void remember(const std::string &id);

private:
  Rows run(const char *statement, const std::string &id);
  PGconn *connection_;
};

/// The replica; its statements are limited.
class Replica {
public:
  Replica();
  std::string body(const std::string &id);

private:
  PGconn *connection_;
};

// --- stores.cpp
#include "stores.h"

Cache::Cache() : context_(redisConnectWithTimeout("cache", 6379, timeval{1, 0})) {
  redisSetTimeout(context_, timeval{0, 50000});
}

std::optional<std::string> Cache::get(const std::string &key) {
  auto *reply = static_cast<redisReply *>(redisCommand(context_, "GET %s", key.c_str()));
  if (!reply || !reply->str)
    return std::nullopt;
  return std::string(reply->str, reply->len);
}

bool Cache::load(const std::string &key, std::string *into) {
  std::optional<std::string> value = get(key);
  if (value)
    *into = *value;
  return value.has_value();
}

void Cache::put(const std::string &key, const std::string &value) {
  redisCommand(context_, "SETEX %s 60 %s", key.c_str(), value.c_str());
}

Store::Store() : connection_(PQconnectdb("host=db connect_timeout=3")) {}

Rows Store::run(const char *statement, const std::string &id) {
  const char *values[] = {id.c_str()};
  return Rows(PQexecParams(connection_, statement, 1, nullptr, values, nullptr, nullptr, 0)); // expect: opex-missing-timeout
}

std::string Store::body(const std::string &id) {
  return PQgetvalue(run("SELECT body FROM product WHERE id = $1", id).get(), 0, 0);
}

std::vector<std::string> Store::bodies(const std::vector<std::string> &ids) {
  std::vector<std::string> all;
  Rows rows = run("SELECT body FROM product WHERE id = ANY ($1)", ids.front());
  for (int i = 0; i < PQntuples(rows.get()); ++i)
    all.push_back(PQgetvalue(rows.get(), i, 0));
  return all;
}

void Store::remember(const std::string &id) { run("INSERT INTO seen VALUES ($1)", id); }

Replica::Replica() : connection_(PQconnectdb("host=db connect_timeout=3 options='-c statement_timeout=900' tcp_user_timeout=2000")) {}

std::string Replica::body(const std::string &id) {
  const char *values[] = {id.c_str()};
  Rows rows(PQexecParams(connection_, "SELECT body FROM product WHERE id = $1", 1, nullptr, values, nullptr, nullptr, 0));
  return PQgetvalue(rows.get(), 0, 0);
}

// --- misses_bad.cpp
#include "stores.h"

std::string earlyReturn(Cache &cache, Store &store, const std::string &id) {
  if (std::optional<std::string> known = cache.get(id))
    return *known;
  std::string body = store.body(id); // expect: opex-bimodal-path [high]
  cache.put(id, body);
  return body;
}

std::string bothArms(Cache &cache, Store &store, const std::string &id) {
  std::string body;
  auto known = cache.get(id);
  if (known.has_value()) {
    body = *known;
  } else {
    body = store.body(id); // expect: opex-bimodal-path
  }
  return body;
}

std::string ternary(Cache &cache, Store &store, const std::string &id) {
  auto known = cache.get(id);
  return known ? *known : store.body(id); // expect: opex-bimodal-path
}

std::string outParameter(Cache &cache, Store &store, const std::string &id) {
  std::string body;
  if (!cache.load(id, &body))
    body = store.body(id); // expect: opex-bimodal-path
  return body;
}

std::string flag(Cache &cache, Store &store, const std::string &id) {
  std::string body;
  bool isCached = false;
  if (auto known = cache.get(id)) {
    body = *known;
    isCached = true;
  }
  if (!isCached) {
    body = store.body(id); // expect: opex-bimodal-path
    cache.put(id, body);
  }
  return body;
}

std::vector<std::string> whatIsMissing(Cache &cache, Store &store, const std::vector<std::string> &ids) {
  std::vector<std::string> found, missing;
  for (const std::string &id : ids) {
    if (auto known = cache.get(id))
      found.push_back(*known);
    else
      missing.push_back(id);
  }
  if (!missing.empty())
    for (const std::string &body : store.bodies(missing)) // expect: opex-bimodal-path
      found.push_back(body);
  return found;
}

std::vector<std::string> tooFew(Cache &cache, Store &store, const std::vector<std::string> &ids) {
  std::vector<std::string> found;
  for (const std::string &id : ids)
    if (auto known = cache.get(id))
      found.push_back(*known);
  size_t have = found.size();
  if (have < ids.size()) {
    std::vector<std::string> rest = store.bodies(ids); // expect: opex-bimodal-path
    found.insert(found.end(), rest.begin(), rest.end());
  }
  return found;
}

/// The replica is limited in time, but nothing holds the misses back.
std::string limitedInTimeOnly(Cache &cache, Replica &replica, const std::string &id) {
  if (auto known = cache.get(id))
    return *known;
  std::string body = replica.body(id); // expect: opex-bimodal-path [medium]
  cache.put(id, body);
  return body;
}

std::string theSecondOperand(Cache &cache, Store &store, const std::string &id) {
  std::string body;
  auto read = [&] {
    body = store.body(id);
    return !body.empty();
  };
  return cache.load(id, &body) || read() ? body : ""; // expect: opex-bimodal-path
}

/// Holds a text, or nothing.
class Maybe {
public:
  explicit Maybe(std::optional<std::string> text) : text_(std::move(text)) {}
  template <class Else> std::string or_else(Else otherwise) const { return text_ ? *text_ : otherwise(); }

private:
  std::optional<std::string> text_;
};
Maybe known(Cache &cache, const std::string &id) { return Maybe(cache.get(id)); }
std::string givenAnAlternative(Cache &cache, Store &store, const std::string &id) {
  return known(cache, id).or_else([&] { return store.body(id); }); // expect: opex-bimodal-path
}

// --- c_bad.cpp
#include <cstdlib>
#include <cstring>
#include <libmemcached/memcached.h>
#include <mongoc/mongoc.h>

char *document(memcached_st *cache, mongoc_collection_t *collection, const char *key) {
  size_t size = 0;
  uint32_t flags = 0;
  memcached_return_t code;
  char *found = memcached_get(cache, key, strlen(key), &size, &flags, &code);
  if (code == MEMCACHED_NOTFOUND || found == nullptr) {
    bson_t *query = BCON_NEW("_id", BCON_UTF8(key));
    mongoc_cursor_t *cursor = mongoc_collection_find_with_opts(collection, query, nullptr, nullptr); // expect: opex-bimodal-path "reads the database"
    const bson_t *document = nullptr;
    if (mongoc_cursor_next(cursor, &document))
      found = bson_as_json(document, &size);
    mongoc_cursor_destroy(cursor);
    bson_destroy(query);
    if (found)
      memcached_set(cache, key, strlen(key), found, size, 60, 0);
  }
  return found;
}

// --- process_bad.cpp
#include "stores.h"
#include <curl/curl.h>
#include <map>
#include <unordered_map>

class Rates {
public:
  double rate(const std::string &currency) {
    auto known = rates_.find(currency);
    if (known != rates_.end())
      return known->second;
    double fetched = fetch(currency); // expect: opex-bimodal-path "asks another service" advice "let one request per key read while the others wait"
    rates_.emplace(currency, fetched);
    return fetched;
  }

private:
  static double fetch(const std::string &currency) {
    CURL *handle = curl_easy_init();
    curl_easy_setopt(handle, CURLOPT_URL, currency.c_str());
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 500L);
    double result = curl_easy_perform(handle) == CURLE_OK ? 1 : 0;
    curl_easy_cleanup(handle);
    return result;
  }
  std::map<std::string, double> rates_;
};

std::string inAGlobal(Store &store, const std::string &id) {
  static std::unordered_map<std::string, std::string> bodies;
  auto it = bodies.find(id);
  if (it == bodies.end())
    it = bodies.insert({id, store.body(id)}).first; // expect: opex-bimodal-path
  return it->second;
}

/// The map makes an empty place for what is not there.
std::string inASlot(Store &store, const std::string &id) {
  static std::map<std::string, std::string> bodies;
  std::string &body = bodies[id];
  if (body.empty())
    body = store.body(id); // expect: opex-bimodal-path
  return body;
}

/// What is not there is made by whoever asks.
template <class Make> std::string findOrMake(const std::string &id, Make make) {
  static std::map<std::string, std::string> bodies;
  if (auto found = bodies.find(id); found != bodies.end())
    return found->second;
  return bodies[id] = make(id); // expect: opex-bimodal-path
}
std::string madeByALambda(Store &store, const std::string &id) {
  return findOrMake(id, [&](const std::string &missing) { return store.body(missing); });
}

/// A registry behind methods of its own, filled from elsewhere.
class Registry {
public:
  const std::string *look(const std::string &id) const {
    auto found = entries_.find(id);
    return found == entries_.end() ? nullptr : &found->second;
  }
  void keep(const std::string &id, std::string body) { entries_[id] = std::move(body); }

private:
  std::map<std::string, std::string> entries_;
};

class Service {
public:
  std::string body(const std::string &id) {
    if (const std::string *known = registry_.look(id))
      return *known;
    std::string read = store_.body(id); // expect: opex-bimodal-path
    registry_.keep(id, read);
    return read;
  }

private:
  Registry registry_;
  Store store_;
};

// --- failures_bad.cpp
#include "stores.h"
#include <httplib.h>

std::string whenItThrows(Replica &replica, Store &store, const std::string &id) {
  try {
    return replica.body(id);
  } catch (const std::exception &) {
    // The replica is down or behind: the primary has everything.
    return store.body(id); // expect: opex-bimodal-path "without timeout, limit or single flight: all of its load goes there at once" advice "bound the way that stands in"
  }
}

std::string whenTheStatusIsBad(httplib::Client &prices, Store &store, const std::string &id) {
  prices.set_read_timeout(1, 0);
  prices.set_write_timeout(1, 0);
  prices.set_connection_timeout(1, 0);
  auto answer = prices.Get("/price/" + id);
  if (answer && answer->status == 200)
    return answer->body;
  return store.body(id); // expect: opex-bimodal-path "fails or finds nothing"
}

class Both {
public:
  std::string body(const std::string &id) {
    try {
      return ask(replica_, id);
    } catch (const std::exception &) {
      return fromPrimary(id); // expect: opex-bimodal-path
    }
  }

private:
  static std::string ask(Replica &replica, const std::string &id) { return replica.body(id); }
  std::string fromPrimary(const std::string &id) { return primary_.body(id); }
  Replica replica_;
  Store primary_;
};

// --- good.cpp
#include "stores.h"
#include <httplib.h>
#include <map>
#include <semaphore>
#include <unordered_map>

/// One at a time per key; shares what it found.
class SingleFlight {
public:
  template <class Work> std::string run(const std::string &, Work work) {
    std::lock_guard lock(mutex_);
    return work();
  }

private:
  std::mutex mutex_;
};

std::string behindASingleFlight(Cache &cache, Replica &replica, SingleFlight &flights, const std::string &id) {
  if (auto known = cache.get(id))
    return *known;
  return flights.run(id, [&] { return replica.body(id); });
}

std::counting_semaphore<8> permits(8);
std::string behindASemaphore(Cache &cache, Replica &replica, const std::string &id) {
  if (auto known = cache.get(id))
    return *known;
  if (!permits.try_acquire_for(std::chrono::milliseconds(100)))
    throw std::runtime_error("busy");
  std::string body = replica.body(id);
  permits.release();
  return body;
}

/// Both are read, whatever the first says.
std::string alwaysBoth(Cache &cache, Store &store, const std::string &id) {
  std::optional<std::string> known = cache.get(id);
  std::string stored = store.body(id);
  return known ? *known : stored;
}

/// The second is asked with what the first gave.
std::string oneAfterTheOther(Cache &sessions, Store &store, const std::string &token) {
  std::optional<std::string> user = sessions.get(token);
  if (!user)
    throw std::runtime_error("not signed in");
  return store.body(*user);
}

std::string onlyOnAHit(Cache &sessions, Store &store, const std::string &token) {
  if (auto user = sessions.get(token))
    return store.body(*user);
  return "";
}

/// A switch, and no result.
std::string switchedOff(Cache &flags, Store &store, const std::string &id) {
  if (flags.get("stop"))
    throw std::runtime_error("closed");
  return store.body(id);
}
bool isOn(Cache &flags, const std::string &name) { return flags.get(name) == "on"; }
std::string switchedOffByAnAnswer(Cache &flags, Store &store, const std::string &id) {
  if (isOn(flags, "stop"))
    return "closed";
  return store.body(id);
}

/// The same again is a retry.
std::string again(Replica &replica, const std::string &id) {
  try {
    return replica.body(id);
  } catch (const std::exception &) {
    // Connections break when the replica is restarted; the second one is fresh.
    return replica.body(id);
  }
}

void writeThrough(Cache &cache, Store &store, const std::string &id, const std::string &body) {
  store.remember(id);
  cache.put(id, body);
}

/// What is not there is noted; nothing else is asked for it.
void noteMisses(Cache &cache, Store &store, const std::string &id) {
  if (!cache.get(id))
    store.remember(id);
}

/// A list of what this request has seen.
std::vector<std::string> eachOnce(Store &store, const std::vector<std::string> &ids) {
  std::map<std::string, bool> seen;
  std::vector<std::string> bodies;
  for (const std::string &id : ids) {
    if (seen.find(id) != seen.end())
      continue;
    seen[id] = true;
    bodies.push_back(store.body(id));
  }
  return bodies;
}

/// Filled at the start, and never by who asks.
class Table {
public:
  void fill(Replica &replica) { names_["x"] = replica.body("x"); }
  std::string name(const std::string &id) const {
    auto found = names_.find(id);
    return found == names_.end() ? "" : found->second;
  }

private:
  std::unordered_map<std::string, std::string> names_;
};

// --- more_good.cpp
#include "stores.h"
#include <curl/curl.h>
#include <httplib.h>
#include <map>

/// Connections are kept; making one asks for nothing.
class Connections {
public:
  redisContext *of(const std::string &host) {
    auto known = contexts_.find(host);
    if (known != contexts_.end())
      return known->second;
    redisContext *made = redisConnectWithTimeout(host.c_str(), 6379, timeval{1, 0});
    contexts_[host] = made;
    return made;
  }

private:
  std::map<std::string, redisContext *> contexts_;
};

void count(const std::string &what) {
  httplib::Client metrics("metrics");
  metrics.set_connection_timeout(1, 0);
  metrics.set_read_timeout(1, 0);
  metrics.set_write_timeout(1, 0);
  metrics.Post("/count", what, "text/plain");
}

/// The failure is counted and goes on to the caller.
std::string countsFailures(Replica &replica, const std::string &id) {
  try {
    return replica.body(id);
  } catch (const std::exception &) {
    count("replica");
    throw;
  }
}

/// What was begun is taken back.
bool takesBack(httplib::Client &payments, const std::string &order) {
  payments.set_connection_timeout(1, 0);
  payments.set_read_timeout(1, 0);
  payments.set_write_timeout(1, 0);
  auto answer = payments.Post("/charge", order, "text/plain");
  if (!answer || answer->status != 200) {
    payments.Post("/refund", order, "text/plain");
    return false;
  }
  return true;
}

/// Misses wait for one another, and the one that reads is limited.
class Serialised {
public:
  std::string body(const std::string &id) {
    std::lock_guard lock(mutex_);
    auto known = bodies_.find(id);
    if (known != bodies_.end())
      return known->second;
    return bodies_[id] = replica_.body(id);
  }

private:
  std::mutex mutex_;
  std::map<std::string, std::string> bodies_;
  Replica replica_;
};

/// Who may not is turned away; that is no answer to what was asked.
struct Reply {
  int code = 0;
  std::string text;
};
Reply turnedAway(Cache &bans, Store &store, const std::string &user) {
  std::optional<std::string> ban = bans.get("ban:" + user);
  if (!ban)
    return {200, store.body(user)};
  return {403, "banned"};
}

/// The old name of a setting, in the same place.
std::string oldName(Cache &settings, const std::string &name) {
  if (auto value = settings.get("new:" + name))
    return *value;
  return settings.get("old:" + name).value_or("");
}

/// Both arms ask the same store.
std::string eitherStatement(Cache &flags, Store &store, const std::string &id) {
  auto shape = flags.get("shape");
  if (shape)
    return store.body(id + *shape);
  return store.body(id);
}

// --- other_maps_bad.cpp
#include "stores.h"
#include <absl/container/flat_hash_map.h>
#include <boost/unordered_map.hpp>

class Bodies {
public:
  std::string body(const std::string &id) {
    if (auto known = bodies_.find(id); known != bodies_.end())
      return known->second;
    std::string read = store_.body(id); // expect: opex-bimodal-path
    bodies_.insert_or_assign(id, read);
    return read;
  }
  std::string other(const std::string &id) {
    if (others_.count(id) == 0)
      others_[id] = store_.body(id); // expect: opex-bimodal-path
    return others_[id];
  }

private:
  absl::flat_hash_map<std::string, std::string> bodies_;
  boost::unordered_map<std::string, std::string> others_;
  Store store_;
};

/// Its insides are somewhere else.
class LruCache {
public:
  static LruCache &instance();
  bool get(const std::string &key, std::string &value);
  void put(const std::string &key, const std::string &value);
};
std::string byName(Store &store, const std::string &id) {
  std::string body;
  if (LruCache::instance().get(id, body))
    return body;
  body = store.body(id); // expect: opex-bimodal-path
  LruCache::instance().put(id, body);
  return body;
}

// --- services_bad.cpp
#include "stores.h"
#include <semaphore>

/// As Thrift generates them: an interface, and a client that implements it over the network.
struct BodiesIf {
  virtual ~BodiesIf() = default;
  virtual void Fetch(std::string &into, const std::string &id) = 0;
};
struct BodiesClient : BodiesIf {
  void Fetch(std::string &into, const std::string &id) override;
};
struct ArchiveIf {
  virtual ~ArchiveIf() = default;
  virtual void Restore(std::string &into, const std::string &id) = 0;
};
struct ArchiveClient : ArchiveIf {
  void Restore(std::string &into, const std::string &id) override;
};

/// One service is asked when the other has nothing.
void oneServiceAfterTheOther(BodiesClient &bodies, ArchiveClient &archive, const std::string &id, std::string &body) {
  bodies.Fetch(body, id);
  if (body.empty())
    archive.Restore(body, id); // expect: opex-bimodal-path
}

/// The cache may be down, too.
std::string whateverTheCacheDoes(Cache &cache, Store &store, const std::string &id) {
  try {
    if (auto known = cache.get(id))
      return *known;
  } catch (const std::exception &) {
    // Redis is only there to make it faster, so its failures are misses.
  }
  return store.body(id); // expect: opex-bimodal-path
}

/// Few at a time, but each for as long as it takes.
std::counting_semaphore<8> few(8);
std::string heldBackOnly(Cache &cache, Store &store, const std::string &id) {
  if (auto known = cache.get(id))
    return *known;
  few.acquire();
  std::string body = store.body(id); // expect: opex-bimodal-path "the way taken when things are bad can wait forever"
  few.release();
  return body;
}

// --- tests_of_kinds_good.cpp
#include "stores.h"
#include <map>
#include <sqlite3.h>

/// Things by their names, filled at the start.
struct Item {
  std::string kind, topic, pattern;
  int state = 0;
};
std::map<std::string, Item> items;

/// What it is decides, not whether it is there.
std::string byKind(Store &store, const std::string &id) {
  Item &item = items[id];
  if (item.kind == "cover")
    return item.topic;
  item.topic = store.body(id);
  return item.topic;
}
std::string byNumber(Store &store, const std::string &id) {
  auto found = items.find(id);
  if (found == items.end())
    return "";
  Item &item = found->second;
  std::string text;
  if (item.state == 2)
    text = item.topic;
  else
    text = store.body(id);
  items[id].topic = text;
  return text;
}

/// Only a failure leaves: what stands behind is asked either way.
bool failsOnTheWay(Store &store, const std::string &id, std::string &text) {
  Item &item = items[id];
  if (!item.pattern.empty()) {
    if (item.pattern.size() > 80) {
      item.topic = "too long";
      return false;
    }
    text = item.pattern;
  }
  item.topic = store.body(id);
  return true;
}

/// Asked behind both, in the same words.
std::string askedAnyway(Store &store, const std::string &id) {
  static std::map<std::string, std::string> bodies;
  auto known = bodies.find(id);
  if (known == bodies.end())
    bodies[id] = store.body(id);
  std::string fresh = store.body(id);
  bodies[id] = fresh;
  return known == bodies.end() ? fresh : known->second;
}

/// What is new is registered; that is no other way to read it.
class Devices {
public:
  void seen(const std::string &id) {
    if (auto known = names_.find(id); known != names_.end()) {
      last_ = known->second;
      return;
    }
    store_.remember(id);
    names_[id] = store_.body(id);
    last_ = names_[id];
  }

private:
  std::map<std::string, std::string> names_;
  std::string last_;
  Store store_;
};

/// A command of another kind, and not what was looked for.
bool send(Store &store, const std::string &id, std::string &last) {
  if (items.find(id) == items.end()) {
    if (id.find("ir:") == 0)
      return !store.body("code").empty();
    return false;
  }
  last = items[id].topic;
  return true;
}

/// A setting by its name.
std::map<std::string, std::string> settings;
std::string bySetting(Store &store, const std::string &id) {
  if (settings.count("body") != 0)
    return settings["body"];
  return settings["body"] = store.body(id);
}

/// A flag that outlives the call tells of other calls, too.
class Counted {
public:
  std::string body(const std::string &id) {
    auto known = bodies_.find(id);
    if (known == bodies_.end())
      ++misses_;
    std::string text = known == bodies_.end() ? "" : known->second;
    if (misses_ < 3)
      return text;
    return bodies_[id] = store_.body(id);
  }

private:
  int misses_ = 0;
  std::map<std::string, std::string> bodies_;
  Store store_;
};

/// Files of this process behind a cache: nobody else's load.
std::string embeddedBehindACache(Cache &cache, sqlite3 *files, const std::string &id) {
  if (auto known = cache.get(id))
    return *known;
  sqlite3_stmt *statement = nullptr;
  sqlite3_prepare_v2(files, "SELECT body FROM product WHERE id = ?", -1, &statement, nullptr);
  std::string body;
  if (sqlite3_step(statement) == SQLITE_ROW)
    body = reinterpret_cast<const char *>(sqlite3_column_text(statement, 0));
  sqlite3_finalize(statement);
  cache.put(id, body);
  return body;
}

// --- embedded_bad.cpp
#include "stores.h"
#include <sqlite3.h>

/// Files of this process in front of a database that others use, too.
std::string embeddedInFront(sqlite3 *files, Store &store, const std::string &id) {
  sqlite3_stmt *statement = nullptr;
  sqlite3_prepare_v2(files, "SELECT body FROM product WHERE id = ?", -1, &statement, nullptr);
  if (sqlite3_step(statement) == SQLITE_ROW)
    return reinterpret_cast<const char *>(sqlite3_column_text(statement, 0));
  return store.body(id); // expect: opex-bimodal-path "every miss at once hits it"
}

/// A hit that may be too old leaves on one of its ways only: with what was found.
std::string freshOnly(Cache &cache, Store &store, const std::string &id) {
  if (std::optional<std::string> known = cache.get(id)) {
    if (known->size() < 64)
      return *known;
  }
  return store.body(id); // expect: opex-bimodal-path
}

/// What was found may be of no use; the answer is in the argument.
bool parse(const std::string &text, std::string &into);
int inTheArgument(Cache &cache, Store &store, const std::string &id, std::string &into) {
  if (std::optional<std::string> known = cache.get(id))
    if (parse(*known, into))
      return 0;
  into = store.body(id); // expect: opex-bimodal-path
  return 0;
}
// --- ways.cpp
// Ways to one result.
#include <curl/curl.h>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

static std::string fetch(const std::string &key) {
  std::string body;
  CURL *easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, key.c_str());
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, 2L);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
  curl_easy_perform(easy);
  curl_easy_cleanup(easy);
  return body;
}
class Pages {
public:
  void withCallback(const std::string &key, const std::function<void(const std::string &)> &done) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      auto found = pages_.find(key);
      if (found != pages_.end()) {
        done(found->second);
        return;
      }
    }
    std::string page = fetch(key); // expect: opex-bimodal-path
    std::lock_guard<std::mutex> lock(mutex_);
    pages_[key] = page;
    done(page);
  }
  bool enlist(const std::string &key) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (pages_.count(key))
        return false;
    }
    std::string page = fetch(key);
    std::lock_guard<std::mutex> lock(mutex_);
    pages_[key] = std::move(page);
    return true;
  }
  std::string oneFlight(const std::string &key) {
    std::unique_lock<std::mutex> lock(mutex_);
    auto found = pages_.find(key);
    if (found != pages_.end())
      return found->second;
    if (flying_.count(key))
      return "";
    flying_.insert(key);
    lock.unlock();
    std::string page = fetch(key);
    lock.lock();
    pages_[key] = page;
    flying_.erase(key);
    return page;
  }

private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::string> pages_;
  std::unordered_set<std::string> flying_;
};
std::string all(Pages &pages, const std::string &key) {
  std::string text;
  pages.withCallback(key, [&](const std::string &page) { text = page; });
  return pages.enlist(key) ? text : pages.oneFlight(key);
}

/// A hit that is getting old is read again as well; the miss is still the rare way.
struct Aged {
  std::string text;
  bool isOld = false;
};
class Tokens {
public:
  std::string token(const std::string &issuer) {
    Aged aged;
    if (isKept(issuer, aged)) {
      if (aged.isOld)
        aged.text = fetch(issuer);
      return aged.text;
    }
    return fetch(issuer); // expect: opex-bimodal-path
  }
  void renew(const std::string &issuer) {
    std::string text = fetch(issuer);
    std::lock_guard<std::mutex> lock(mutex_);
    kept_[issuer] = {text, false};
  }

private:
  bool isKept(const std::string &issuer, Aged &aged) {
    std::lock_guard<std::mutex> lock(mutex_);
    auto found = kept_.find(issuer);
    if (found == kept_.end())
      return false;
    aged = found->second;
    return true;
  }
  std::mutex mutex_;
  std::map<std::string, Aged> kept_;
};
std::string tokenOf(Tokens &tokens, const std::string &issuer) {
  tokens.renew(issuer);
  return tokens.token(issuer);
}
