// Loops that wait for clients, and what they do when accept fails.
// leave out: opex-missing-timeout, opex-blocking-under-lock
// --- api.h
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <memory>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

void handle(int client);
extern std::atomic<bool> stopped;

struct Client {
  explicit Client(int descriptor) : descriptor(descriptor) {}
  int descriptor;
};

/// Takes the next client; none if that does not work.
class Listener {
public:
  explicit Listener(int descriptor) : descriptor_(descriptor) {}
  std::unique_ptr<Client> next() {
    sockaddr_storage from{};
    socklen_t length = sizeof from;
    int client = accept(descriptor_, reinterpret_cast<sockaddr *>(&from), &length);
    if (client < 0)
      return nullptr;
    return std::make_unique<Client>(client);
  }

private:
  int descriptor_;
};

// --- bad.cpp
#include "api.h"

void logsAndComesBack(int listener) {
  while (!stopped) {
    int client = accept(listener, nullptr, nullptr); // expect: opex-retry-without-backoff [medium] "the loop spins while `accept` fails (EMFILE, ENFILE, ENOBUFS, ENOMEM)"
    if (client < 0) {
      perror("accept");
      continue;
    }
    handle(client);
  }
}

/// The object that accepts stands behind a helper and a poll, which comes back at once as well.
void behindPoll(Listener &listener, pollfd *ready) {
  for (;;) {
    if (poll(ready, 1, 1000) <= 0)
      continue;
    std::unique_ptr<Client> client = listener.next(); // expect: opex-retry-without-backoff "fails (EMFILE, ENFILE, ENOBUFS, ENOMEM) in `next`"
    if (client)
      handle(client->descriptor);
  }
}

/// Ends after the first client; until then it never gives up.
int firstClient(int listener) {
  int client;
  do {
    client = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC); // expect: opex-retry-without-backoff
  } while (client < 0);
  return client;
}

/// Only what is broken for good ends it.
void endsWhenClosed(int listener) {
  while (true) {
    int client = accept(listener, nullptr, nullptr); // expect: opex-retry-without-backoff
    if (client >= 0)
      handle(client);
    else if (errno == EBADF || errno == EINVAL)
      return;
  }
}

/// Level-triggered: the listener is among the events again at once.
void byEvents(int queue, int listener) {
  epoll_event events[16];
  while (!stopped) {
    int count = epoll_wait(queue, events, 16, -1);
    for (int i = 0; i < count; ++i) {
      if (events[i].data.fd != listener)
        continue;
      int client = accept(listener, nullptr, nullptr); // expect: opex-retry-without-backoff
      if (client < 0)
        continue;
      handle(client);
    }
  }
}

// --- good.cpp
#include "api.h"

void waitsABit(int listener) {
  while (!stopped) {
    int client = accept(listener, nullptr, nullptr);
    if (client < 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      continue;
    }
    handle(client);
  }
}

void givesUp(int listener) {
  for (;;) {
    int client = accept(listener, nullptr, nullptr);
    if (client < 0)
      return;
    handle(client);
  }
}

/// A client that is gone already is no shortage, and comes up once.
void passesOverAborted(int listener) {
  for (;;) {
    int client = accept(listener, nullptr, nullptr);
    if (client < 0) {
      if (errno == EINTR || errno == ECONNABORTED)
        continue;
      break;
    }
    handle(client);
  }
}

void waitsWhenShort(Listener &listener) {
  while (!stopped) {
    std::unique_ptr<Client> client = listener.next();
    if (!client) {
      if (errno == EMFILE || errno == ENFILE)
        sleep(1);
      continue;
    }
    handle(client->descriptor);
  }
}

/// All that wait, until there is none.
void drains(int listener) {
  int client;
  while ((client = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0)
    handle(client);
}

void countsFailures(int listener) {
  int failures = 0;
  while (failures < 10) {
    int client = accept(listener, nullptr, nullptr);
    if (client < 0) {
      ++failures;
      continue;
    }
    failures = 0;
    handle(client);
  }
}
