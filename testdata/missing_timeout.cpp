// Calls that nothing limits in time, and their look-alikes that something does; on the real headers.
// flags: -I/usr/include/postgresql
// --- http.h
#include <curl/curl.h>
#include <memory>
#include <string>

struct Limits {
  long totalMs = 800;
};

void addHeaders(CURL *handle);
void limit(CURL *handle, const Limits &limits);
CURL *makeLimited();
CURL *makePlain();

/// A base class that owns the handle.
class Endpoint {
protected:
  explicit Endpoint(long timeoutMs);
  CURL *handle_;
};

// --- http.cpp
#include "http.h"

void addHeaders(CURL *handle) { curl_easy_setopt(handle, CURLOPT_USERAGENT, "test"); }
void limit(CURL *handle, const Limits &limits) { curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, limits.totalMs); }
CURL *makeLimited() {
  CURL *handle = curl_easy_init();
  limit(handle, Limits());
  return handle;
}
CURL *makePlain() { return curl_easy_init(); }
Endpoint::Endpoint(long timeoutMs) : handle_(curl_easy_init()) {
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, timeoutMs);
}

// --- curl_bad.cpp
#include "http.h"

CURLcode plain() {
  CURL *handle = curl_easy_init();
  return curl_easy_perform(handle); // expect: opex-missing-timeout [high] "libcurl's default is no limit" advice "set CURLOPT_TIMEOUT_MS on the handle"
}

CURLcode helperSetsSomethingElse() {
  CURL *handle = curl_easy_init();
  addHeaders(handle);
  return curl_easy_perform(handle); // expect: opex-missing-timeout
}

CURLcode onlyTheConnection() {
  CURL *handle = curl_easy_init();
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, 200L);
  return curl_easy_perform(handle); // expect: opex-missing-timeout
}

CURLcode zeroMeansNone() {
  CURL *handle = curl_easy_init();
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, 0L);
  return curl_easy_perform(handle); // expect: opex-missing-timeout "is 0, which means no limit"
}

CURLcode tooLate() {
  CURL *handle = curl_easy_init();
  CURLcode code = curl_easy_perform(handle); // expect: opex-missing-timeout "is set only after the call"
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 500L);
  return code;
}

CURLcode onOnePathOnly(bool isSlow) {
  CURL *handle = curl_easy_init();
  if (isSlow)
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 500L);
  return curl_easy_perform(handle); // expect: opex-missing-timeout [medium] "is set on some paths only"
}

CURLcode resetTakesItBack() {
  CURL *handle = curl_easy_init();
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 500L);
  curl_easy_reset(handle);
  return curl_easy_perform(handle); // expect: opex-missing-timeout
}

CURLcode halfOfThePair() {
  CURL *handle = curl_easy_init();
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, 10L);
  return curl_easy_perform(handle); // expect: opex-missing-timeout
}

CURLcode factoryWithoutLimit() {
  CURL *handle = makePlain();
  return curl_easy_perform(handle); // expect: opex-missing-timeout
}

class Member {
public:
  Member() : handle_(curl_easy_init(), curl_easy_cleanup) {}
  CURLcode fetch() {
    return curl_easy_perform(handle_.get()); // expect: opex-missing-timeout
  }

private:
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle_;
};

CURLcode perform(CURL *handle, long timeoutMs) {
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, timeoutMs);
  return curl_easy_perform(handle); // expect: opex-missing-timeout
}
CURLcode callerAsksForNoLimit() { return perform(curl_easy_init(), 0); }

// --- curl_good.cpp
#include "http.h"

CURLcode direct() {
  CURL *handle = curl_easy_init();
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 500L);
  return curl_easy_perform(handle);
}

CURLcode helperOfAnotherFile() {
  CURL *handle = curl_easy_init();
  limit(handle, Limits());
  return curl_easy_perform(handle);
}

CURLcode factoryOfAnotherFile() { return curl_easy_perform(makeLimited()); }

class Rates : Endpoint {
public:
  Rates() : Endpoint(400) {}
  CURLcode fetch() { return curl_easy_perform(handle_); }
};

CURLcode stalledTransferEnds() {
  CURL *handle = curl_easy_init();
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, 10L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  return curl_easy_perform(handle);
}

int abortWhenCancelled(void *cancelled, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return *static_cast<bool *>(cancelled);
}
CURLcode progressCallbackAborts() {
  CURL *handle = curl_easy_init();
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, abortWhenCancelled);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  return curl_easy_perform(handle);
}

CURLcode bothArms(bool isSlow) {
  CURL *handle = curl_easy_init();
  if (isSlow)
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 5000L);
  else
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 500L);
  return curl_easy_perform(handle);
}

CURLcode otherArmLeaves(bool isReady) {
  CURL *handle = curl_easy_init();
  if (isReady)
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 500L);
  else
    return CURLE_FAILED_INIT;
  return curl_easy_perform(handle);
}

CURLcode configured(long fromConfiguration) {
  CURL *handle = curl_easy_init();
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, fromConfiguration);
  return curl_easy_perform(handle);
}

CURLcode givenByACallerWeDoNotSee(CURL *handle) { return curl_easy_perform(handle); }

void elsewhere(CURL *handle);
CURLcode handedOutOfSight() {
  CURL *handle = curl_easy_init();
  elsewhere(handle);
  return curl_easy_perform(handle);
}

class Lazy {
public:
  CURLcode fetch() {
    if (!handle_) {
      handle_ = curl_easy_init();
      curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, 500L);
    }
    return curl_easy_perform(handle_);
  }

