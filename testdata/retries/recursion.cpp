// Functions that call themselves when the work has failed, and what limits them: a parameter against a variable; what is
// asked of the connection when the call's own result is not looked at.
// leave out: opex-missing-timeout
// flags: -fPIC -I/usr/include/x86_64-linux-gnu/qt6 -I/usr/include/x86_64-linux-gnu/qt6/QtCore -I/usr/include/x86_64-linux-gnu/qt6/QtSql
// --- api.h
#include <QtSql/QSqlError>
#include <QtSql/QSqlQuery>

// --- bad.cpp
#include "api.h"

class Archive {
public:
  bool run(QSqlQuery &query, int tries = 0) {
    query.exec();
    if (!query.lastError().isValid())
      return true;
    if (tries < mostTries_)
      return run(query, tries + 1); // expect: opex-excessive-retry "up to 41 times", opex-retry-without-backoff
    return false;
  }

private:
  static int mostTries_;
};
int Archive::mostTries_ = 40;

void bad(QSqlQuery &query) {
  Archive archive;
  archive.run(query);
}

// --- good.cpp
#include "api.h"

class Once {
public:
  bool run(QSqlQuery &query, int tries = 0) {
    query.exec();
    if (!query.lastError().isValid())
      return true;
    if (tries < most_)
      return run(query, tries + 1); // expect: opex-retry-without-backoff "up to 2 times"
    return false;
  }

  /// Goes on where there is no error: row after row.
  bool all(QSqlQuery &query) {
    query.exec();
    if (query.lastError().isValid())
      return false;
    return query.next() && all(query);
  }

private:
  static const int most_ = 1;
};

void good(QSqlQuery &query) {
  Once once;
  once.run(query);
  once.all(query);
}
