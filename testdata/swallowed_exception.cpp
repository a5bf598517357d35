// What handlers do about failures, bad and good.
// --- bad.cpp
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <new>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

struct User {
  int id = 0;
  std::string name;
};
User loadUser(int id);
void saveUser(const User &user);
bool sendMail(const std::string &to);

void emptyCatchAll(int id) {
  try {
    loadUser(id);
  } catch (...) { // expect: opex-swallowed-exception [high] "the handler is empty and states no reason" advice "let the exception pass, report it"
  }
}

void emptyTyped(const User &user) {
  try {
    saveUser(user);
  } catch (const std::exception &) {} // expect: opex-swallowed-exception [high]
}

void everyHandlerIsJudged(const User &user) {
  try {
    saveUser(user);
  } catch (const std::invalid_argument &) { // expect: opex-swallowed-exception
    return;
  } catch (const std::exception &e) {
    throw std::runtime_error(std::string("saving: ") + e.what());
  } catch (...) { // expect: opex-swallowed-exception
  }
}

void emptyWords(const User &user) {
  try {
    saveUser(user);
  } catch (const std::exception &) { // expect: opex-swallowed-exception [high] "its comment gives no reason"
    // ignore
  }
  try {
    saveUser(user);
  } catch (const std::exception &) { // expect: opex-swallowed-exception
    /* nothing to do here, just ignore the exception */
  }
  try {
    saveUser(user);
  } catch (const std::exception &) { // expect: opex-swallowed-exception
    // NOLINTNEXTLINE(bugprone-empty-catch)
  }
  try {
    saveUser(user);
  } catch (const std::exception &) { // expect: opex-swallowed-exception
    // sendMail(user.name);
    // std::cerr << "could not save" << std::endl;
  }
  try {
    saveUser(user);
  } catch (const std::exception &) { // expect: opex-swallowed-exception
    // ---------------------------------------------
  }
}

void commentOfTheNextStatement(const User &user) {
  try {
    saveUser(user);
  } catch (const std::exception &) { // expect: opex-swallowed-exception [high]
  }
  // Tell the user by mail that the profile has been saved.
  sendMail(user.name);
}

void commentOfTheTry(const User &user) {
  // Write the profile into the table of users.
  try {
    saveUser(user);
  } catch (const std::exception &) { // expect: opex-swallowed-exception
  }
}

int readNumber(const std::string &text);

void commentOnTheOrdinaryWay(const User &user) {
  try {
    // If the profile is new it is written, and else replaced.
    saveUser(user);
  } catch (const std::exception &) { // expect: opex-swallowed-exception [high]
  }
}

void codeInTheHandler(const User &user) {
  try {
    saveUser(user);
  } catch (const std::exception &) { // expect: opex-swallowed-exception [high]
    // return new User;
  }
}

void commentInsideTheTry(const User &user) {
  try {
    // This block may go once the old table is gone.
    saveUser(user);
  } catch (const std::exception &) { // expect: opex-swallowed-exception [high]
  }
}

void aStringIsNoComment(const User &user) {
  try {
    saveUser(user);
  } catch (const std::exception &) { // expect: opex-swallowed-exception
    const char *text = "// the profile is optional, older servers have none";
    (void)text;
  }
}

void onlyReturns(const User &user) {
  try {
    saveUser(user);
  } catch (const std::exception &e) { // expect: opex-swallowed-exception [high] "only moves on"
    return;
  }
  sendMail(user.name);
}

void skipsItems(const std::vector<User> &users) {
  for (const User &user : users) {
    try {
      saveUser(user);
    } catch (const std::exception &) { // expect: opex-swallowed-exception [high]
      continue;
    }
    sendMail(user.name);
  }
}

void looksAtItOnly(const User &user) {
  try {
    saveUser(user);
  } catch (const std::exception &e) { // expect: opex-swallowed-exception
    e.what();
    (void)e;
  }
}

int zeroForFailure(const std::string &text) {
  try {
    return std::stoi(text) * 2;
  } catch (...) { // expect: opex-swallowed-exception [high] "which callers take for a result" advice "return an empty optional or a status"
    return 0;
  }
}

std::string emptyForFailure(int id) {
  try {
    return loadUser(id).name;
  } catch (const std::exception &) { // expect: opex-swallowed-exception [high]
    return "";
  }
}

std::vector<User> noneForFailure(const std::vector<int> &ids) {
  std::vector<User> users;
  try {
    for (int id : ids)
      users.push_back(loadUser(id));
    return users;
  } catch (const std::exception &) { // expect: opex-swallowed-exception
    return {};
  }
}

std::vector<User> partForFailure(const std::vector<int> &ids) {
  std::vector<User> users;
  try {
    for (int id : ids)
      users.push_back(loadUser(id));
  } catch (const std::exception &) { // expect: opex-swallowed-exception [high]
    return users;
  }
  return users;
}

User defaultAfterTheTry(int id) {
  try {
    return loadUser(id);
  } catch (const std::exception &) { // expect: opex-swallowed-exception [high]
  }
  return User();
}

bool successForFailure(const User &user) {
  try {
    saveUser(user);
    return true;
  } catch (const std::exception &) { // expect: opex-swallowed-exception [high] "the same as on success"
    return true;
  }
}

using Action = std::function<void(const User &)>;

bool notFoundForFailure(const std::map<std::string, Action> &known, const std::string &name) {
  auto found = known.find(name);
  if (found == known.end())
    return false;
  try {
    User user = loadUser(1);
    found->second(user);
  } catch (...) { // expect: opex-swallowed-exception [medium] "is also an ordinary result of the function"
    return false;
  }
  return true;
}

void logsAndCarriesOn(const User &user) {
  try {
    saveUser(user);
  } catch (const std::exception &e) { // expect: opex-swallowed-exception [medium] "carries on as if it had worked"
    std::cerr << "could not save " << user.id << ": " << e.what() << std::endl;
  }
  sendMail(user.name);
}

void logsWithPrintf(const User &user) {
  try {
    saveUser(user);
  } catch (const std::exception &e) { // expect: opex-swallowed-exception [medium]
    std::string text = "could not save " + std::to_string(user.id);
    text += e.what();
    fprintf(stderr, "%s\n", text.c_str());
  }
}

int logsAndDefaults(const std::string &text) {
  try {
    return std::stoi(text) + 1;
  } catch (const std::exception &e) { // expect: opex-swallowed-exception [medium]
    std::ostringstream line;
    line << "no number: " << e.what();
    std::cerr << line.str() << '\n';
    return 0;
  }
}

namespace app {
class Logger {
public:
  void error(const char *format, ...);
  bool isEnabled() const;
};
extern Logger theLogger;
void report(const std::exception &e);
} // namespace app

void logsWithOwnLogger(const User &user) {
  try {
    saveUser(user);
  } catch (const std::exception &e) { // expect: opex-swallowed-exception [medium]
    if (app::theLogger.isEnabled())
      app::theLogger.error("could not save %d: %s", user.id, e.what());
  }
}

#define APP_LOG(text) app::theLogger.error("%s:%d %s", __FILE__, __LINE__, text)