private:
  CURL *handle_ = nullptr;
};

// --- redis.cpp
#include <hiredis/hiredis.h>

void commandsHaveNone() {
  redisContext *context = redisConnectWithTimeout("cache", 6379, timeval{1, 0});
  redisCommand(context, "GET key"); // expect: opex-missing-timeout
}

void oneFaultOfOneFunction() {
  redisContext *context = redisConnect("cache", 6379);
  redisCommand(context, "GET key"); // expect: opex-missing-timeout
  redisCommand(context, "GET other");
}

void limited() {
  redisContext *context = redisConnect("cache", 6379);
  timeval limit = {1, 0};
  redisSetTimeout(context, limit);
  redisCommand(context, "GET key");
}

void zeroSeconds() {
  redisContext *context = redisConnect("cache", 6379);
  timeval limit = {0, 0};
  redisSetTimeout(context, limit);
  redisCommand(context, "GET key"); // expect: opex-missing-timeout
}

/// One connection without a limit is one fault, wherever it waits: the first function by name speaks for the others.
class Shelf {
public:
  explicit Shelf(const char *host) : connection_(redisConnect(host, 6379)) {}
  void *look(const char *key) { return redisCommand(connection_, "GET %s", key); }
  void *put(const char *key) { return redisCommand(connection_, "SET %s 1", key); }
  void *drop(const char *key);

private:
  redisContext *connection_;
};
void *Shelf::drop(const char *key) { return redisCommand(connection_, "DEL %s", key); } // expect: opex-missing-timeout

/// Two connections are two.
void *ask(redisContext *context) { return redisCommand(context, "PING"); } // expect: opex-missing-timeout
void *askOne(const char *host) { return ask(redisConnect(host, 6379)); }
void *askAnother(const char *host) {
  redisContext *context = redisConnect(host, 6380);
  return redisCommand(context, "PING"); // expect: opex-missing-timeout
}

// --- postgres.cpp
#include <libpq-fe.h>
#include <string>

void onlyConnecting() {
  PGconn *connection = PQconnectdb("host=db connect_timeout=3");
  PQexec(connection, "SELECT 1"); // expect: opex-missing-timeout "neither libpq nor the server limits a statement by default" advice "statement_timeout"
}

void limitedInTheText(const std::string &host) {
  std::string text = "host=" + host + " connect_timeout=3 tcp_user_timeout=2000 options='-c statement_timeout=900'";
  PGconn *connection = PQconnectdb(text.c_str());
  PQexec(connection, "SELECT 1");
}

// --- sockets.cpp
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

long blockingRead(char *buffer, size_t size) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  return recv(fd, buffer, size, 0); // expect: opex-missing-timeout
}

long limitedRead(char *buffer, size_t size) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  timeval limit = {2, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return recv(fd, buffer, size, 0);
}

long nonBlockingRead(char *buffer, size_t size) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  return recv(fd, buffer, size, 0);
}

long flagOfTheCall(char *buffer, size_t size) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  return recv(fd, buffer, size, MSG_DONTWAIT);
}

int waitFor(int fd, int limitMs) {
  pollfd waited = {};
  waited.fd = fd;
  waited.events = POLLIN;
  return poll(&waited, 1, limitMs);
}
long readWhenReadyByBraces(char *buffer, size_t size) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  pollfd waited = {fd, POLLIN, 0};
  return poll(&waited, 1, 250) > 0 ? recv(fd, buffer, size, 0) : -1;
}
long readWhenReady(char *buffer, size_t size) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  return waitFor(fd, 250) > 0 ? recv(fd, buffer, size, 0) : -1;
}

bool setNonBlocking(int fd) {
  int flags = fcntl(fd, F_GETFL, 0);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
    return false;
  return true;
}
long madeNonBlocking(char *buffer, size_t size) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  return setNonBlocking(fd) ? recv(fd, buffer, size, 0) : -1;
}

int makeSocket() { return socket(AF_INET, SOCK_STREAM, 0); }
long madeAndConfiguredInOneArm(char *buffer, size_t size, int given) {
  int fd = given;
  if (fd < 0) {
    fd = makeSocket();
    setNonBlocking(fd);
  }
  return recv(fd, buffer, size, 0);
}

int shell() {
  return system("convert in.png out.png"); // expect: opex-missing-timeout [medium]
}

// --- waits.cpp
#include <condition_variable>
#include <future>
#include <httplib.h>
#include <mutex>

int compute();
std::promise<int> answers;
std::mutex mutex;
std::condition_variable ready;
bool isReady = false;

void serve(httplib::Server &server) {
  server.Get("/promised", [](const httplib::Request &, httplib::Response &response) {
    response.status = answers.get_future().get(); // expect: opex-missing-timeout
  });
  server.Get("/computed", [](const httplib::Request &, httplib::Response &response) {
    std::future<int> computed = std::async(std::launch::async, [] { return compute(); });
    response.status = computed.get();
  });
  server.Get("/waited", [](const httplib::Request &, httplib::Response &) {
    std::unique_lock lock(mutex);
    ready.wait(lock, [] { return isReady; }); // expect: opex-missing-timeout
  });
  server.Get("/limited", [](const httplib::Request &, httplib::Response &) {
    std::unique_lock lock(mutex);
    ready.wait_for(lock, std::chrono::seconds(1), [] { return isReady; });
  });
}

void workerWaitsForWork() {
  std::unique_lock lock(mutex);
  ready.wait(lock, [] { return isReady; });
}

// --- asio.cpp
#include <boost/asio.hpp>
#include <boost/beast.hpp>

