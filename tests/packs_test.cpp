// Every row of the built-in packs against the real headers of the library: names, parameters, places, fields,
// enumerators and macros. The headers are parsed and described by the frontend itself, so that what matches
// here matches in an analysis. Packs without headers on Debian 12 say so themselves (`unverified: true`).
#include "analysis/roles.h"
#include "frontend/arguments.h"
#include "frontend/declarations.h"
#include "link/link.h"
#include "rules/load.h"
#include "rules/match.h"

#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendActions.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/ADT/STLExtras.h"

#include <gmock/gmock.h>

#include <set>

using namespace opex;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

struct Library {
  std::string pack;
  std::vector<std::string> headers;
  std::vector<std::string> arguments;

  friend void PrintTo(const Library &library, std::ostream *out) { *out << library.pack; }
};

const std::vector<Library> &libraries() {
  static const std::string generated = "-I" OPEX_BINARY_DIR "/rules_generated";
  static const std::vector<Library> all = {
      {"abseil-locks", {"absl/synchronization/mutex.h"}, {}},
      {"boost-asio", {"boost/asio.hpp", "boost/asio/ssl.hpp"}, {}},
      {"boost-beast", {"boost/beast.hpp", "boost/beast/ssl.hpp"}, {}},
      {"boost-executors",
       {"boost/asio/post.hpp", "boost/asio/defer.hpp", "boost/asio/io_context.hpp", "boost/asio/strand.hpp",
        "boost/asio/system_context.hpp", "boost/asio/thread_pool.hpp", "boost/thread.hpp",
        "boost/thread/concurrent_queues/sync_bounded_queue.hpp",
        "boost/thread/concurrent_queues/sync_deque.hpp",
        "boost/thread/concurrent_queues/sync_priority_queue.hpp",
        "boost/thread/concurrent_queues/sync_queue.hpp", "boost/thread/executors/basic_thread_pool.hpp",
        "boost/thread/executors/executor_adaptor.hpp", "boost/thread/executors/loop_executor.hpp",
        "boost/thread/executors/serial_executor.hpp"},
       {"-DBOOST_THREAD_VERSION=4", "-DBOOST_THREAD_PROVIDES_EXECUTORS"}},
      {"boost-lockfree",
       {"boost/lockfree/queue.hpp", "boost/lockfree/spsc_queue.hpp", "boost/lockfree/stack.hpp"},
       {}},
      {"boost-multi-index",
       {"boost/multi_index_container.hpp", "boost/multi_index/hashed_index.hpp",
        "boost/multi_index/ordered_index.hpp", "boost/multi_index/sequenced_index.hpp"},
       {}},
      {"boost-timers", {"boost/asio.hpp", "boost/asio/co_spawn.hpp", "boost/asio/spawn.hpp", "boost/thread.hpp"},
       {"-DBOOST_ASIO_HAS_CO_AWAIT", "-DBOOST_ASIO_HAS_STD_COROUTINE"}},
      {"boostlog",
       {"boost/log/trivial.hpp", "boost/log/sources/record_ostream.hpp",
        "boost/log/sources/severity_logger.hpp"},
       {"-DBOOST_LOG_DYN_LINK"}},
      {"curl", {"curl/curl.h"}, {}},
      {"glog", {"glog/logging.h", "glog/raw_logging.h"}, {}},
      {"grpc", {"grpcpp/grpcpp.h", "grpcpp/generic/generic_stub.h", "store.grpc.pb.h"}, {generated}},
      {"hash-maps",
       {"absl/container/flat_hash_map.h", "absl/container/node_hash_map.h", "boost/unordered_map.hpp",
        "tbb/concurrent_hash_map.h"},
       {}},
      {"hiredis", {"hiredis/hiredis.h", "hiredis/async.h"}, {}},
      {"httplib", {"httplib.h"}, {"-DCPPHTTPLIB_OPENSSL_SUPPORT"}},
      {"libpq", {"postgresql/libpq-fe.h"}, {}},
      {"librdkafka", {"librdkafka/rdkafka.h", "librdkafka/rdkafkacpp.h"}, {}},
      {"logging", {"syslog.h", "stdio.h", "err.h", "unistd.h", "iostream", "string"}, {}},
      {"memcached",
       {"libmemcached/memcached.h", "libmemcachedutil-1.0/pool.h", "libmemcached-1.0/memcached.hpp"},
       {}},
      {"mongoc", {"mongoc/mongoc.h"}, {"-I/usr/include/libmongoc-1.0", "-I/usr/include/libbson-1.0"}},
      {"posix",
       {"fcntl.h",     "mqueue.h",   "netdb.h",      "netinet/in.h", "netinet/tcp.h",
        "poll.h",      "pthread.h",  "semaphore.h",  "stdlib.h",     "sys/epoll.h",
        "sys/ioctl.h", "sys/msg.h",  "sys/select.h", "sys/sem.h",    "sys/socket.h",
        "sys/uio.h",   "sys/wait.h", "threads.h",    "unistd.h",     "stdio.h"},
       {"-D_GNU_SOURCE"}},
      {"spdlog", {"spdlog/spdlog.h"}, {}},
      {"std",
       {"algorithm", "atomic", "barrier", "cassert", "condition_variable", "cstdlib", "err.h", "exception", "expected",
        "functional", "future", "latch", "memory", "mutex", "optional", "semaphore", "thread", "unistd.h",
        "utility"},
       {"-std=gnu++23", "-D_GLIBCXX_ASSERTIONS"}},
      {"stdcontainers", {"map", "unordered_map"}, {}},
      {"stdqueues",
       {"algorithm", "condition_variable", "deque", "forward_list", "list", "map", "mutex", "pthread.h",
        "queue", "semaphore", "semaphore.h", "set", "shared_mutex", "stack", "utility", "vector"},
       {}},
      {"tbb", {"tbb/tbb.h"}, {}},
      {"thrift",
       {"Shelf.h",
        "Drawer.h",
        "thrift/protocol/TBinaryProtocol.h",
        "thrift/protocol/TCompactProtocol.h",
        "thrift/protocol/TDebugProtocol.h",
        "thrift/protocol/THeaderProtocol.h",
        "thrift/protocol/TJSONProtocol.h",
        "thrift/protocol/TMultiplexedProtocol.h",
        "thrift/server/TSimpleServer.h",
        "thrift/server/TThreadPoolServer.h",
        "thrift/server/TThreadedServer.h",
        "thrift/transport/TBufferTransports.h",
        "thrift/transport/TFDTransport.h",
        "thrift/transport/THeaderTransport.h",
        "thrift/transport/THttpClient.h",
        "thrift/transport/TSSLSocket.h",
        "thrift/transport/TSimpleFileTransport.h",
        "thrift/transport/TSocketPool.h",
        "thrift/transport/TTransportUtils.h",
        "thrift/transport/TZlibTransport.h"},
       {generated}},
  };
  return all;
}