void logsWithMacro(const User &user) {
  try {
    saveUser(user);
  } catch (const std::exception &e) { // expect: opex-swallowed-exception [medium]
    APP_LOG(e.what());
  }
}

static void note(const std::string &what) { std::cerr << what << '\n'; }

void logsThroughHelper(const User &user) {
  try {
    saveUser(user);
  } catch (const std::exception &e) { // expect: opex-swallowed-exception [medium]
    note(e.what());
  }
}

void logsTheCurrent() {
  try {
    throw;
  } catch (const std::exception &e) {
    std::cerr << e.what();
    throw;
  }
}

void inALambda(const std::vector<User> &users) {
  auto save = [](const User &user) {
    try {
      saveUser(user);
    } catch (...) { // expect: opex-swallowed-exception [high]
    }
  };
  for (const User &user : users)
    save(user);
}

template <class T> void inATemplate(const T &what) {
  try {
    saveUser(what);
  } catch (...) { // expect: opex-swallowed-exception
  }
}
template void inATemplate<User>(const User &);

class Session {
public:
  ~Session() {
    try {
      close();
    } catch (...) { // expect: opex-swallowed-exception [medium]
    }
  }
  void close();
};

std::exception_ptr lastFailure;

void nested(const User &user) {
  try {
    try {
      saveUser(user);
    } catch (const std::exception &) { // expect: opex-swallowed-exception
    }
  } catch (...) {
    lastFailure = std::current_exception();
  }
}

void commentThatMayBeMeant(const User &user) {
  // Users without a name are written by the importer and have no profile.
  try {
    saveUser(user);
  } catch (const std::exception &) { // expect: opex-swallowed-exception [medium]
  }
  try {
    saveUser(user);
  } catch (const std::exception &) { // expect: opex-swallowed-exception [medium]
    // no profile
  }
}

void defaultOfATypedFailure(const std::map<std::string, User> &users, const std::string &name, std::string &text) {
  auto look = [&]() -> std::string {
    try {
      return users.at(name).name;
    } catch (const std::out_of_range &) { // expect: opex-swallowed-exception [medium]
      return std::string();
    }
  };
  text = look();
}

int fromASwitch(int kind) {
  switch (kind) {
  case 1:
    try {
      loadUser(kind);
    } catch (const std::exception &) { // expect: opex-swallowed-exception [high]
      break;
    }
    break;
  default: break;
  }
  return kind;
}

void readsLines(std::ifstream &file) {
  std::string line;
  while (std::getline(file, line)) {
    try {
      line = line.substr(2);
      sendMail(line);
    } catch (const std::exception &) { // expect: opex-swallowed-exception [high]
    }
  }
}

#define CHECK_RESULT(result) if (!(result)) return

void checksAResult(const User &user) {
  try {
    saveUser(user);
    CHECK_RESULT(sendMail(user.name));
  } catch (const std::exception &) { // expect: opex-swallowed-exception [high]
  }
}

#define TRY_ONCE(statement)                                                                                            \
  do {                                                                                                                 \
    try {                                                                                                              \
      statement;                                                                                                       \
    } catch (const std::exception &e) {                                                                                \
      std::cerr << e.what();                                                                                           \
    }                                                                                                                  \
  } while (false)

void throughAMacro(const User &user) {
  TRY_ONCE(saveUser(user)); // expect: opex-swallowed-exception [medium]
  sendMail(user.name);
}

void gluesTextOnly(const User &user) {
  try {
    saveUser(user);
  } catch (const std::exception &e) { // expect: opex-swallowed-exception
    std::string unused = std::string("could not save: ") + e.what();
  }
}

void catchesItsOwnRethrow(const User &user) {
  try {
    saveUser(user);
  } catch (...) { // expect: opex-swallowed-exception [medium]
    try {
      throw;
    } catch (const std::exception &e) {
      std::cerr << e.what();
    } catch (...) {
      std::cerr << "unknown";
    }
  }
}

static void printCurrent() {
  try {
    throw;
  } catch (const std::exception &e) {
    std::cerr << e.what();
  } catch (...) {
    std::cerr << "unknown";
  }
}

void printsTheCurrent(const User &user) {
  try {
    saveUser(user);
  } catch (...) { // expect: opex-swallowed-exception [medium]
    printCurrent();
  }
}

void throwsItself(const User &user) {
  try {
    if (user.name.empty())
      throw std::invalid_argument("no name");
  } catch (const std::exception &) { // expect: opex-swallowed-exception [high]
  }
}

std::string copyOf(const User &user) {
  std::string name;
  try {
    name = user.name + "!";
    name.resize(8);
  } catch (...) {
  }
  return name;
}

bool growsForMemoryOnly(std::vector<User> &users) {
  try {
    users.resize(1000000);
  } catch (const std::bad_alloc &) { // expect: opex-swallowed-exception [high]
  }
  return true;
}

std::string partOf(const User &user) {
  std::string name;
  try {
    name = user.name.substr(4);
  } catch (...) { // expect: opex-swallowed-exception [medium]
  }
  return name;
}

static int compareUsers(const void *, const void *) { throw std::runtime_error("no order"); }

void callsBackFromC(User *users, size_t count) {
  try {
    qsort(users, count, sizeof(User), compareUsers);
  } catch (...) { // expect: opex-swallowed-exception [high]
  }
}

static bool savesOrLogs(const User &user) {
  try {
    saveUser(user);
  } catch (const std::exception &e) { // expect: opex-swallowed-exception [medium]
    std::cerr << e.what();
  }
  return true;
}

void keepsOnlyOneKind(const User &user) {
  try {
    savesOrLogs(user);
  } catch (...) { // expect: opex-swallowed-exception [high]
  }
}

int lengthOrLess(const std::string &text, int length) {
  int result = length;
  try {
    result = readNumber(text) - length;
  } catch (...) { // expect: opex-swallowed-exception [medium]
  }
  return result;
}

int startsFromZero(const std::string &text) {
  int result = 0;
  try {
    result = readNumber(text);
  } catch (...) { // expect: opex-swallowed-exception [high]
  }
  return result;
}

void marksSuccess(const User &user, std::map<std::string, std::string> &answer) {
  try {
    saveUser(user);
    answer["status"] = "OK";
  } catch (const std::exception &) { // expect: opex-swallowed-exception [medium]
  }
}

void fillsHalf(const std::string &text, User &user) {
  user.id = 0;
  try {
    user.id = readNumber(text);
    user.name = text;
  } catch (const std::exception &) { // expect: opex-swallowed-exception [high]
  }
}

std::string nameOrNothing(const std::vector<int> &ids) {
  try {
    for (int id : ids)
      if (id > 0)
        return loadUser(id).name;
  } catch (const std::exception &) { // expect: opex-swallowed-exception [medium]
    return "";
  }
  return "";
}

std::string nameOrNothingBehind(const std::vector<int> &ids) {
  try {
    for (int id : ids)
      if (id > 0)
        return loadUser(id).name;
  } catch (const std::exception &) { // expect: opex-swallowed-exception [medium]
  }
  return "";
}

int zeroIsSuccess(const User &user) {
  try {
    if (user.name.empty())
      return -1;
    saveUser(user);
  } catch (const std::exception &) { // expect: opex-swallowed-exception [high]
  }
  return 0;
}