namespace asio = boost::asio;
namespace beast = boost::beast;

std::string line(asio::io_context &io, const asio::ip::tcp::endpoint &server) {
  asio::ip::tcp::socket socket(io);
  socket.connect(server);
  std::string text;
  asio::read_until(socket, asio::dynamic_buffer(text), '\n'); // expect: opex-missing-timeout
  return text;
}

size_t onlyWhatIsThere(asio::io_context &io, const asio::ip::tcp::endpoint &server, char *buffer, size_t size) {
  asio::ip::tcp::socket socket(io);
  socket.connect(server);
  socket.non_blocking(true);
  return socket.read_some(asio::buffer(buffer, size));
}

std::string page(asio::io_context &io, const asio::ip::tcp::endpoint &server) {
  beast::tcp_stream stream(io);
  stream.expires_after(std::chrono::seconds(2)); // Of asynchronous calls.
  stream.connect(server);
  beast::http::request<beast::http::empty_body> request(beast::http::verb::get, "/", 11);
  beast::http::write(stream, request);
  beast::flat_buffer buffer;
  beast::http::response<beast::http::string_body> response;
  beast::http::read(stream, buffer, response); // expect: opex-missing-timeout "expires_after does not bound synchronous calls"
  return response.body();
}

/// Asynchronous, with a limit for each step.
class Page : public std::enable_shared_from_this<Page> {
public:
  explicit Page(asio::io_context &io) : stream_(io) {}
  void fetch(const asio::ip::tcp::endpoint &server) {
    stream_.expires_after(std::chrono::seconds(2));
    stream_.async_connect(server, [self = shared_from_this()](beast::error_code error) {
      if (!error)
        self->read();
    });
  }

private:
  void read() {
    beast::http::async_read(stream_, buffer_, response_, [self = shared_from_this()](beast::error_code, size_t) {});
  }
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  beast::http::response<beast::http::string_body> response_;
};

// --- guarded.cpp
#include <curl/curl.h>

CURLcode fetch(const char *url, long seconds) {
  CURL *handle = curl_easy_init();
  curl_easy_setopt(handle, CURLOPT_URL, url);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, 90L);
  if (seconds != -1 && seconds != 0)
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, seconds);
  return curl_easy_perform(handle);
}

CURLcode fetchPositive(const char *url, long seconds) {
  if (seconds <= 0)
    return CURLE_BAD_FUNCTION_ARGUMENT;
  CURL *handle = curl_easy_init();
  curl_easy_setopt(handle, CURLOPT_URL, url);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, seconds);
  return curl_easy_perform(handle);
}

CURLcode fetchAsTold(const char *url, long seconds) {
  CURL *handle = curl_easy_init();
  curl_easy_setopt(handle, CURLOPT_URL, url);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, 90L);
  if (seconds != -1)
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, seconds);
  return curl_easy_perform(handle); // expect: opex-missing-timeout [medium]
}

void askWithAndWithout() {
  fetch("http://stock/", 0);
  fetch("http://stock/", -1);
  fetchPositive("http://stock/", 0);
  fetchPositive("http://stock/", 5);
  fetchAsTold("http://stock/", 0);
  fetchAsTold("http://stock/", 3);
}

/// Its limit is never 0, although its users ask for that.
class Shelf {
public:
  void setLimit(long seconds) {
    if (seconds > 0)
      limit_ = seconds;
  }
  void setOwnLimit(long seconds) {
    if (seconds == 0)
      setLimit(kDefault);
    else
      limit_ = seconds;
  }
  CURLcode ask(CURL *handle) {
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, limit_);
    return curl_easy_perform(handle);
  }

private:
  static constexpr long kDefault = 7;
  long limit_ = 90;
};

void useShelf() {
  Shelf shelf;
  shelf.setLimit(0);
  shelf.setOwnLimit(0);
  shelf.ask(curl_easy_init());
}

// --- descriptors.cpp
#include <netinet/in.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio.hpp>
#include <curl/curl.h>

#include <algorithm>
#include <iostream>
#include <thread>

void wakeUp(const sockaddr_in &broadcast) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sendto(fd, "up", 2, 0, reinterpret_cast<const sockaddr *>(&broadcast), sizeof broadcast);
  close(fd);
}

ssize_t askByDatagram(const sockaddr_in &server, char *buffer) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  sendto(fd, "?", 1, 0, reinterpret_cast<const sockaddr *>(&server), sizeof server);
  ssize_t got = recv(fd, buffer, 1, 0); // expect: opex-missing-timeout [high]
  close(fd);
  return got;
}

ssize_t selectsFirst(const sockaddr_in &server, char *buffer) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  connect(fd, reinterpret_cast<const sockaddr *>(&server), sizeof server);
  fd_set readable;
  FD_ZERO(&readable);
  FD_SET(fd, &readable);
  timeval limit{1, 0};
  if (select(fd + 1, &readable, nullptr, nullptr, &limit) <= 0)
    return -1;
  return recv(fd, buffer, 1, 0);
}

void onlyWrites(const sockaddr_in &server) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  connect(fd, reinterpret_cast<const sockaddr *>(&server), sizeof server);
  send(fd, "x", 1, 0); // expect: opex-missing-timeout [medium]
  close(fd);
}

size_t whatIsThere(boost::asio::ip::tcp::socket &peer, char *buffer, size_t size) {
  boost::asio::io_context io;
  boost::asio::ip::tcp::socket socket(io);
  socket.connect(peer.remote_endpoint());
  size_t ready = socket.available();
  return ready == 0 ? 0 : socket.read_some(boost::asio::buffer(buffer, std::min(ready, size)));
}

