// What APIs mean, as data: typed rows of the rule packs. rules/load.h reads them from YAML; analysis/
// matches them against a program's declarations. Policies (thresholds, severities) are not here.
//
// A pack talks about *subjects*: objects that carry a call's configuration (a CURL*, a ClientContext, an
// options struct). A subject has named *settings*; setters give settings values; a dependency call lists
// its *phases*, and for each phase which settings or arguments bound it.
#pragma once

#include "rules/work.h"

#include <variant>

namespace opex::rules {

/// What a setting is by default in some versions of the library. None: no limit.
struct VersionedDefault {
  VersionRange versions;
  std::optional<int64_t> ns;
};

/// A named piece of a subject's configuration.
struct Setting {
  std::string name;
  std::optional<int64_t> defaultNs; ///< A finite default. None: the default is no limit.
  std::vector<VersionedDefault> otherDefaults;
  std::string defaultText;          ///< "libcurl's default is no limit".
  std::string called;               ///< What users of the library know it by, if not by its first setter.
};

/// A kind of object that carries configuration.
struct Subject {
  std::string id;
  std::vector<std::string> types; ///< Classes, or alias names where the class is opaque ("CURL").
  bool isHandle = false; ///< An integer (a descriptor): found by its makers, not by its type.
  std::vector<Setting> settings;
  Origin origin;
};

/// A call (or construction) that makes a subject. Constructors of subject types need no row.
struct Maker : Row {
  Place made; ///< Usually `return`; `arg0` for out-parameters.
  std::string subject;
  Place inherits; ///< Its settings start as those of this argument's subject.
  std::vector<ArgumentIs> when;
};

/// A call or field assignment that gives a setting a value, or (with no setting) resets all to defaults.
struct Setter : Row {
  Place subject;
  std::vector<ArgumentIs> when, unless;
  std::vector<std::string> settings;
  std::optional<Amount> amount; ///< None: the call itself bounds (a callback that aborts, non-blocking mode).
  bool resets = false;
};

/// Settings given inside a string: connection strings, URIs, a `SET` statement. A call that is a dependency
/// call as well is itself bounded by what it sets.
struct TextSetting : Row {
  Place subject;
  Place text;
  bool onlyIfSeen = false; ///< Most calls set nothing (SQL): a text that is not known changes nothing.
  struct Key {
    std::string key; ///< As in `key=value`.
    std::string setting;
    Unit unit = Unit::None;
    Infinite infinite;
  };
  std::vector<Key> keys;
};

/// The object constructed (or the call's subject) takes over the settings of another subject: a wrapper
/// around it, an options struct copied in.
struct Holder : Row {
  Place holder;
  Place held;
};

/// What bounds a phase: all of the named settings together, an argument of the call itself, or a flag.
struct SettingsBound {
  std::vector<std::string> settings;
};
using Bound = std::variant<SettingsBound, Amount, ArgumentIs>;

struct Phase {
  std::string name;         ///< "connect", "read", "write", "transfer", "request", "lease", …
  PhaseKind kind = PhaseKind::Asking; ///< Told by the name.
  std::vector<Bound> anyOf; ///< One of these is enough. None at all: nothing can bound it.
  std::optional<int64_t> limitNs; ///< The library's own fixed limit: never missing, whatever `anyOf` says.
};

/// A call that leaves the process, or (LocalWait) waits inside it.
struct DependencyCall : Row {
  DependencyKind kind = DependencyKind::Socket;
  Place subject;
  std::vector<Phase> phases;
  std::vector<ArgumentIs> unless; ///< Not a dependency call then (WNOHANG, MSG_DONTWAIT).
  std::vector<ArgumentIs> when;
  std::string onlyOn; ///< Id of a subject: a dependency call only where it is one for sure (read(2)).
  std::string defaultText; ///< What happens when nothing is set.
  std::string advice;      ///< What to do instead, one sentence.
  bool isAsync = false;    ///< Returns before the answer is there.
  bool isContinued = false; ///< Called again, it goes on where it stopped: no retry.
  bool isIdleWait = false; ///< A server's or worker's own waiting for work: a finding on a request path only.
  /// Names of failures that leave what it waits for as it is: asked again, it fails at once (EMFILE of accept).
  std::vector<std::string> failsWhileReady;
};

/// A function that hands an object through: smart pointers' `get` and `->`, std::move, make_shared
/// (which constructs `makes` from its arguments).
struct Passage : Row {
  Place from;
  Place to;
  bool makes = false; ///< Constructs a template0 from its arguments; the result points to it.
  bool byName = false; ///< The result is the function that the text `from` names: dlsym.
};

/// Uses a subject, and neither changes its settings nor keeps it: handing it over is no escape. Functions of the
/// library itself need no row.
struct Borrower : Row {
  Place subject;
};

/// Limits what is done for it, whatever that is itself bounded by: `with_timeout(deadline, future)`.
struct Deadline : Row {
  Place work; ///< A callable, a future or the call itself as an argument.
  std::optional<Amount> amount; ///< None: it always limits.
};

/// Asks whether, or until when, the result is still wanted: a stop token, the deadline of the request.
struct Cancellation : Row {};

/// A call, method or macro that writes a log line. Several rows may mean one statement, the macro's and
/// that of what it expands to: then the macro's is the one to go by.
struct Logger : Row {
  std::vector<ArgumentIs> when; ///< `std::cerr << …`: the stream is one of these.
  std::optional<LogLevel> level;
  Place levelFrom; ///< Argument (or macro argument) that names the level.
  std::vector<std::pair<std::string, LogLevel>> levels; ///< Spelling of that argument → level.
  bool isRateLimited = false;
  bool isProgramOutput = false; ///< A standard stream: a log of a service, the answer of a command-line tool.
  bool isStream = false; ///< An object that a stream is written to; one line per construction.
};

/// What says how much is to be logged: a function, a member or variable, by name.
struct LogGuard {
  std::vector<std::string> names; ///< Globs of qualified names; for locals of the plain name.
  Origin origin;
};

/// What is run by tests only: classes that cases derive from, macros that cases come out of.
struct TestCase {
  std::vector<std::string> names; ///< Globs of qualified names of classes, and of macros.
  Origin origin;
};

/// Records what operators look at.
struct Metric : Row {
  enum Kind : uint8_t { Count, Level, Duration } kind = Count;
};

/// Functions run when a request arrives: what a registration call (with `handler`) is given, or (without) the
/// virtual methods that override the named ones. With `connection` nothing is entered by the call itself: what runs with
/// the connection that it hands out is on the way of a request.
struct EntryPoint : Row {
  Place handler;
  Place connection;
  std::string kind; ///< "rpc", "http", "consumer", …
  std::optional<int64_t> slaNs; ///< How long an answer may take.
};

/// Starts its argument on another thread (or pool, or event loop).
struct Spawn : Row {
  Place entry;
  bool isThread = false; ///< A new thread, whose uncaught exceptions terminate the process.
};

/// Runs its callable on an event loop, where whoever blocks holds up all others. Without `handler` the overriders of
/// the named methods are run so.
struct LoopCallback : Row {
  Place handler;
};

/// Ends the process, or can.
struct Abort : Row {
  std::vector<ArgumentIs> when; ///< Of macros: their arguments as written.
  bool isAssertion = false; ///< Claims that something cannot happen.
};

/// In a handler: hands the error on to somebody (promise, status, counter, exception_ptr).
struct ErrorReport : Row {
};

/// A piece of code and the checks that report on it.
struct PackTest {
  std::string code;
  std::vector<std::string> expect; ///< Ids of the checks, in the order of their lines.
  Origin origin;
};

/// Where the library of a pack is to be had, so that its rows can be proven on the real declarations.
struct Proof {
  std::string package;               ///< The Debian package with the headers; empty: there is none.
  std::vector<std::string> includes; ///< Headers that together declare all that the rows name.
  std::vector<std::string> flags;    ///< For compiling them: -D…, -I…, -std=….
};

/// `<pack>/<id>` of rows that another pack takes out.
struct Disabled {
  std::string id;
  Origin origin;
};

struct Pack {
  std::string name;
  std::string library, version; ///< What the rows were verified against.
  bool isUnverified = false;    ///< No header was at hand: names and defaults come from documentation.
  std::vector<std::string> headers; ///< Globs of include spellings that belong to the library.
  std::vector<std::string> versionMacros; ///< One with the whole version, or major, minor and patch.
  Proof proof;
  std::vector<Disabled> disables;
  std::vector<Subject> subjects;
  std::vector<Maker> makers;
  std::vector<Setter> setters;
  std::vector<TextSetting> textSettings;
  std::vector<Holder> holders;
  std::vector<Borrower> borrowers;
  std::vector<DependencyCall> calls;
  std::vector<Deadline> deadlines;
  std::vector<Cancellation> cancellations;
  std::vector<Passage> passages;
  std::vector<Logger> loggers;
  std::vector<LogGuard> logGuards;
  std::vector<TestCase> testCases;
  std::vector<Metric> metrics;
  std::vector<EntryPoint> entryPoints;
  std::vector<Spawn> spawns;
  std::vector<LoopCallback> loopCallbacks;
  std::vector<Abort> aborts;
  std::vector<ErrorReport> errorReports;
  std::vector<Queue> queues;
  std::vector<Lock> locks;
  std::vector<Retry> retries;
  std::vector<Pause> pauses;
  std::vector<Guard> guards;
  std::vector<Lever> levers;
  std::vector<Iteration> iterations;
  std::vector<Cache> caches;
  std::vector<Store> stores;
  std::vector<PackTest> tests;
  std::string text; ///< All of it, as written.
  Origin origin;
};

/// Calls `visit(section, rows)` for every list of rows that mean declarations, in the order of docs/rules.md. `section` is
/// its name in YAML. Of queues, the rows are their calls: one list for each queue.
template <class SomePack, class Visit> void forEachSection(SomePack &pack, Visit visit) {
  visit("makers", pack.makers);
  visit("setters", pack.setters);
  visit("texts", pack.textSettings);
  visit("holders", pack.holders);
  visit("borrowers", pack.borrowers);
  visit("calls", pack.calls);
  visit("deadlines", pack.deadlines);
  visit("cancellations", pack.cancellations);
  visit("passages", pack.passages);
  visit("loggers", pack.loggers);
  visit("metrics", pack.metrics);
  visit("entry-points", pack.entryPoints);
  visit("spawns", pack.spawns);
  visit("loop-callbacks", pack.loopCallbacks);
  visit("aborts", pack.aborts);
  visit("error-reports", pack.errorReports);
  for (auto &queue : pack.queues)
    visit("queues", queue.calls);
  visit("locks", pack.locks);
  visit("retries", pack.retries);
  visit("pauses", pack.pauses);
  visit("guards", pack.guards);
  visit("levers", pack.levers);
  visit("iterations", pack.iterations);
  visit("stores", pack.stores);
}

struct Practice {
  std::string id, text, answeredBy;
};

/// Rows that count no more.
struct Removal {
  std::string id;      ///< `<pack>/<id>`.
  std::string section; ///< Of replaced rows; empty: all rows of that id.
  std::string by; ///< Name of the pack that replaced or disabled them.
  Origin origin;  ///< Where that is said.
};

/// Everything that was loaded, packs in the order in which they were: the built-in ones by name, then those of
/// the user. Rows that a later pack replaced or disabled are gone.
struct RuleSet {
  std::vector<Pack> packs;
  std::vector<Removal> removals;
  std::vector<Practice> practices;
};

} // namespace opex::rules