/// What a library's headers declare.
struct Headers {
  TuFacts facts;
  std::set<std::string> macros;
  std::set<std::string> types; ///< Records and aliases, qualified.
  bool isComplete = false;     ///< Nothing was missing.
};

class Collector : public clang::RecursiveASTVisitor<Collector> {
public:
  Collector(Declarations &declarations, Entities &entities, Headers &out)
      : declarations_(declarations), entities_(entities), out_(out) {}

  bool shouldVisitImplicitCode() const { return true; }

  bool VisitNamedDecl(clang::NamedDecl *decl) {
    if (llvm::isa<clang::TypedefNameDecl, clang::TagDecl>(decl))
      out_.types.insert(entities_.qualifiedName(decl));
    if (auto *record = llvm::dyn_cast<clang::CXXRecordDecl>(decl); record && record->hasDefinition())
      declarations_.tag(record->getDefinition());
    bool isLocal = decl->getParentFunctionOrMethod() != nullptr;
    if (!isLocal &&
        llvm::isa<clang::FunctionDecl, clang::FieldDecl, clang::EnumConstantDecl, clang::VarDecl>(decl))
      declarations_.declare(decl);
    return true;
  }

private:
  Declarations &declarations_;
  Entities &entities_;
  Headers &out_;
};

class Describe : public clang::ASTFrontendAction {
public:
  explicit Describe(Headers &out) : out_(out) {}

  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &, llvm::StringRef) override {
    return std::make_unique<clang::ASTConsumer>();
  }

  void ExecuteAction() override {
    clang::CompilerInstance &compiler = getCompilerInstance();
    compiler.getFrontendOpts().SkipFunctionBodies = true;
    // Errors inside a library's headers (Boost 1.74 has one) matter where they take declarations away, and
    // then rows fail.
    compiler.getDiagnostics().setClient(new clang::IgnoringDiagConsumer, true);
    clang::ASTFrontendAction::ExecuteAction();
    out_.isComplete = !compiler.getDiagnostics().hasFatalErrorOccurred();
    clang::Preprocessor &preprocessor = compiler.getPreprocessor();
    for (const auto &macro : preprocessor.macros())
      out_.macros.insert(macro.first->getName().str());
    const ProjectScope scope{"/no/project", {}};
    SourceFiles files(scope, out_.facts, compiler.getSourceManager(), compiler.getLangOpts(),
                      &preprocessor.getHeaderSearchInfo());
    Entities entities(compiler.getASTContext(), files, out_.facts);
    Types types(compiler.getASTContext(), out_.facts, entities);
    Declarations declarations(out_.facts, files, entities, types);
    types.onTag = [&](const clang::TagDecl *tag) { declarations.tag(tag); };
    Collector(declarations, entities, out_).TraverseDecl(compiler.getASTContext().getTranslationUnitDecl());
    declarations.finish();
    files.finish();
  }