/// The handle is handed out by a member object, and limited by its owner.
class Handle {
public:
  Handle() : handle_(curl_easy_init()) {}
  CURL *get() const { return handle_; }
  CURLcode perform() { return curl_easy_perform(get()); }

private:
  CURL *handle_;
};

class Meter {
public:
  Meter() { curl_easy_setopt(connection_.get(), CURLOPT_TIMEOUT, 30L); }
  void report() { connection_.perform(); }

private:
  Handle connection_;
};

void readOnThread(CURL *handle) { curl_easy_perform(handle); } // expect: opex-missing-timeout [medium]
void startsThread() {
  std::thread thread(readOnThread, curl_easy_init());
  thread.join();
}

void serveClient(int client, char *buffer) { read(client, buffer, 1); } // expect: opex-missing-timeout [medium]
void acceptsClients(int listener, char *buffer) { std::thread(serveClient, accept(listener, nullptr, nullptr), buffer).detach(); }

/// Printed, and not changed by that.
ssize_t logged(const sockaddr_in &server, char *buffer) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  connect(fd, reinterpret_cast<const sockaddr *>(&server), sizeof server);
  std::cout << "connected as " << fd << " " << std::to_string(fd) << '\n';
  return recv(fd, buffer, 1, 0); // expect: opex-missing-timeout [high]
}

int runsWhatItIsTold(const std::string &hook, const std::string &event) {
  return system((hook + " " + event).c_str()); // expect: opex-missing-timeout [medium] "waits for the command however long it runs"
}

// --- handles.cpp
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/make_shared.hpp>
#include <boost/scoped_ptr.hpp>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <memory>

using boost::asio::ip::tcp;

/// A counted pointer of the project's own, to objects of several classes.
template <typename T> class Ref {
public:
  explicit Ref(T *object) : object_(object) {}
  Ref(const Ref &other) : object_(other.object_) {}
  T *operator->() const { return object_; }
  T &operator*() const { return *object_; }

private:
  T *object_;
};

struct Meter2 {
  void count();
};

std::size_t byOwnPointer(boost::asio::io_context &context, char *to) {
  Ref<tcp::socket> peer(new tcp::socket(context));
  Ref<Meter2> meter(new Meter2);
  meter->count();
  return boost::asio::read(*peer, boost::asio::buffer(to, 4)); // expect: opex-missing-timeout [high]
}

std::size_t byOwnPointerWithoutWaiting(boost::asio::io_context &context, char *to) {
  Ref<tcp::socket> peer(new tcp::socket(context));
  Ref<tcp::socket> same(peer);
  same->non_blocking(true);
  return peer->read_some(boost::asio::buffer(to, 4));
}

/// Filled later.
class Line {
public:
  void open(boost::asio::io_context &context) { wire_.reset(new tcp::socket(context)); }
  std::size_t next(char *to) { return wire_->read_some(boost::asio::buffer(to, 4)); } // expect: opex-missing-timeout

private:
  boost::scoped_ptr<tcp::socket> wire_;
};
std::size_t first(boost::asio::io_context &context, char *to) {
  Line line;
  line.open(context);
  return line.next(to);
}

/// It makes its socket itself, from what it runs on.
struct Secure : boost::asio::ssl::stream<tcp::socket> {
  Secure(boost::asio::io_context &context, boost::asio::ssl::context &keys) : stream(context.get_executor(), keys) {}
};
void greets(boost::asio::io_context &context, boost::asio::ssl::context &keys) {
  Secure secure(context, keys);
  secure.handshake(boost::asio::ssl::stream_base::client); // expect: opex-missing-timeout
}
void greetsWithoutWaiting(boost::asio::io_context &context, boost::asio::ssl::context &keys) {
  Secure secure(context, keys);
  secure.next_layer().non_blocking(true);
  secure.handshake(boost::asio::ssl::stream_base::client);
}