static std::string firstName(int id) {
  try {
    return loadUser(id).name;
  } catch (const std::exception &) { // expect: opex-swallowed-exception [high]
    return "";
  }
}

void asksForTheNameOnce(int id) {
  if (firstName(id).empty())
    return;
  sendMail(firstName(id + 1));
}

struct Watches {
  void remove(int id);
};
class NotWatched : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

static void removeWatch(Watches &watches, int id) {
  try {
    watches.remove(id);
  } catch (...) { // expect: opex-swallowed-exception [medium]
  }
}

static void addWatch(Watches &watches, int id) {
  try {
    watches.remove(id);
  } catch (const NotWatched &) { // expect: opex-swallowed-exception [medium]
  }
}

void usesWatches(Watches &watches) {
  removeWatch(watches, 1);
  addWatch(watches, 2);
}

/// Perhaps a filter: names that are no numbers are passed by.
int sumOfNumbers(const std::vector<std::string> &names) {
  int sum = 0;
  for (const std::string &name : names) {
    int number = 0;
    try {
      number = std::stoi(name);
    } catch (const std::exception &) { // expect: opex-swallowed-exception [medium]
      continue;
    }
    sum += number;
  }
  return sum;
}

void saveAll(const std::vector<User> &users) {
  for (const User &user : users) {
    try {
      saveUser(user);
    } catch (const std::exception &) { // expect: opex-swallowed-exception [high]
      continue;
    }
  }
}

// --- libraries.cpp
#include <glog/logging.h>
#include <spdlog/spdlog.h>
#include <httplib.h>
#include <syslog.h>

struct Order {
  int id = 0;
};
void place(const Order &order);

void logsWithSpdlog(const Order &order) {
  try {
    place(order);
  } catch (const std::exception &e) { // expect: opex-swallowed-exception [medium]
    spdlog::error("order {} failed: {}", order.id, e.what());
  }
  try {
    place(order);
  } catch (const std::exception &e) { // expect: opex-swallowed-exception [medium]
    SPDLOG_WARN("order failed: {}", e.what());
  }
}

void logsWithGlog(const Order &order) {
  try {
    place(order);
  } catch (const std::exception &e) { // expect: opex-swallowed-exception [medium]
    LOG(ERROR) << "order " << order.id << " failed: " << e.what();
  }
  try {
    place(order);
  } catch (const std::exception &e) {
    LOG(FATAL) << "order " << order.id << " failed: " << e.what();
  }
}

void logsWithSyslog(const Order &order) {
  try {
    place(order);
  } catch (const std::exception &e) { // expect: opex-swallowed-exception [medium]
    syslog(LOG_ERR, "order %d failed: %s", order.id, e.what());
  }
}

static void shipLater(const Order &order) {
  try {
    place(order);
  } catch (const std::exception &e) { // expect: opex-swallowed-exception [medium]
    spdlog::error("order {} failed: {}", order.id, e.what());
  }
}

static void refund() {
  try {
    place({4});
  } catch (const std::exception &e) {
    spdlog::error("refund failed: {}", e.what());
  }
}

void serve(httplib::Server &server) {
  server.Post("/orders", [](const httplib::Request &request, httplib::Response &response) {
    try {
      place({1});
    } catch (const std::exception &e) {
      spdlog::error("order failed: {}", e.what());
      response.status = 500;
    }
  });
  server.Post("/notes", [](const httplib::Request &request, httplib::Response &response) {
    try {
      place({2});
    } catch (const std::exception &e) {
      spdlog::error("note failed: {}", e.what());
    }
  });
  server.Post("/bills", [](const httplib::Request &request, httplib::Response &response) {
    try {
      place({3});
    } catch (const std::exception &e) { // expect: opex-swallowed-exception [medium]
      spdlog::error("bill failed: {}", e.what());
    }
    shipLater({3});
  });
  server.Post("/refunds", [](const httplib::Request &request, httplib::Response &response) { refund(); });
}

// --- good.cpp
#include <atomic>
#include <cstdio>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

struct Row {
  int id = 0;
};
Row fetch(int id);
void store(const Row &row);
void cleanUp();
void alert(const std::string &text);

void rethrows(const Row &row) {
  try {
    store(row);
  } catch (...) {
    cleanUp();
    throw;
  }
}

void throwsNew(const Row &row) {
  try {
    store(row);
  } catch (const std::exception &e) {
    std::throw_with_nested(std::runtime_error("row " + std::to_string(row.id)));
  }
}

[[noreturn]] void fail(const std::exception &e);

void throwsThroughHelper(const Row &row) {
  try {
    store(row);
  } catch (const std::exception &e) {
    fail(e);
  }
}

static void logAndRethrow() {
  try {
    throw;
  } catch (const std::system_error &e) {
    std::cerr << e.code() << '\n';
    throw;
  } catch (...) {
    std::cerr << "unknown\n";
    throw;
  }
}

void rethrowsInHelper(const Row &row) {
  try {
    store(row);
  } catch (...) {
    logAndRethrow();
  }
}

static void logRethrow() {
  std::cerr << "failed\n";
  throw;
}

void rethrowsInLogger(const Row &row) {
  try {
    store(row);
  } catch (...) {
    logRethrow();
  }
}

void reasonInside(const Row &row) {
  try {
    store(row);
  } catch (const std::exception &) {
    // The copy is a convenience: the next full synchronisation writes the row again.
  }
}

void reasonBeside(const Row &row) {
  try {
    store(row);
  } catch (const std::exception &) { // best effort, the next synchronisation writes it again
  }
  try {
    store(row);
  } catch (const std::exception &) {
  } // the next synchronisation writes it again
}

void reasonAbove(const Row &row) {
  // The copy may fail: nobody depends on it before the next synchronisation,
  // which writes the row again.
  try {
    store(row);
  } catch (const std::exception &) {
  }
}

void reasonBelow(const Row &row) {
  try {
    store(row);
  } catch (const std::exception &) {
  }
  // Ignored: the next synchronisation writes the row again.
}

void reasonBeforeCatch(const Row &row) {
  try {
    store(row);
  }
  // A row that exists already is what we want.
  catch (const std::exception &) {
  }
}

void reasonAtTheCall(const Row &row) {
  try {
    // Throws if the row exists already, which is fine.
    store(row);
  } catch (const std::exception &) {
  }
}

std::optional<Row> nulloptForFailure(int id) {
  try {
    return fetch(id);
  } catch (const std::exception &) {
    return std::nullopt;
  }
}

std::unique_ptr<Row> nullForFailure(int id) {
  try {
    return std::make_unique<Row>(fetch(id));
  } catch (const std::exception &) {
    return nullptr;
  }
}

bool falseForFailure(const Row &row) {
  try {
    store(row);
    return true;
  } catch (const std::exception &) {
    return false;
  }
}

bool parse(const std::string &text, int &number) {
  if (text.empty())
    return false;
  try {
    number = std::stoi(text);
    return true;
  } catch (const std::exception &) {
    return false;
  }
}