private:
  Headers &out_;
};

Headers parse(const Library &library) {
  Headers headers;
  std::string code;
  for (const std::string &header : library.headers)
    code += "#include <" + header + ">\n";
  std::vector<std::string> arguments = {"-std=gnu++20", "-resource-dir=" + clangResourceDir()};
  arguments.insert(arguments.end(), library.arguments.begin(), library.arguments.end());
  clang::tooling::runToolOnCodeWithArgs(std::make_unique<Describe>(headers), code, arguments, "pack.cpp");
  return headers;
}

rules::RuleSet builtIn() {
  llvm::Expected<rules::RuleSet> rules = rules::loadRules({});
  if (rules)
    return std::move(*rules);
  ADD_FAILURE() << llvm::toString(rules.takeError());
  return {};
}

/// One row per name, so that each name has to prove itself.
template <class Row> void splitNames(std::vector<Row> &rows) {
  std::vector<Row> split;
  for (const Row &row : rows)
    for (const std::string &name : row.match.names) {
      split.push_back(row);
      split.back().match.names = {name};
    }
  rows = std::move(split);
}

void splitNames(rules::Pack &pack) {
  splitNames(pack.makers);
  splitNames(pack.setters);
  splitNames(pack.textSettings);
  splitNames(pack.holders);
  splitNames(pack.calls);
  splitNames(pack.passages);
  splitNames(pack.loggers);
  splitNames(pack.entryPoints);
  splitNames(pack.spawns);
  splitNames(pack.aborts);
  splitNames(pack.errorReports);
  splitNames(pack.retries);
  splitNames(pack.pauses);
  splitNames(pack.guards);
  splitNames(pack.iterations);
  splitNames(pack.stores);
  splitNames(pack.locks);
  for (rules::Queue &queue : pack.queues)
    splitNames(queue.calls);
}