bool dials(SSL_CTX *context) {
  BIO *peer = BIO_new_ssl_connect(context);
  return BIO_do_connect(peer) == 1; // expect: opex-missing-timeout "no `BIO_set_nbio` is set"
}
bool dialsWithoutWaiting(SSL_CTX *context) {
  BIO *peer = BIO_new_ssl_connect(context);
  BIO_set_nbio(peer, 1);
  return BIO_do_connect(peer) == 1;
}
bool inMemory(SSL_CTX *context) {
  SSL *tls = SSL_new(context);
  SSL_set_bio(tls, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  return SSL_do_handshake(tls) == 1;
}

// --- pointers.cpp
#include <curl/curl.h>
#include <dlfcn.h>
#include <grpcpp/grpcpp.h>

struct Ask {};
struct Told {};
namespace depot {
class Stub {
public:
  grpc::Status List(grpc::ClientContext *context, const Ask &ask, Told *told);
  grpc::Status Count(grpc::ClientContext *context, const Ask &ask, Told *told);
};
} // namespace depot

template <typename Call> bool through(depot::Stub *stub, Call call, Told *told) {
  grpc::ClientContext context;
  return (stub->*call)(&context, Ask(), told).ok(); // expect: opex-missing-timeout "no `set_deadline` is set"
}
bool both(depot::Stub *stub, Told *told) { return through(stub, &depot::Stub::List, told) && through(stub, &depot::Stub::Count, told); }

struct Client {
  CURL *(*make)();
  CURLcode (*option)(CURL *, CURLoption, ...);
  CURLcode (*go)(CURL *);
};
static const Client kClient = {curl_easy_init, curl_easy_setopt, curl_easy_perform};
bool byTable() {
  CURL *handle = kClient.make();
  return kClient.go(handle) == CURLE_OK; // expect: opex-missing-timeout
}
bool byTableWithin() {
  CURL *handle = kClient.make();
  kClient.option(handle, CURLOPT_TIMEOUT, 2L);
  return kClient.go(handle) == CURLE_OK;
}

/// Declared nowhere: the text is all that names it.
template <typename Pointer> Pointer find(void *library, const char *name) { return reinterpret_cast<Pointer>(dlsym(library, name)); }
void *loaded(void *library) {
  auto dial = find<void *(*)(const char *)>(library, "PQconnectdb");
  return dial("host=store"); // expect: opex-missing-timeout
}
void *loadedWithin(void *library) {
  auto dial = find<void *(*)(const char *)>(library, "PQconnectdb");
  return dial("host=store connect_timeout=2");
}

// --- answers.cpp
#include <chrono>
#include <condition_variable>
#include <future>
#include <grpcpp/grpcpp.h>
#include <httplib.h>
#include <map>
#include <mutex>
#include <mysql/mysql.h>
#include <string>
#include <sys/socket.h>

/// An interface in front of a client: what its users give it is theirs.
class Sql {
public:
  virtual ~Sql() = default;
  virtual MYSQL *dial(MYSQL *handle) = 0;
};
class RealSql : public Sql {
public:
  MYSQL *dial(MYSQL *handle) override { return mysql_real_connect(handle, "db", "shop", "", "shop", 0, nullptr, 0); }
};
MYSQL *archive(Sql &sql) {
  MYSQL *handle = mysql_init(nullptr);
  return sql.dial(handle); // expect: opex-missing-timeout [medium] "`mysql_real_connect` can wait forever"
}
MYSQL *orders(Sql &sql) {
  MYSQL *handle = mysql_init(nullptr);
  unsigned limit = 2;
  mysql_options(handle, MYSQL_OPT_CONNECT_TIMEOUT, &limit);
  mysql_options(handle, MYSQL_OPT_READ_TIMEOUT, &limit);
  mysql_options(handle, MYSQL_OPT_WRITE_TIMEOUT, &limit);
  return sql.dial(handle);
}
bool dialsBoth() {
  RealSql sql;
  return archive(sql) && orders(sql);
}

/// A turnstile: waiting for it is waiting for a lock.
class Turnstile {
public:
  void enter() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (taken_)
      freed_.wait(lock);
    taken_ = true;
  }
  void leave() {
    std::lock_guard<std::mutex> lock(mutex_);
    taken_ = false;
    freed_.notify_one();
  }

private:
  std::mutex mutex_;
  std::condition_variable freed_;
  bool taken_ = false;
};

/// The same form, but nothing is there at first: it waits for somebody's word.
class Word {
public:
  void await() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!given_)
      told_.wait(lock); // expect: opex-missing-timeout
    given_ = false;
  }
  void give() {
    std::lock_guard<std::mutex> lock(mutex_);
    given_ = true;
    told_.notify_one();
  }

private:
  std::mutex mutex_;
  std::condition_variable told_;
  bool given_ = false;
};
void serves(httplib::Server &server, Turnstile &turnstile, Word &word) {
  server.Get("/", [&](const httplib::Request &, httplib::Response &) {
    turnstile.enter();
    turnstile.leave();
    word.await();
  });
}

/// Answers come over a socket, on another thread.
class Wire {
public:
  std::string get(int number) {
    std::promise<std::string> kept;
    std::future<std::string> reply = kept.get_future();
    {
      std::lock_guard<std::mutex> lock(mutex_);
      waiting_.emplace(number, std::move(kept));
    }
    return reply.get(); // expect: opex-missing-timeout [medium] advice "wait_for with a limit first, or bound the producer"
  }
  void run(int fd) {
    char text[64];
    while (::recv(fd, text, sizeof text, MSG_DONTWAIT) > 0)
      keep(text[0], text);
  }

private:
  void keep(int number, const char *text) {
    std::lock_guard<std::mutex> lock(mutex_);
    auto found = waiting_.find(number);
    if (found != waiting_.end())
      found->second.set_value(text);
  }
  std::mutex mutex_;
  std::map<int, std::promise<std::string>> waiting_;
};
std::string asks(Wire &wire) { return wire.get(1); }

bool oneAnswer(grpc::CompletionQueue &queue) {
  void *tag = nullptr;
  bool ok = false;
  return queue.Next(&tag, &ok) && ok; // expect: opex-missing-timeout [medium]
}
void allAnswers(grpc::CompletionQueue &queue) {
  void *tag = nullptr;
  for (bool ok = false; queue.Next(&tag, &ok);)
    ;
}

// --- instances.cpp
#include <curl/curl.h>
#include <hiredis/hiredis.h>

/// What sets a limit on one object says nothing of another one.
class Shelf {
public:
  Shelf() : redis_(redisConnect("shelf", 6379)) {}
  ~Shelf() { redisFree(redis_); }
  void hurry(int seconds) { redisSetTimeout(redis_, {seconds, 0}); }
  redisContext *connection() const { return redis_; }

private:
  redisContext *redis_;
};

void asksInAHurry() {
  Shelf shelf;
  shelf.hurry(2);
  freeReplyObject(redisCommand(shelf.connection(), "GET books"));
}