bool falseWithALog(const Row &row) {
  if (!row.id)
    return false;
  try {
    store(row);
    alert("stored");
  } catch (const std::exception &e) {
    std::cerr << e.what();
    return false;
  }
  return true;
}

int minusOneForFailure(int id) {
  try {
    return fetch(id).id;
  } catch (...) {
    return -1;
  }
}

enum class Outcome { Done, Refused, Failed };

Outcome enumeratorForFailure(const Row &row) {
  try {
    store(row);
  } catch (const std::exception &) {
    return Outcome::Failed;
  }
  return Outcome::Done;
}

std::error_code codeForFailure(const Row &row) {
  try {
    store(row);
  } catch (const std::system_error &e) {
    return e.code();
  }
  return {};
}

bool statusVariable(const Row &row) {
  bool done = false;
  try {
    store(row);
    done = true;
  } catch (const std::exception &) {
  }
  return done;
}

void testedAfterwards(int id) {
  std::unique_ptr<Row> row;
  try {
    row = std::make_unique<Row>(fetch(id));
  } catch (const std::exception &e) {
    std::cerr << e.what();
  }
  if (!row)
    row = std::make_unique<Row>();
  store(*row);
}

void lookUp(std::vector<Row> &rows, int id);

void filledAndTested(int id) {
  std::vector<Row> rows;
  try {
    lookUp(rows, id);
  } catch (const std::exception &e) {
    std::cerr << e.what();
  }
  if (rows.empty())
    alert("no rows");
}

void saysWhatBecomesOfIt(const Row &row) {
  try {
    store(row);
  } catch (const std::exception &e) {
    std::cerr << "row " << row.id << " cannot be stored, ignoring it: " << e.what() << '\n';
  }
}

class Task {
public:
  virtual ~Task() = default;
  virtual void process() = 0;
};

class StoreTask : public Task {
public:
  void process() override {
    try {
      store(fetch(7));
    } catch (const std::exception &e) {
      std::cerr << e.what() << '\n';
    }
  }
};

void runAll(const std::vector<std::unique_ptr<Task>> &tasks) {
  for (const auto &task : tasks)
    task->process();
}

void cleansUp(const Row &row) {
  try {
    cleanUp();
  } catch (const std::exception &e) {
    std::cerr << e.what() << '\n';
  }
  store(row);
}

void endsAnyway(const Row &row) {
  try {
    for (;;)
      store(row);
  } catch (const std::exception &e) {
    std::cerr << e.what() << '\n';
  }
  std::exit(1);
}

void serviceLoop(int id) {
  try {
    while (true) {
      try {
        store(fetch(id));
      } catch (const std::exception &e) {
        std::cerr << e.what() << '\n';
      }
    }
  } catch (...) {
    alert("the loop has ended");
  }
}

Row firstThatAnswers(const std::vector<int> &ids) {
  for (int id : ids) {
    try {
      return fetch(id);
    } catch (const std::exception &e) {
      std::cerr << e.what() << '\n';
    }
  }
  throw std::runtime_error("nobody answers");
}

#define CHECK_THAT(condition) do { if (!(condition)) alert(#condition); } while (false)

void expectsTheException(const Row &row) {
  try {
    store(row);
    CHECK_THAT(false);
  } catch (const std::invalid_argument &) {
  }
}

void writesIntoItsOutput(FILE *out, const Row &row) {
  try {
    store(row);
  } catch (const std::exception &e) {
    fprintf(out, "; row %d: %s\n", row.id, e.what());
  }
}

int fallback(const std::string &text, int otherwise) {
  try {
    return std::stoi(text);
  } catch (const std::exception &) {
    return otherwise;
  }
}

Row fallbackCall(int id) {
  try {
    return fetch(id);
  } catch (const std::exception &) {
  }
  return fetch(0);
}

void fallbackValue(const std::string &text, int &number) {
  try {
    number = std::stoi(text);
  } catch (const std::exception &) {
    number = 80;
  }
}