class PackCheck {
public:
  PackCheck(const rules::Pack &pack, Headers headers)
      : macros_(std::move(headers.macros)), types_(std::move(headers.types)) {
    rules_.packs.push_back(pack);
    splitNames(rules_.packs[0]);
    std::vector<TuFacts> units;
    units.push_back(std::move(headers.facts));
    program_ = link(std::move(units));
    for (const auto &[id, entry] : program_.declarations) {
      const Declaration &declaration = *entry.first;
      names_.insert(declaration.name.str());
      names_.insert(unqualified(declaration.name).str());
    }
    roles_ = std::make_unique<RoleIndex>(program_, rules_);
  }

  /// Complaints, one per row and name.
  std::vector<std::string> run() {
    const rules::Pack &pack = rules_.packs[0];
    for (const rules::Subject &subject : pack.subjects)
      for (const std::string &type : subject.types)
        if (!types_.count(type))
          complain(subject.origin, type, "there is no such type");
    check(pack.makers, &Roles::makers, [](auto &row) { return std::vector{row.made, row.inherits}; });
    check(pack.setters, &Roles::setters, [](auto &row) {
      return row.isField ? std::vector<rules::Place>()
                         : std::vector{row.subject, row.amount ? row.amount->from : rules::Place()};
    });
    check(pack.textSettings, &Roles::textSettings, [](auto &row) {
      return std::vector{row.subject, row.text};
    });
    check(pack.holders, &Roles::holders, [](auto &row) { return std::vector{row.holder, row.held}; });
    check(pack.calls, &Roles::calls, placesOfCall);
    check(pack.passages, &Roles::passages, [](auto &row) { return std::vector{row.from, row.to}; });
    check(pack.loggers, &Roles::loggers, [](auto &row) { return std::vector{row.levelFrom}; });
    check(pack.entryPoints, &Roles::entryPoints, [](auto &row) { return std::vector{row.handler}; });
    check(pack.spawns, &Roles::spawns, [](auto &row) { return std::vector{row.entry}; });
    check(pack.locks, &Roles::locks, [](auto &row) { return std::vector{row.lock}; });
    check(pack.aborts, &Roles::aborts, [](auto &) { return std::vector<rules::Place>(); });
    check(pack.errorReports, &Roles::errorReports, [](auto &) { return std::vector<rules::Place>(); });
    check(pack.retries, &Roles::retries, [](auto &row) {
      return std::vector{row.work, row.subject, row.amount ? row.amount->from : rules::Place()};
    });
    check(pack.pauses, &Roles::pauses, [](auto &) { return std::vector<rules::Place>(); });
    check(pack.guards, &Roles::guards, [](auto &row) { return std::vector{row.work}; });
    check(pack.iterations, &Roles::iterations, [](auto &row) { return std::vector{row.work}; });
    check(pack.stores, &Roles::stores, [](auto &row) { return std::vector{row.result, row.key}; });
    for (const rules::Queue &queue : pack.queues)
      check(queue.calls, &Roles::queues, [](auto &row) { return std::vector{row.queue}; });
    checkNames();
    return complaints_;
  }

  unsigned namesChecked() const { return checked_; }

private:
  static std::vector<rules::Place> placesOfCall(const rules::DependencyCall &row) {
    std::vector<rules::Place> places = {row.subject};
    for (const rules::Phase &phase : row.phases)
      for (const rules::Bound &bound : phase.anyOf) {
        if (const auto *amount = std::get_if<rules::Amount>(&bound))
          places.push_back(amount->from);
        if (const auto *condition = std::get_if<rules::ArgumentIs>(&bound))
          places.push_back(condition->place);
      }
    for (const rules::ArgumentIs &condition : row.unless)
      places.push_back(condition.place);
    for (const rules::ArgumentIs &condition : row.when)
      places.push_back(condition.place);
    return places;
  }

  static bool isOneOf(const llvm::SmallVector<QueueRole, 1> &roles, const rules::QueueCall *row) {
    return llvm::any_of(roles, [&](const QueueRole &role) { return role.call == row; });
  }
  template <class Row> static bool isOneOf(const llvm::SmallVector<const Row *, 1> &roles, const Row *row) {
    return llvm::is_contained(roles, row);
  }