void asksPatiently() {
  Shelf shelf;
  freeReplyObject(redisCommand(shelf.connection(), "GET books")); // expect: opex-missing-timeout [high] "no `redisSetTimeout` is set"
}

class Rack {
public:
  Rack() : redis_(redisConnect("racks", 6379)) {}
  redisContext *connection() { return redis_; }
  void hurry(long seconds) { redisSetTimeout(redis_, timeval{seconds, 0}); }

private:
  redisContext *redis_;
};

void hurriesTooLate() {
  Rack rack;
  freeReplyObject(redisCommand(rack.connection(), "GET books")); // expect: opex-missing-timeout [high]
  rack.hurry(2);
}

/// The limit is a method's that nobody calls on this class, and everybody on the next one.
class Slow {
public:
  Slow() : easy_(curl_easy_init()) {}
  void limitTo(long seconds) { curl_easy_setopt(easy_, CURLOPT_TIMEOUT, seconds); }
  CURLcode get() { return curl_easy_perform(easy_); } // expect: opex-missing-timeout [high] "no `CURLOPT_TIMEOUT` is set"

private:
  CURL *easy_;
};

class Quick {
public:
  Quick() : easy_(curl_easy_init()) {}
  void setLong(CURLoption option, long value) { curl_easy_setopt(easy_, option, value); }
  CURLcode get() { return curl_easy_perform(easy_); }

private:
  CURL *easy_;
};

CURLcode getsBoth() {
  Slow slow;
  Quick quick;
  quick.setLong(CURLOPT_TIMEOUT, 3);
  return slow.get() == CURLE_OK ? quick.get() : CURLE_OK;
}

/// Where the flag leads, the limit has been set together with it.
class Lazy {
public:
  CURLcode get(const char *url) {
    if (!isReady_)
      prepare();
    curl_easy_setopt(easy_, CURLOPT_URL, url);
    return curl_easy_perform(easy_);
  }

private:
  void prepare() {
    easy_ = curl_easy_init();
    curl_easy_setopt(easy_, CURLOPT_TIMEOUT, 4L);
    isReady_ = true;
  }
  CURL *easy_ = nullptr;
  bool isReady_ = false;
};

CURLcode getsLazily() {
  Lazy lazy;
  return lazy.get("http://stock/");
}

// --- accepted.cpp
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <memory>
#include <thread>

/// A wrapper for two sorts of sockets: who connects gets a limit, who is accepted gets none.
class Wire {
public:
  explicit Wire(int fd) : fd_(fd) {}
  ~Wire() { close(fd_); }
  static std::unique_ptr<Wire> connectTo(const sockaddr_in &peer) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, reinterpret_cast<const sockaddr *>(&peer), sizeof peer) < 0)
      return nullptr;
    auto wire = std::make_unique<Wire>(fd);
    wire->limitTo(3);
    return wire;
  }
  void limitTo(long seconds) {
    timeval limit{seconds, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  long get(char *to, size_t size) { return recv(fd_, to, size, 0); } // expect: opex-missing-timeout [medium] "no `SO_RCVTIMEO` is set on `fd_`"

private:
  int fd_;
};

class Guests {
public:
  explicit Guests(int listener) : listener_(listener) {}
  std::unique_ptr<Wire> next() {
    int fd = accept(listener_, nullptr, nullptr);
    return fd < 0 ? nullptr : std::make_unique<Wire>(fd);
  }

private:
  int listener_;
};

class Visit {
public:
  explicit Visit(std::unique_ptr<Wire> wire) : wire_(std::move(wire)) {}
  void run() {
    char line[80];
    while (wire_->get(line, sizeof line) > 0) {
    }
  }

private:
  std::unique_ptr<Wire> wire_;
};

void receivesGuests(Guests &guests) {
  while (auto wire = guests.next()) {
    auto visit = std::make_shared<Visit>(std::move(wire));
    std::thread([visit] { visit->run(); }).detach();
  }
}

long asksPeer(const sockaddr_in &peer) {
  char answer = 0;
  auto wire = Wire::connectTo(peer);
  return wire ? wire->get(&answer, 1) : -1;
}

/// The same with a limit for those who are accepted: in the loop, before somebody else gets them.
class Rope {
public:
  explicit Rope(int fd) : fd_(fd) {}
  ~Rope() { close(fd_); }
  void limitTo(long seconds) {
    timeval limit{seconds, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  long get(char *to, size_t size) { return recv(fd_, to, size, 0); }

private:
  int fd_;
};

class Climber {
public:
  explicit Climber(Rope *rope) : rope_(rope) {}
  ~Climber() { delete rope_; }
  void run() {
    char line[80];
    while (rope_->get(line, sizeof line) > 0) {
    }
  }

private:
  Rope *rope_;
};

Rope *nextRope(int listener) {
  int fd = accept(listener, nullptr, nullptr);
  return fd < 0 ? nullptr : new Rope(fd);
}

void receivesClimbers(int listener) {
  while (Rope *rope = nextRope(listener)) {
    auto *climber = new Climber(rope);
    rope->limitTo(5);
    std::thread([climber] {
      climber->run();
      delete climber;
    }).detach();
  }
}

// --- values.cpp
#include <curl/curl.h>
#include <postgresql/libpq-fe.h>
#include <sstream>
#include <string>

struct Patience {
  long seconds = 0;
  long redirects = 0;
};

CURLcode assignsOverDefault() {
  CURL *easy = curl_easy_init();
  Patience patience;
  patience.seconds = 20;
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, patience.seconds);
  return curl_easy_perform(easy);
}

CURLcode keepsDefault() {
  CURL *easy = curl_easy_init();
  Patience patience;
  patience.redirects = 2;
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, patience.redirects);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, patience.seconds);
  return curl_easy_perform(easy); // expect: opex-missing-timeout [high] "`CURLOPT_TIMEOUT` is 0, which means no limit"
}