Row retries(int id) {
  for (int attempt = 0;; ++attempt) {
    try {
      return fetch(id);
    } catch (const std::exception &e) {
      if (attempt == 2)
        throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

void retriesUntilDone(const Row &row) {
  bool done = false;
  while (!done) {
    try {
      store(row);
      done = true;
    } catch (const std::exception &) {
    }
  }
}

void retriesWithBreak(const Row &row) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    try {
      store(row);
      break;
    } catch (const std::exception &) {
    }
  }
}

std::atomic<int> failures;

void counts(const Row &row) {
  try {
    store(row);
  } catch (const std::exception &) {
    ++failures;
  }
}

void keepsForLater(const Row &row, std::exception_ptr &failure) {
  try {
    store(row);
  } catch (...) {
    failure = std::current_exception();
  }
}

void fulfils(const Row &row, std::promise<void> &done) {
  try {
    store(row);
    done.set_value();
  } catch (...) {
    done.set_exception(std::current_exception());
  }
}

void tells(const Row &row) {
  try {
    store(row);
  } catch (const std::exception &e) {
    alert(e.what());
  }
}

struct Response {
  int status = 200;
  std::string body;
};

void answers(const Row &row, Response &response) {
  try {
    store(row);
  } catch (const std::exception &e) {
    std::cerr << e.what() << '\n';
    response.status = 500;
  }
}

void ends(const Row &row) {
  try {
    store(row);
  } catch (const std::exception &e) {
    std::cerr << e.what() << '\n';
    std::abort();
  }
}

class Base {
public:
  explicit Base(int id) : row_(fetch(id)) {}

private:
  Row row_;
};

class Derived : public Base {
public:
  explicit Derived(int id) try : Base(id) {
  } catch (const std::exception &e) {
    std::cerr << e.what() << '\n';
  }

  ~Derived() {
    try {
      cleanUp();
    } catch (const std::exception &e) {
      std::cerr << e.what() << '\n';
    }
  }
};

void finish(const Row &row) noexcept {
  try {
    store(row);
  } catch (...) {
    std::cerr << "not stored\n";
  }
}

std::thread startWorker(std::atomic<bool> &stop) {
  return std::thread([&stop] {
    while (!stop) {
      try {
        store(fetch(1));
      } catch (const std::exception &e) {
        std::cerr << e.what() << '\n';
      }
    }
  });
}

class Poller {
public:
  void start() {
    thread_ = std::thread([this] { run(); });
  }

private:
  void run() {
    while (!stop_) {
      try {
        store(fetch(2));
      } catch (const std::exception &e) {
        std::cerr << e.what() << '\n';
      }
    }
  }

  std::atomic<bool> stop_{false};
  std::thread thread_;
};

void startPoller(Poller &poller) { poller.start(); }

extern "C" int onData(void *context, int length) {
  try {
    store(*static_cast<Row *>(context));
  } catch (const std::exception &e) {
    std::cerr << e.what() << '\n';
  }
  return length;
}

int readCount(const std::string &text);

void reasonAtTheHead(std::vector<Row> &rows) {
  try {
    // The row is optional: older
    // files have none.
    rows.front() = fetch(1);
    store(rows.front());
  } catch (const std::exception &) {
  }
}

int indexOrName(const std::vector<Row> &rows, const std::string &text) {
  try {
    // If the text can be read as a number, it is an index.
    int index = readCount(text);
    for (const Row &row : rows)
      if (row.id == index)
        return index;
  } catch (...) {
  }
  return static_cast<int>(text.size()) + readCount("7");
}

void reasonThatEndsLikeCode(const std::string &text, int &number) {
  try {
    number = readCount(text);
  } catch (const std::exception &) {
    // keep default 1e5;
  }
}

int countsLines(const char *path) {
  int status = 0;
  try {
    char line[80];
    if (FILE *file = fopen(path, "r")) {
      while (fgets(line, sizeof(line), file))
        ++status;
      fclose(file);
    }
  } catch (...) {
  }
  return status;
}

static bool keepsAll(const Row &row) {
  try {
    store(row);
    return true;
  } catch (...) {
    return false;
  }
}

void callsWhatKeepsAll(const Row &row) {
  try {
    keepsAll(row);
  } catch (...) {
  }
}

void keepsInside(Row &row) {
  try {
    bool known = false;
    try {
      store(row);
      known = true;
    } catch (...) {
    }
    if (!known)
      row.id = 0;
  } catch (...) {
  }
}

std::mutex guard;
int guarded;

void locksOnly() {
  try {
    std::lock_guard<std::mutex> lock(guard);
    ++guarded;
  } catch (...) {
  }
}

void reportsByCode(const std::filesystem::path &name) {
  std::error_code error;
  try {
    std::filesystem::create_directory(name, error);
    std::filesystem::remove_all(name, error);
  } catch (...) {
  }
}

std::string settingOr(const std::string &text, const char *otherwise) {
  std::string setting;
  if (otherwise)
    setting = otherwise;
  try {
    setting = std::to_string(readCount(text));
  } catch (...) {
  }
  return setting;
}

void fillsStatus(const Row &row, Outcome &outcome) {
  outcome = Outcome::Failed;
  try {
    store(row);
    outcome = Outcome::Done;
  } catch (...) {
  }
}

bool findsSize(const std::vector<int> &ids, int &size) {
  size = 0;
  try {
    for (int id : ids)
      if (fetch(id).id > 7) {
        size = id;
        return true;
      }
  } catch (...) {
  }
  return false;
}

static std::string lookUpName(int id) {
  try {
    if (id > 0)
      return std::to_string(fetch(id).id);
  } catch (const std::exception &) {
    return "";
  }
  return "";
}

void asksForTheName(int id) {
  std::string name = lookUpName(id);
  if (name.empty())
    alert("no name");
  if (lookUpName(id + 1) == "")
    return;
  store(fetch(id));
}

class NotThere : public std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct Table {
  void erase(int id);
};

static void terminateRow(Table &table, int id) {
  try {
    table.erase(id);
  } catch (const NotThere &) {
  }
}

void endsRow(Table &table) { terminateRow(table, 3); }

void nothingThrows(Row &row) {
  int id = 0;
  try {
    id = row.id;
  } catch (...) {
  }
  row.id = id + 1;
}

int main() {
  try {
    store(fetch(3));
  } catch (const std::exception &e) {
    std::cerr << e.what() << '\n';
  }
  return 0;
}

// Warms the cache for the next request and fails silently: without it that request is only slower.
void functionSaysWhy(int id) {
  try {
    fetch(id);
  } catch (...) {
    return;
  }
}

// Throws when the user does not exist.
void functionSaysOnlyWhatLeaves(int id) {
  try {
    fetch(id);
  } catch (...) { // expect: opex-swallowed-exception
  }
}

void unlink(const std::string &name);

/// What is not there need not be taken away.
void forget(const std::map<int, std::string> &names, int id) {
  try {
    unlink(names.at(id));
  } catch (const std::out_of_range &) {
    return;
  }
}

int pageOf(const std::map<std::string, std::string> &parameters) {
  int page = 1;
  try {
    page = static_cast<int>(parameters.at("page").size());
  } catch (const std::out_of_range &) {
  }
  return page;
}
// --- chains.cpp
// What a function may throw is known however deep its calls go, and whichever of two handlers is asked about first.
int f12(int n) { return n + 1; }
int f11(int n) { return f12(n); }
int f10(int n) { return f11(n); }
int f9(int n) { return f10(n); }
int f8(int n) { return f9(n); }
int f7(int n) { return f8(n); }
int f6(int n) { return f7(n); }
int f5(int n) { return f6(n); }
int f4(int n) { return f5(n); }
int f3(int n) { return f4(n); }
int f2(int n) { return f3(n); }
int f1(int n) { return f2(n); }

int fromTheTop(int n) {
  try {
    return f1(n);
  } catch (...) {
  }
  return 0;
}

int fromTheMiddle(int n) {
  try {
    return f8(n);
  } catch (...) {
  }
  return 0;
}

int isOdd(unsigned n);
int isEven(unsigned n) { return n == 0 ? 1 : isOdd(n - 1); }
int isOdd(unsigned n) { return n == 0 ? 0 : isEven(n - 1); }

int parity(unsigned n) {
  try {
    return isEven(n);
  } catch (...) {
  }
  return 0;
}

int countDown(int n) {
  if (n < 0)
    throw n;
  return n == 0 ? 0 : countDown(n - 1);
}

int counted(int n) {
  try {
    return countDown(n);
  } catch (...) { // expect: opex-swallowed-exception
  }
  return 0;
}
// --- marks.cpp
// What a failed try leaves behind may tell by itself that it failed.
#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

struct Reading {
  int value = 0;
};
Reading measure(int sensor);
void publish(const Reading &reading);

class Probe {
public:
  Probe() = default;
  /// The flag is the last thing that is done.
  void refresh(int sensor) {
    fresh_ = false;
    try {
      reading_ = measure(sensor);
      publish(reading_);
      fresh_ = true;
    } catch (const std::exception &) {
    }
  }
  /// It is set before anything can go wrong: nobody learns.
  void refreshWrongly(int sensor) {
    early_ = false;
    try {
      early_ = true;
      publish(measure(sensor));
    } catch (const std::exception &) { // expect: opex-swallowed-exception
    }
  }
  /// Nobody looks at the flag.
  void refreshUnseen(int sensor) {
    unseen_ = false;
    try {
      publish(measure(sensor));
      unseen_ = true;
    } catch (const std::exception &) { // expect: opex-swallowed-exception
    }
  }
  bool usable() const { return fresh_ && early_; }

private:
  Reading reading_;
  bool fresh_ = false, early_ = false, unseen_ = false;
};

enum class Phase { Pending, Done };
struct Job {
  Phase phase = Phase::Pending;
  std::string error;
  void markPending() { phase = Phase::Pending; }
  void markDone() { phase = Phase::Done; }
  bool isDone() const { return phase == Phase::Done; }
};

/// Methods without arguments set it.
void work(Job &job, int sensor) {
  job.markPending();
  try {
    publish(measure(sensor));
    job.markDone();
  } catch (const std::exception &) {
  }
}

struct Batch {
  std::vector<std::optional<Reading>> readings;
};

/// Each result is there or not: one of them failing is one item of the list.
Batch collect(const std::vector<int> &sensors) {
  Batch batch;
  batch.readings.resize(sensors.size());
  for (size_t i = 0; i < sensors.size(); ++i) {
    try {
      batch.readings[i] = measure(sensors[i]);
    } catch (const std::exception &) {
    }
  }
  return batch;
}

/// Numbers are always there.
std::vector<int> collectNumbers(const std::vector<int> &sensors) {
  std::vector<int> numbers(sensors.size());
  for (size_t i = 0; i < sensors.size(); ++i) {
    try {
      numbers[i] = measure(sensors[i]).value;
    } catch (const std::exception &) { // expect: opex-swallowed-exception
    }
  }
  return numbers;
}

template <class T> class Holder {
public:
  void load(int sensor) {
    state_.store(-1);
    try {
      value_ = T(measure(sensor).value);
      state_.store(1);
    } catch (...) {
    }
  }
  int state() const { return state_.load(); }

private:
  T value_{};
  std::atomic<int> state_{0};
};
int both(int sensor) {
  Holder<long> holder;
  holder.load(sensor);
  return holder.state();
}

/// The reply stays what its class makes it.
class Reply {
public:
  Reply() : code_(404) {}
  void send(const std::string &text) {
    code_ = 200;
    text_ = text;
  }
  int code() const { return code_; }

private:
  int code_;
  std::string text_;
};
void answer(Reply &reply, const std::string &number) {
  int sensor = 0;
  try {
    sensor = std::stoi(number);
  } catch (const std::invalid_argument &) {
    return;
  }
  reply.send(std::to_string(measure(sensor).value));
}
void answerAnyhow(Reply &reply, const std::string &number) {
  int sensor = 0;
  try {
    sensor = std::stoi(number);
  } catch (const std::invalid_argument &) { // expect: opex-swallowed-exception
  }
  reply.send(std::to_string(measure(sensor).value));
}

/// What came in is kept until it is whole.
class Stream {
public:
  void onData(const std::string &piece) {
    buffer_ += piece;
    try {
      publish(decode(buffer_));
      buffer_.clear();
    } catch (const std::exception &) {
    }
  }
  void onDataLossy(const std::string &piece) {
    std::string text = piece;
    try {
      publish(decode(text));
      text.clear();
    } catch (const std::exception &) { // expect: opex-swallowed-exception
    }
  }

private:
  static Reading decode(const std::string &text);
  std::string buffer_;
};

std::unique_ptr<Reading> open(int sensor);
void use(Reading *reading);
void passOn(int sensor) {
  std::unique_ptr<Reading> reading;
  try {
    reading = open(sensor);
  } catch (const std::exception &) {
  }
  use(reading.get());
}
// --- answers.cpp
// Exceptions that answer a question.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace config {
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct Absent : Error {
  using Error::Error;
};
struct Broken : Error {
  using Error::Error;
};

class File {
public:
  const std::string &text(const std::string &name) const {
    if (!entries_.count(name))
      throw Absent(name);
    return entries_.at(name);
  }
  /// Over two calls.
  int number(const std::string &name) const { return toNumber(text(name)); }
  /// A search from front to back.
  int position(const std::string &name) const {
    for (size_t i = 0; i < order_.size(); ++i)
      if (order_[i] == name)
        return int(i);
    throw Absent(name);
  }
  void append(const std::string &name, const std::string &more) {
    auto found = entries_.find(name);
    if (found == entries_.end())
      throw Absent(name);
    found->second += more;
  }
  void drop(const std::string &name) {
    auto found = entries_.find(name);
    if (found == entries_.end())
      throw Absent(name);
    entries_.erase(found);
  }

private:
  static int toNumber(const std::string &text) {
    if (text.empty())
      throw Broken("empty");
    return text.front() - '0';
  }
  std::map<std::string, std::string> entries_;
  std::vector<std::string> order_;
};
} // namespace config