  template <class Row, class List, class PlacesOf>
  void check(const std::vector<Row> &rows, List Roles::*list, PlacesOf placesOf) {
    for (const Row &row : rows) {
      ++checked_;
      if (row.match.isMacro) {
        if (!macros_.count(row.match.names[0]))
          complain(row.origin, row.match.names[0], "there is no such macro");
        continue;
      }
      bool isMatched = false, isFit = false, isOwned = false;
      for (const auto &[id, entry] : program_.declarations) {
        const Roles &roles = roles_->of(id);
        if (!isOneOf(roles.*list, &row))
          continue;
        isMatched = true;
        isOwned |= roles.library != nullptr;
        std::vector<rules::Place> places = placesOf(row);
        isFit |= isField(row) == (entry.first->kind == EntityKind::Field) &&
                 llvm::all_of(places, [&](const rules::Place &place) { return hasPlace(entry, place); });
      }
      if (!isMatched)
        complain(row.origin, row.match.names[0], "no declaration has this name and these parameters");
      else if (!isFit)
        complain(row.origin, row.match.names[0], "no matching declaration has these places");
      else if (!isOwned && !row.match.names[0].starts_with("**"))
        complain(row.origin, row.match.names[0], "its header is none of the pack's");
    }
  }

  template <class Row> static bool isField(const Row &) { return false; }
  static bool isField(const rules::Setter &row) { return row.isField; }
  static bool isField(const rules::ErrorReport &row) {
    return row.match.names[0] == "httplib::Response::status";
  }

  bool hasPlace(const std::pair<const Declaration *, const TuFacts *> &entry,
                const rules::Place &place) const {
    const Declaration &declaration = *entry.first;
    const TuFacts &unit = *entry.second;
    bool isMember = declaration.kind == EntityKind::Method || declaration.kind == EntityKind::Constructor ||
                    declaration.kind == EntityKind::Destructor;
    switch (place.kind) {
    case rules::Place::None: return true;
    case rules::Place::Argument: return declaration.isVariadic || place.index < declaration.parameters.size();
    case rules::Place::This: return isMember && !declaration.isStatic;
    case rules::Place::Return: return declaration.type && unit[declaration.type].kind != TypeClass::Void;
    case rules::Place::ArgumentOfType:
      return llvm::any_of(declaration.parameters, [&](Index<Type> type) {
        return type && (unit[type].recordName == place.type || unit[type].canonical == place.type);
      });
    case rules::Place::TemplateArgument: return declaration.isTemplate;
    }
    return false;
  }

  /// Constants that conditions, limits and levels name.
  void checkNames() {
    const rules::Pack &pack = rules_.packs[0];
    auto conditions = [&](const rules::Origin &origin, const std::vector<rules::ArgumentIs> &list) {
      for (const rules::ArgumentIs &condition : list)
        for (const std::string &name : condition.anyOf)
          checkName(origin, name);
    };
    auto infinite = [&](const rules::Origin &origin, const rules::Infinite &limit) {
      for (const std::string &name : limit.names)
        checkName(origin, name);
    };
    for (const rules::Maker &row : pack.makers)
      conditions(row.origin, row.when);
    for (const rules::Setter &row : pack.setters) {
      conditions(row.origin, row.when);
      if (row.amount)
        infinite(row.origin, row.amount->infinite);
    }
    for (const rules::DependencyCall &row : pack.calls) {
      conditions(row.origin, row.when);
      conditions(row.origin, row.unless);
      for (const rules::Phase &phase : row.phases)
        for (const rules::Bound &bound : phase.anyOf)
          if (const auto *amount = std::get_if<rules::Amount>(&bound))
            infinite(row.origin, amount->infinite);
    }
    for (const rules::Retry &row : pack.retries)
      conditions(row.origin, row.when);
    for (const rules::Store &row : pack.stores) // Prefixes are words of a text.
      for (const rules::ArgumentIs &condition : row.when)
        if (!condition.isPrefix)
          conditions(row.origin, {condition});
    for (const rules::Logger &row : pack.loggers) {
      conditions(row.origin, row.when);
      for (const auto &[name, level] : row.levels)
        if (!row.match.isMacro) // There they are words that the macro pastes together.
          checkName(row.origin, name);
    }
  }