/// Around the call it goes only where configuration wants no limit.
CURLcode limitsIfPositive(long seconds) {
  CURL *easy = curl_easy_init();
  if (seconds > 0)
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, seconds);
  return curl_easy_perform(easy);
}

CURLcode limitsIfAsked(long seconds, bool isAsked) {
  CURL *easy = curl_easy_init();
  if (isAsked)
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, seconds);
  return curl_easy_perform(easy); // expect: opex-missing-timeout [medium] "is set on some paths only"
}

CURLoption chosenAtRunTime(int number);
CURLcode setsWhatever(int number) {
  CURL *easy = curl_easy_init();
  curl_easy_setopt(easy, chosenAtRunTime(number), 5L);
  return curl_easy_perform(easy);
}

PGconn *connectsByPieces(const std::string &host, int seconds) {
  std::ostringstream pieces;
  pieces << "host=" << host << " connect_timeout=" << seconds;
  return PQconnectdb(pieces.str().c_str());
}

PGconn *connectsByFormat(const char *host) {
  char text[200];
  snprintf(text, sizeof text, "host=%s dbname=shop", host);
  return PQconnectdb(text); // expect: opex-missing-timeout [high] "no `connect_timeout` is set"
}

PGconn *connectsWithMore(const std::string &host, const std::string &more) {
  return PQconnectdb(("host=" + host + " " + more).c_str());
}

/// A stream that takes what it prints by reference does not write into it.
struct Journal {};
template <class T> Journal &operator<<(Journal &journal, T &&value);

PGconn *connectsAndSaysSo(Journal &journal, const std::string &host) {
  std::string info = "host=" + host + " dbname=stock";
  journal << "with " << host << info << " we connect";
  return PQconnectdb(info.c_str()); // expect: opex-missing-timeout "no `connect_timeout` is set"
}

// --- descriptors_in_time.cpp
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

/// Blocking again after it has connected.
ssize_t blocksAgain(const sockaddr *where, socklen_t size, char *buffer) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  int flags = fcntl(fd, F_GETFL, 0);
  fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  connect(fd, where, size);
  fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
  return recv(fd, buffer, 1, 0); // expect: opex-missing-timeout [high]
}

void setBlocking(int fd, bool isBlocking) {
  int flags = fcntl(fd, F_GETFL, 0);
  if (isBlocking)
    flags &= ~O_NONBLOCK;
  else
    flags |= O_NONBLOCK;
  fcntl(fd, F_SETFL, flags);
}

ssize_t staysNonBlocking(const sockaddr *where, socklen_t size, char *buffer) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  setBlocking(fd, false);
  connect(fd, where, size);
  return recv(fd, buffer, 1, 0);
}

ssize_t writesBack(const sockaddr *where, socklen_t size, char *buffer) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  const int before = fcntl(fd, F_GETFL, 0);
  setBlocking(fd, false);
  connect(fd, where, size);
  fcntl(fd, F_SETFL, before);
  return recv(fd, buffer, 1, 0); // expect: opex-missing-timeout [high]
}

/// To have room to write is no answer to read.
ssize_t pollsForTheOtherWay(const sockaddr *where, socklen_t size, char *buffer) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  connect(fd, where, size);
  pollfd entry = {fd, POLLOUT, 0};
  poll(&entry, 1, 1000);
  return recv(fd, buffer, 1, 0); // expect: opex-missing-timeout [high]
}

// --- owned_descriptors.cpp
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

/// Closes what it owns. Each object has a descriptor of its own, and a flag of one is none of another.
class Owned {
public:
  Owned() = default;
  Owned(int fd) : fd_(fd) {}
  Owned(Owned &&other) : fd_(std::exchange(other.fd_, -1)) {}
  Owned &operator=(Owned &&other) {
    fd_ = other.fd_;
    other.fd_ = -1;
    return *this;
  }
  ~Owned() { close(fd_); }
  int get() const { return fd_; }

private:
  int fd_ = -1;
};

char firstOf(int fd) {
  char first = 0;
  recv(fd, &first, 1, 0); // expect: opex-missing-timeout "no `SO_RCVTIMEO` is set"
  return first;
}

Owned listenAt(const sockaddr *where, socklen_t size) {
  Owned made = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(made.get(), where, size) != 0 || listen(made.get(), 8) != 0)
    throw 1;
  return made;
}

void turnAway(const sockaddr *where, socklen_t size) {
  auto server = listenAt(where, size);
  fcntl(server.get(), F_SETFL, fcntl(server.get(), F_GETFL) | O_NONBLOCK);
  for (int i = 0; i < 8; ++i)
    accept(server.get(), nullptr, nullptr);
}

struct Peer {
  Owned side;
};

struct Talk {
  Peer *peer;
  char next() { return firstOf(peer->side.get()); }
};

Owned dial(const sockaddr *where, socklen_t size) {
  Owned made = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(made.get(), where, size) != 0)
    throw 1;
  return made;
}

char talkWithOne(const sockaddr *where, socklen_t size) {
  Peer peer;
  peer.side = dial(where, size);
  Talk talk{&peer};
  Talk *current = &talk;
  turnAway(where, size);
  return current->next();
}

// --- owned_and_handed_on.cpp
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