struct Options {
  std::string host = "localhost";
  int port = 80;
  int place = 0;
};

void load(const config::File &file, Options &options) {
  try {
    options.host = file.text("host");
  } catch (const config::Absent &) {
  }
  try {
    options.port = file.number("port");
  } catch (const config::Absent &) {
  }
  try {
    options.place = file.position("place");
  } catch (const config::Absent &) {
  }
  try {
    options.port = file.number("port");
  } catch (const config::Error &) { // expect: opex-swallowed-exception
  }
}

void change(config::File &file) {
  try {
    file.drop("old");
  } catch (const config::Absent &) {
  }
  try {
    file.append("log", "started");
  } catch (const config::Absent &) { // expect: opex-swallowed-exception
  }
}

struct Late {};
template <class T> class Mailbox {
public:
  virtual ~Mailbox() = default;
  virtual T take(std::chrono::milliseconds limit) {
    std::unique_lock<std::mutex> lock(mutex_);
    while (items_.empty())
      if (filled_.wait_for(lock, limit) == std::cv_status::timeout)
        throw Late();
    T item = std::move(items_.front());
    items_.pop_front();
    return item;
  }
  bool put(T item) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (items_.size() > 50)
      return false;
    items_.push_back(std::move(item));
    return true;
  }

private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<T> items_;
};
void handle(int item);
void turn(Mailbox<int> &box) {
  try {
    handle(box.take(std::chrono::milliseconds(5)));
  } catch (const Late &) {
  }
}

struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};
bool connect(const std::string &host);
void call(const std::string &host) {
  if (!connect(host))
    throw Refused(host);
}
void tell(const std::string &host) {
  try {
    call(host);
  } catch (const Refused &) { // expect: opex-swallowed-exception
  }
}

/// What throws has noted it where the caller looks.
struct Stop {};
class Worker {
public:
  bool step(int item) {
    try {
      check(item);
      handle(item);
    } catch (const Stop &) {
    }
    return !stopping_;
  }
  void stepDeaf(int item) {
    try {
      check(item);
      handle(item);
    } catch (const Stop &) { // expect: opex-swallowed-exception
    }
  }

private:
  void check(int item) {
    if (item >= 0)
      return;
    stopping_ = true;
    throw Stop();
  }
  bool stopping_ = false;
};
bool run(Worker &worker) {
  worker.stepDeaf(2);
  return worker.step(1);
}
// --- helpers.cpp
// What a handler calls, however far below.
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>
#include <thread>
#include <spdlog/spdlog.h>

void store(const std::string &text);
std::string fetch();
int total = 0;

static void give(const std::string &why) { throw std::runtime_error(why); }
static void giveUp(const std::string &why) {
  std::string text = "cannot: " + why;
  give(text);
}
static void end(const std::string &why) {
  switch (why.size()) {
  case 0: giveUp("nothing");
  default: giveUp(why);
  }
}
void throwing(const std::string &text) {
  try {
    store(text);
  } catch (const std::logic_error &problem) {
    end(problem.what());
  }
}

static void e5() {}
static void e4() { e5(); }
static void e3() { e4(); }
static void e2() { e3(); }
static void e1() { e2(); }
void nothingFarBelow(const std::string &text) {
  try {
    store(text);
  } catch (const std::exception &) { // expect: opex-swallowed-exception
    e1();
  }
}
static void w4() { ++total; }
static void w3() { w4(); }
static void w2() { w3(); }
static void w1() { w2(); }
void somethingFarBelow(const std::string &text) {
  try {
    store(text);
  } catch (const std::exception &) {
    w1();
  }
}

