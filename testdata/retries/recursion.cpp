// Functions that call themselves when the work has failed, and what limits them: a parameter against a variable; what is
// asked of the connection when the call's own result is not looked at.
// leave out: opex-missing-timeout
// flags: -I/usr/include/postgresql
// --- api.h
#include <libpq-fe.h>

// --- bad.cpp
#include "api.h"

class Archive {
public:
  bool run(PGconn *connection, int tries = 0) {
    PQclear(PQexec(connection, "delete from outbox"));
    if (PQstatus(connection) == CONNECTION_OK)
      return true;
    if (tries < mostTries_)
      return run(connection, tries + 1); // expect: opex-excessive-retry "up to 41 times", opex-retry-without-backoff
    return false;
  }

private:
  static int mostTries_;
};
int Archive::mostTries_ = 40;

void bad(PGconn *connection) {
  Archive archive;
  archive.run(connection);
}

// --- good.cpp
#include "api.h"

bool hasMore();

class Once {
public:
  bool run(PGconn *connection, int tries = 0) {
    PQclear(PQexec(connection, "delete from outbox"));
    if (PQstatus(connection) == CONNECTION_OK)
      return true;
    if (tries < most_)
      return run(connection, tries + 1); // expect: opex-retry-without-backoff "up to 2 times"
    return false;
  }

  /// Goes on where there is no error: batch after batch.
  bool all(PGconn *connection) {
    PQclear(PQexec(connection, "delete from outbox"));
    if (PQstatus(connection) != CONNECTION_OK)
      return false;
    return hasMore() && all(connection);
  }

private:
  static const int most_ = 1;
};

void good(PGconn *connection) {
  Once once;
  once.run(connection);
  once.all(connection);
}