class Held {
public:
  Held() = default;
  Held(int fd) : fd_(fd) {}
  Held(Held &&other) : fd_(std::exchange(other.fd_, -1)) {}
  Held &operator=(Held &&other) {
    fd_ = other.fd_;
    other.fd_ = -1;
    return *this;
  }
  ~Held() { close(fd_); }
  int get() const { return fd_; }

private:
  int fd_ = -1;
};

struct Line {
  Held side;
};

struct Reader {
  Line *line;
  ssize_t next(char *into) { return recv(line->side.get(), into, 1, 0); }
};

/// Non-blocking before it moves into the member that is read from.
Held dialQuietly(const sockaddr *where, socklen_t size) {
  Held made = socket(AF_INET, SOCK_STREAM, 0);
  fcntl(made.get(), F_SETFL, fcntl(made.get(), F_GETFL) | O_NONBLOCK);
  connect(made.get(), where, size);
  return made;
}

ssize_t readsFromTheQuietOne(const sockaddr *where, socklen_t size, char *into) {
  Line line;
  line.side = dialQuietly(where, size);
  Reader reader{&line};
  return reader.next(into);
}

// --- method_and_object.cpp
#include <curl/curl.h>

#include <thread>

/// Made on one way, and used by a thread that gets the object beside its method.
class Poller {
public:
  explicit Poller(bool isOn) {
    if (isOn)
      handle_ = curl_easy_init();
    thread_ = std::thread(&Poller::run, this);
  }
  ~Poller() { thread_.join(); }
  void run() {
    curl_easy_perform(handle_); // expect: opex-missing-timeout [medium]
  }

private:
  CURL *handle_ = nullptr;
  std::thread thread_;
};

class LimitedPoller {
public:
  explicit LimitedPoller(bool isOn) {
    if (isOn) {
      handle_ = curl_easy_init();
      curl_easy_setopt(handle_, CURLOPT_TIMEOUT, 3L);
    }
  }
  void run() { curl_easy_perform(handle_); }

private:
  CURL *handle_ = nullptr;
};

void pollWithBoth(bool isOn) {
  Poller poller(isOn);
  LimitedPoller limited(isOn);
  std::thread thread(&LimitedPoller::run, &limited);
  thread.join();
}

// --- made_out_of_sight.cpp
#include <curl/curl.h>

#include <memory>

/// The class is of this program, and `make_unique` makes it: what the members hold is known all the same.
class Fetcher {
public:
  explicit Fetcher(CURL *handle) : handle_(handle) {}
  CURL *handle() const { return handle_; }

private:
  CURL *handle_;
};

class Mirror {
public:
  Mirror(bool isOn, bool isFast) {
    if (isOn) {
      CURL *handle = curl_easy_init();
      curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, 3L);
      if (isFast)
        fast_ = std::make_unique<Fetcher>(handle);
      else
        slow_ = std::make_shared<Fetcher>(handle);
    }
  }
  CURLcode fetch() {
    return curl_easy_perform(slow_->handle()); // expect: opex-missing-timeout
  }
  /// Waits on the same object.
  CURLcode fetchFast() {
    return curl_easy_perform(fast_->handle());
  }

private:
  std::unique_ptr<Fetcher> fast_;
  std::shared_ptr<Fetcher> slow_;
};

CURLcode mirror(bool isOn, bool isFast) {
  auto mirror = std::make_unique<Mirror>(isOn, isFast);
  return isFast ? mirror->fetchFast() : mirror->fetch();
}

// --- semaphores.cpp
// A semaphore that is made with one permit, and that its taker gives back, is a lock: who waits for it waits for its holder.
#include <httplib.h>
#include <semaphore>
#include <semaphore.h>

class Shelf {
public:
  Shelf() {
    sem_init(&books_, 0, 1);
    sem_init(&ladders_, 0, 3);
    sem_init(&delivered_, 0, 0);
  }
  void put() {
    take();
    ++count_;
    give();
  }
  void climb() {
    sem_wait(&ladders_); // expect: opex-missing-timeout
    ++count_;
    sem_post(&ladders_);
  }
  void receive() {
    sem_wait(&delivered_); // expect: opex-missing-timeout
    put();
  }
  void deliver() { sem_post(&delivered_); }
  void lend() {
    lent_.acquire();
    ++count_;
    lent_.release();
  }
  /// Takes turns: what it waits for is that another has done its part.
  void sort() {
    sorted_.acquire(); // expect: opex-missing-timeout
    ++count_;
    dusted_.release();
  }
  void dust() {
    dusted_.acquire(); // expect: opex-missing-timeout
    sorted_.release();
  }

private:
  void take() { sem_wait(&books_); }
  void give() { sem_post(&books_); }

  sem_t books_, ladders_, delivered_;
  std::binary_semaphore lent_{1}, sorted_{1}, dusted_{0};
  int count_ = 0;
};

/// It is not known how it was made.
void label(sem_t *labels) {
  sem_wait(labels); // expect: opex-missing-timeout
  sem_post(labels);
}

Shelf shelf;
sem_t *labelsOfOthers(); ///< Elsewhere.
void serve(httplib::Server &server) {
  server.Get("/put", [](const httplib::Request &, httplib::Response &) {
    shelf.put();
    shelf.lend();
    shelf.climb();
    shelf.receive();
    shelf.sort();
    label(labelsOfOthers());
  });
  server.Get("/dust", [](const httplib::Request &, httplib::Response &) { shelf.dust(); });
  server.Get("/deliver", [](const httplib::Request &, httplib::Response &) { shelf.deliver(); });
}