class Reader {
public:
  void start() { thread_ = std::thread([this] { run(); }); }

private:
  void run() {
    std::string packet;
    try {
      packet = fetch();
    } catch (const std::exception &problem) {
      spdlog::error("nothing came: {}", problem.what());
      return;
    }
    store(packet);
  }
  std::thread thread_;
};
void begin(Reader &reader) { reader.start(); }

/// The reason is apart from the try.
void tidy(const std::string &text) {
  int count = 0;
  // Best effort: whatever stays is taken away by the next run anyway.

  try {
    store(text);
  } catch (const std::exception &) {
  }
  total = count;
}
void untidy(const std::string &text) {
  if (text.empty()) {
    // Already empty, and so optional.
  }
  try {
    store(text);
  } catch (const std::exception &) { // expect: opex-swallowed-exception
  }
}

int parse(const std::string &text);
bool isThere(const std::string &path);
int firstOf(const std::vector<std::string> &paths) {
  for (size_t i = 0; i < paths.size(); ++i) {
    if (isThere(paths[i])) {
      try {
        return parse(paths[i]);
      } catch (...) { // expect: opex-swallowed-exception
      }
    }
  }
  return -1;
}
int anyOf(const std::vector<std::string> &forms) {
  for (const std::string &form : forms) {
    try {
      return parse(form);
    } catch (...) {
    }
  }
  return -1;
}
int anyOrThrow(const std::vector<std::string> &paths) {
  for (const std::string &path : paths) {
    if (!isThere(path))
      continue;
    try {
      return parse(path);
    } catch (...) {
    }
  }
  throw std::runtime_error("none");
}
// --- cases.cpp
// What tests do on purpose.
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>

std::string decode(const std::string &text);

class Decoding : public testing::Test {};

TEST_F(Decoding, KeepsWhatItHas) {
  try {
    decode("{");
  } catch (const std::runtime_error &) {
  }
}

TEST(Words, AreTaken) {
  auto take = [](const char *word) {
    try {
      decode(word);
    } catch (...) {
    }
  };
  take("a");
}

std::string decodeOrNothing(const std::string &text) {
  std::string result;
  try {
    result = decode(text);
  } catch (...) { // expect: opex-swallowed-exception [high]
  }
  return result;
}

// --- told_nobody.cpp
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

struct Letter {
  std::string text;
};
struct Postbox {
  bool next();
  std::string entry() const;
  bool pull(std::string &entry);
  void reopen();
};
struct Page {
  virtual ~Page() = default;
};
std::unique_ptr<Page> open(const std::string &name);
Letter decode(const std::string &entry);
std::string answerTo(const Letter &letter);
void send(const std::string &answer);

/// Who asked waits for an answer that never comes, and the log does not say why.
void reply(const Letter &letter) {
  try {
    send(answerTo(letter));
  } catch (...) { // expect: opex-swallowed-exception [medium] "logs the failure of `send"
    std::clog << "unknown problem in reply (perhaps memory), ignoring\n";
    return;
  }
}
/// The log says what it was.
void replyAndSay(const Letter &letter) {
  try {
    send(answerTo(letter));
  } catch (const std::exception &problem) {
    std::clog << "reply is ignored: " << problem.what() << '\n';
    return;
  }
}

void read(const std::string &text, int &number) {
  // C++ exceptions are terrible, never use them
  try {
    std::istringstream stream(text);
    stream.exceptions(std::ios::failbit);
    stream >> number;
  } catch (const std::exception &) { // expect: opex-swallowed-exception
  }
}
void readOptional(const std::string &text, int &number) {
  // exceptions are terrible, but the number is optional and 0 is what its absence means
  try {
    std::istringstream stream(text);
    stream.exceptions(std::ios::failbit);
    stream >> number;
  } catch (const std::exception &) {
  }
}

/// A book whose cover cannot be opened looks as if it had none.
class Book {
public:
  Book(std::unique_ptr<Page> cover, std::vector<std::string> pages) : cover_(std::move(cover)), pages_(std::move(pages)) {}
  bool hasCover() const { return cover_ != nullptr; }

private:
  std::unique_ptr<Page> cover_;
  std::vector<std::string> pages_;
};
std::unique_ptr<Book> openBook(const std::string &name, std::vector<std::string> pages) {
  std::unique_ptr<Page> cover;
  try {
    cover = open(name);
  } catch (...) { // expect: opex-swallowed-exception
  }
  return std::make_unique<Book>(std::move(cover), std::move(pages));
}
std::shared_ptr<Book> shareBook(const std::string &name) {
  std::unique_ptr<Page> cover = nullptr;
  try {
    cover = open(name + ".cover");
  } catch (const std::exception &) { // expect: opex-swallowed-exception
  }
  auto book = std::make_shared<Book>(std::move(cover), std::vector<std::string>());
  return book;
}
/// Here the caller learns of it.
std::unique_ptr<Page> openPage(const std::string &name) {
  std::unique_ptr<Page> page;
  try {
    page = open(name);
  } catch (...) {
  }
  return page;
}
std::unique_ptr<Book> openBookOrAnother(const std::string &name) {
  std::unique_ptr<Page> cover;
  try {
    cover = open(name);
  } catch (...) {
  }
  if (!cover)
    cover = open("blank");
  return std::make_unique<Book>(std::move(cover), std::vector<std::string>());
}

/// What cannot be decoded is missing from the list, and nobody learns of it.
class Mail {
public:
  std::optional<Letter> read() {
    while (box_.next()) {
      const std::string entry = box_.entry();
      if (entry.empty())
        continue;
      try {
        return decode(entry);
      } catch (...) { // expect: opex-swallowed-exception
      }
    }
    return std::nullopt;
  }
  /// The same, handed in.
  static Letter *readInto(Postbox &box, Letter &letter) {
    for (std::string entry; box.pull(entry);) {
      try {
        letter = decode(entry);
        return &letter;
      } catch (const std::exception &) { // expect: opex-swallowed-exception
      }
    }
    return nullptr;
  }
  /// One thing that is tried until it works.
  Letter fetch() {
    while (box_.next()) {
      try {
        box_.reopen();
        return decode("first");
      } catch (const std::exception &problem) {
        std::clog << "not yet: " << problem.what() << '\n';
      }
    }
    throw std::runtime_error("closed");
  }

private:
  Postbox box_;
};

// --- done_or_not.cpp
#include <string>

struct Parcel {
  explicit Parcel(const std::string &to);
  void pack(const std::string &what);
  std::string label() const;
};
bool isOurs(const std::string &address);
void ship(const Parcel &parcel);
Parcel unpack(const std::string &bytes);

/// 1 if it was sent, and 0 whatever kept it from being sent.
int sendsOrNot(const std::string &to, const std::string &what) {
  try {
    if (!isOurs(to)) {
      Parcel parcel(to);
      parcel.pack(what);
      ship(parcel);
      return 1;
    }
  } catch (...) {
  }
  return 0;
}