  void checkName(const rules::Origin &origin, llvm::StringRef name) {
    uint64_t number = 0;
    // Keys of text options are written as they stand in the text.
    bool isText =
        macros_.count(("MONGOC_URI_" + name).str()) || macros_.count(("MONGOC_URI_" + name.upper()));
    if (name.getAsInteger(0, number) && !isText && !names_.count(name.str()) && !macros_.count(name.str()))
      complain(origin, name, "there is no such constant");
  }

  void complain(const rules::Origin &origin, llvm::StringRef name, llvm::StringRef what) {
    complaints_.push_back(origin.file + ":" + std::to_string(origin.line) + ": " + name.str() + ": " +
                          what.str());
  }

  rules::RuleSet rules_;
  Program program_;
  std::set<std::string> macros_, types_, names_;
  std::unique_ptr<RoleIndex> roles_;
  std::vector<std::string> complaints_;
  unsigned checked_ = 0;
};

const rules::Pack *packNamed(const rules::RuleSet &rules, llvm::StringRef name) {
  auto found = llvm::find_if(rules.packs, [&](const rules::Pack &pack) { return pack.name == name; });
  return found == rules.packs.end() ? nullptr : &*found;
}

class Packs : public testing::TestWithParam<Library> {};

} // namespace

TEST_P(Packs, MatchTheHeaders) {
  rules::RuleSet rules = builtIn();
  const rules::Pack *pack = packNamed(rules, GetParam().pack);
  ASSERT_NE(pack, nullptr);
  EXPECT_FALSE(pack->isUnverified);
  Headers headers = parse(GetParam());
  ASSERT_TRUE(headers.isComplete) << "a header is missing, run tools/setup";
  PackCheck check(*pack, std::move(headers));
  EXPECT_THAT(check.run(), IsEmpty());
  EXPECT_GT(check.namesChecked(), 0u);
}

INSTANTIATE_TEST_SUITE_P(All, Packs, testing::ValuesIn(libraries()),
                         [](const auto &info) {
                           std::string name = info.param.pack;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(PackList, EveryPackIsVerifiedOrSaysThatItIsNot) {
  rules::RuleSet rules = builtIn();
  for (const rules::Pack &pack : rules.packs) {
    bool isTested =
        llvm::any_of(libraries(), [&](const Library &library) { return library.pack == pack.name; });
    EXPECT_NE(isTested, pack.isUnverified) << pack.name;
  }
}

TEST(PackList, ARowThatMatchesNothingIsNoticed) {
  llvm::Expected<rules::Pack> pack =
      rules::parsePack("pack: {name: demo, headers: [\"curl/*.h\"]}\n"
                       "subjects:\n"
                       "- {id: s, types: [CURLX], settings: {t: {default: none}}}\n"
                       "makers:\n"
                       "- {function: curl_easy_inti, makes: s, at: return}\n"
                       "setters:\n"
                       "- {function: curl_easy_reset, subject: arg1, resets: true}\n"
                       "- {function: curl_easy_setopt, subject: arg0, when: {arg1: CURLOPT_NONE}, sets: t}\n",
                       "demo.yaml");
  ASSERT_TRUE(bool(pack)) << llvm::toString(pack.takeError());
  PackCheck check(*pack, parse({"curl", {"curl/curl.h"}, {}}));
  EXPECT_THAT(check.run(),
              ElementsAre("demo.yaml:3: CURLX: there is no such type",
                          "demo.yaml:5: curl_easy_inti: no declaration has this name and these parameters",
                          "demo.yaml:7: curl_easy_reset: no matching declaration has these places",
                          "demo.yaml:8: CURLOPT_NONE: there is no such constant"));
}
