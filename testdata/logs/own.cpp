// Loggers that a program has made for itself, told by what they do, and what only looks like one.
// --- journal.h
#include <cstdarg>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

enum Severity { sv_error, sv_warn, sv_notice, sv_debug };

/// In a translation unit of its own: to syslog, or to a file that is kept open.
void journal(const char *area, Severity severity, const char *message, ...) __attribute__((format(printf, 3, 4)));
bool isWanted(Severity severity);

#define JOURNAL_NOTICE(...) (isWanted(sv_notice) ? journal("main", sv_notice, __VA_ARGS__) : void(0))
#define JOURNAL_DEBUG(...) (isWanted(sv_debug) ? journal("main", sv_debug, __VA_ARGS__) : void(0))

struct Parcel {
  std::string code;
};
std::vector<Parcel> load(const std::string &customer);
void save(const Parcel &parcel);
bool tryShip(const Parcel &parcel);

// --- journal.cpp
#include "journal.h"

#include <cstdlib>
#include <ctime>
#include <syslog.h>

static FILE *journalFile = nullptr;
static bool usesSyslog = true;
static Severity wanted = sv_notice;

bool isWanted(Severity severity) { return severity <= wanted; }

static void put(const char *area, Severity severity, const char *message, va_list rest) {
  if (!journalFile && !usesSyslog)
    return;
  char *line = nullptr;
  if (vasprintf(&line, message, rest) < 0)
    return;
  if (usesSyslog)
    syslog(severity, "[%s] %s", area, line);
  else
    fprintf(journalFile, "%ld [%s] %s\n", long(time(nullptr)), area, line);
  free(line);
}

void journal(const char *area, Severity severity, const char *message, ...) {
  va_list rest;
  va_start(rest, message);
  put(area, severity, message, rest);
  va_end(rest);
}

// --- macros_bad.cpp
#include "journal.h"

#include <exception>

void throughAMacro(const std::string &customer) {
  for (const Parcel &parcel : load(customer))
    JOURNAL_NOTICE("shipping %s", parcel.code.c_str()); // expect: opex-log-in-loop [medium] "a line is logged at level info"
}

void byItself(const std::string &customer) {
  for (const Parcel &parcel : load(customer))
    journal("main", sv_warn, "shipping %s", parcel.code.c_str()); // expect: opex-log-in-loop [medium] "at level warning"
}

void handled(const Parcel &parcel) {
  try {
    save(parcel);
  } catch (const std::exception &e) { // expect: opex-swallowed-exception [medium] "logs"
    journal("main", sv_error, "cannot save: %s", e.what());
  }
}

// --- screen_bad.cpp
// A method with a pack of arguments, behind an interface, and a file wrapper below.
#include "journal.h"

#include <fmt/format.h>
#include <iostream>
#include <syslog.h>

class Sink {
public:
  virtual ~Sink() = default;
  virtual void line(const std::string &text) = 0;
};
class Screen : public Sink {
public:
  void line(const std::string &text) override { (usesErrors_ ? std::cerr : std::cout) << text << '\n'; }

private:
  bool usesErrors_ = true;
};

class System : public Sink {
public:
  void line(const std::string &text) override { syslog(LOG_NOTICE, "%s", text.c_str()); }
};

class Reporter {
public:
  explicit Reporter(Sink &sink) : sink_(sink) {}
  template <class... Parts> void report(Severity severity, fmt::format_string<Parts...> text, Parts &&...parts) {
    if (severity > wanted_)
      return;
    ++lines_;
    sink_.line(fmt::format(text, std::forward<Parts>(parts)...));
  }

private:
  Sink &sink_;
  Severity wanted_ = sv_notice;
  unsigned lines_ = 0;
};

void packed(Reporter &reporter, const std::string &customer) {
  for (const Parcel &parcel : load(customer))
    reporter.report(sv_notice, "shipping {}", parcel.code); // expect: opex-log-in-loop [medium]
}

/// What a tool without any way of a request says on the screen is its output.
void onScreen(Screen &screen, const std::string &customer) {
  for (const Parcel &parcel : load(customer))
    screen.line("INFO " + parcel.code);
}

// --- kept_file_bad.cpp
// What the level goes along with ends in a file that is kept open, two wrappers further down.
#include "journal.h"

class TextFile {
public:
  void print(const char *format, ...) {
    va_list rest;
    va_start(rest, format);
    vfprintf(file_, format, rest);
    va_end(rest);
  }

private:
  FILE *file_ = nullptr;
};

enum class Kind { Fault, Warning, Info, Detail, Error };

class Diary {
public:
  void write(const char *format, ...) {
    char line[512];
    va_list rest;
    va_start(rest, format);
    vsnprintf(line, sizeof line, format, rest);
    va_end(rest);
    file_.print("%s\n", line);
  }
  void keep(Kind kind, const char *line) { last_.push_back({kind, line}); }

private:
  TextFile file_;
  std::vector<std::pair<Kind, std::string>> last_;
};
Diary diary;

void tell(const char *format, ...) {
  char line[512];
  va_list rest;
  va_start(rest, format);
  vsnprintf(line, sizeof line, format, rest);
  va_end(rest);
  diary.keep(Kind::Info, line);
  diary.write("INFO %s", line);
}

void toFile(const std::string &customer) {
  for (const Parcel &parcel : load(customer))
    tell("shipping %s", parcel.code.c_str()); // expect: opex-log-in-loop [medium] "at level info"
}

// --- good.cpp
#include "journal.h"

#include <exception>
#include <sys/socket.h>
#include <syslog.h>

void atDebugLevel(const std::string &customer) {
  for (const Parcel &parcel : load(customer))
    JOURNAL_DEBUG("shipping %s", parcel.code.c_str());
}

void levelOfTheRun(const std::string &customer, Severity severity) {
  for (const Parcel &parcel : load(customer))
    journal("main", severity, "shipping %s", parcel.code.c_str());
}

void whileItFails(const Parcel &parcel, int times) {
  for (int attempts = times; attempts > 0; --attempts) {
    if (tryShip(parcel))
      break;
    journal("main", sv_error, "cannot ship %s, again", parcel.code.c_str());
  }
}

/// The answer of a protocol, which is logged as well.
class Session {
public:
  void answer(const char *format, ...) {
    char line[256];
    va_list rest;
    va_start(rest, format);
    vsnprintf(line, sizeof line, format, rest);
    va_end(rest);
    syslog(LOG_NOTICE, "> %s", line);
    send(socket_, line, sizeof line, 0);
  }
  void fails(const Parcel &parcel) {
    try {
      save(parcel);
    } catch (const std::exception &e) {
      answer("500 %s", e.what());
    }
  }

private:
  int socket_ = -1;
};

/// A file of data: rows, no lines about what happens.
class Table {
public:
  void row(const char *format, ...) {
    va_list rest;
    va_start(rest, format);
    vfprintf(file_, format, rest);
    va_end(rest);
  }

private:
  FILE *file_ = nullptr;
};

void write(Table &table, const std::string &customer) {
  for (const Parcel &parcel : load(customer))
    table.row("%s;\n", parcel.code.c_str());
}

/// It says so, and does what it is for.
class Orders {
public:
  void refuse(const std::string &why) {
    syslog(LOG_ERR, "refused: %s", why.c_str());
    refused_ = true;
  }
  void take(const Parcel &parcel) {
    try {
      save(parcel);
    } catch (const std::exception &e) {
      refuse(e.what());
    }
  }

private:
  bool refused_ = false;
};