/// What is broken is told from what is somebody else's by nobody.
int forwards(const std::string &bytes) {
  try {
    Parcel parcel = unpack(bytes);
    if (isOurs(parcel.label())) {
      ship(parcel);
      return 1;
    }
  } catch (...) { // expect: opex-swallowed-exception
  }
  return 0;
}
// --- one_try.cpp
#include <any>
#include <vector>
#include <exception>
#include <iostream>
#include <map>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

struct Job {
  int id = 0;
  unsigned limit = 0;
  std::string title;
};
struct Store {
  void put(const Job &job);
  std::string setting(const std::string &name, const std::string &otherwise);
  int setting(const std::string &name, int otherwise);
};
std::shared_ptr<Store> borrow();
void parse(const std::string &text, Job &job);
bool nextJob(Job &job);

void twoLog(Store &store, const Job &job) {
  try {
    store.put(job);
  } catch (const std::exception &e) { // expect: opex-swallowed-exception [medium]
    std::cerr << "not kept: " << e.what() << '\n';
  } catch (...) {
    std::cerr << "not kept\n";
  }
}

void threeDrop(Store &store, const Job &job) {
  try {
    store.put(job);
  } catch (const std::invalid_argument &) {
  } catch (const std::exception &) { // expect: opex-swallowed-exception [high]
  } catch (...) {
  }
}

int oneAnswersOneDrops(Store &store, const Job &job) {
  try {
    store.put(job);
  } catch (const std::runtime_error &) { // expect: opex-swallowed-exception
    return 0;
  } catch (...) { // expect: opex-swallowed-exception
  }
  return 0;
}

void closeAll(std::vector<std::any> &users) {
  for (std::any &user : users) {
    std::shared_ptr<Store> store;
    try {
      store = std::any_cast<std::shared_ptr<Store>>(user);
    } catch (const std::bad_any_cast &) {
      continue;
    }
    if (store)
      store->put(Job());
  }
}

void neverTested(Job job) {
  while (nextJob(job)) {
    std::shared_ptr<Store> store;
    try {
      store = borrow();
    } catch (const std::exception &) { // expect: opex-swallowed-exception
      continue;
    }
    if (!store)
      return;
    store->put(job);
  }
}

void testedIndeed(Job job) {
  std::shared_ptr<Store> store;
  for (int i = 0; i < 2; ++i) {
    try {
      store = borrow();
    } catch (const std::exception &) {
      break;
    }
  }
  if (!store)
    throw std::runtime_error("no store");
  store->put(job);
}

void limitOf(Store &store, Job *job, const std::string &text) {
  try {
    job->limit = std::stoul(text);
  } catch (...) { // expect: opex-swallowed-exception [medium] "the default that it puts into `job.limit`"
    std::cerr << "no limit: " << text << '\n';
    job->limit = 0;
  }
  store.put(Job{1, job->limit});
}

std::string titleOf(const std::map<std::string, std::string> &rows, Store &store) {
  Job job;
  try {
    job.title = rows.at("title");
  } catch (const std::exception &) { // expect: opex-swallowed-exception [medium]
    job.title = "";
  }
  store.put(Job{2, 0, job.title});
  return "put";
}

void limitThatIsLookedAt(Store &store, Job &job, const std::string &text) {
  try {
    job.limit = std::stoul(text);
  } catch (...) {
    job.limit = 0;
  }
  if (job.limit)
    store.put(job);
}

void limitOfItsOwn(Store &store, Job &job, const std::string &text) {
  try {
    job.limit = std::stoul(text);
  } catch (...) {
    job.limit = 100;
  }
  store.put(Job{3, job.limit});
}

std::string method(Store &store, const std::string &text) {
  Job job;
  try {
    parse(text, job);
    return store.setting("method", "none");
  } catch (...) { // expect: opex-swallowed-exception [medium]
    return "none";
  }
}

int depth(Store &store) {
  try {
    return store.setting("depth", 8);
  } catch (const std::exception &) { // expect: opex-swallowed-exception [medium]
    return 8;
  }
}

std::string told(Store &store) {
  try {
    return store.setting("method", "none");
  } catch (const std::exception &) {
    return "failed";
  }
}

void namesTheRetry(Store &store, const Job &job) {
  try {
    store.put(job);
  } catch (const std::exception &e) { // expect: opex-swallowed-exception [medium]
    std::cerr << "could not set retry: " << e.what() << '\n';
  }
}

void announcesTheRetry(Store &store, const Job &job) {
  try {
    store.put(job);
  } catch (const std::exception &e) {
    std::cerr << "not kept, will retry: " << e.what() << '\n';
  }
}

// --- cannot_fail.cpp
#include <algorithm>
#include <endian.h>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <string>
#include <sys/socket.h>
#include <vector>

struct Peer {
  int socket = -1;
  std::string pending;
};

struct Rule {
  std::string pattern;
  bool operator==(const Rule &other) const;
};

class Peers {
public:
  void ready(Peer *peer) {
    try {
      long sent = ::send(peer->socket, peer->pending.data(), peer->pending.size(), 0);
      if (sent > 0)
        peer->pending.erase(peer->pending.begin(), peer->pending.begin() + sent);
    } catch (...) { // Nothing in it throws.
    }
  }

  void closed(Peer *peer) {
    try {
      all_.erase(std::remove(all_.begin(), all_.end(), peer), all_.end());
      total_ = htobe32(all_.size());
    } catch (...) {
    }
  }

  void allow(const Rule &rule) {
    try {
      rules_.erase(std::remove(rules_.begin(), rules_.end(), rule), rules_.end());
    } catch (...) { // expect: opex-swallowed-exception [medium]
    }
  }

private:
  std::vector<Peer *> all_;
  std::vector<Rule> rules_;
  uint32_t total_ = 0;
};

void lastWords(const std::exception &problem) {
  try {
    std::cerr << "ends: " << std::setw(8) << problem.what() << std::endl;
  } catch (...) {
  }
}

std::string firstLine(const std::filesystem::path &file) {
  std::string line;
  try {
    std::ifstream in(file);
    std::getline(in, line);
    line = line.substr(0, 80);
  } catch (...) {
  }
  return line;
}

void dropFile(const std::filesystem::path &file) {
  try {
    std::filesystem::remove(file);
  } catch (...) { // expect: opex-swallowed-exception [medium]
  }
}

std::vector<char> bufferFor(size_t announced) {
  std::vector<char> buffer;
  try {
    buffer.resize(announced);
  } catch (...) { // expect: opex-swallowed-exception [medium]
  }
  return buffer;
}

void saveTold(const std::string &text) {
  try {
    std::ofstream out("/var/lib/app/state");
    out.exceptions(std::ios::badbit | std::ios::failbit);
    out << text;
  } catch (const std::exception &) { // expect: opex-swallowed-exception
  }
}

class Journal {
public:
  Journal() { out_.exceptions(std::ios::badbit); }

  void note(const std::string &text) {
    try {
      out_ << text << '\n';
    } catch (...) { // expect: opex-swallowed-exception
    }
  }

private:
  std::ofstream out_;
};

void relay(std::ostream &out, const std::string &text) {
  try {
    out << text;
  } catch (...) { // expect: opex-swallowed-exception
  }
}
