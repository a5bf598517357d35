#include "analysis/body/identity.h"
#include "analysis/fallbacks/fallbacks.h"
#include "model/make_check.h"

namespace opex::checks {
namespace {

using Needs = Inputs<Fallbacks, Statements, Dependencies>;

std::string shortName(llvm::StringRef qualified) { return "`" + unqualified(qualified).str() + "`"; }

/// `Store::product` of `shop::Store::product`: enough to tell it from its namesakes.
std::string nameWithClass(llvm::StringRef qualified) {
  llvm::StringRef last = unqualified(qualified);
  llvm::StringRef rest = qualified.drop_back(last.size());
  rest.consume_back("::");
  llvm::StringRef scope = unqualified(rest);
  return "`" + (scope.empty() || scope.starts_with("(") ? last.str() : scope.str() + "::" + last.str()) + "`";
}

llvm::StringRef placeOf(std::optional<DependencyKind> kind) {
  switch (kind.value_or(DependencyKind::Rpc)) {
  case DependencyKind::Database: return "reads the database";
  case DependencyKind::Cache: return "reads the cache";
  case DependencyKind::Dns: return "asks the resolver";
  default: return "asks another service";
  }
}

std::string circumstance(const TwoWays &ways) {
  if (ways.reason == TwoWays::Miss)
    return "on a cache miss";
  return "when " + shortName(ways.commonName) + " fails" +
         (ways.reason == TwoWays::Nothing ? " or finds nothing" : "");
}

/// What the rare way lacks, as the message names it; empty if nothing.
std::string lackOf(const TwoWays &ways) {
  std::vector<std::string> lacks;
  if (isMissing(ways.timeout))
    lacks.push_back(ways.timeout == BoundState::Partly ? "timeout on some paths" : "timeout");
  if (!ways.isGuarded) {
    lacks.push_back("limit");
    lacks.push_back("single flight");
  }
  std::string text;
  for (size_t i = 0; i < lacks.size(); ++i)
    text += (i == 0 ? "" : i + 1 == lacks.size() ? " or " : ", ") + lacks[i];
  return text;
}

std::string consequenceOf(const TwoWays &ways) {
  if (ways.isGuarded)
    return isMissing(ways.timeout) ? "the way taken when things are bad can wait forever"
                                     : "the way taken when things are bad is taken by nobody else";
  return ways.reason != TwoWays::Miss ? "all of its load goes there at once" : "every miss at once hits it";
}

std::string messageOf(const LinkedFunction &function, const TwoWays &ways) {
  std::string lack = lackOf(ways);
  return circumstance(ways) + " " + shortName(function.body->name) + " " + placeOf(ways.rareKind).str() + " (" +
         nameWithClass(ways.rareName) + ")" + (lack.empty() ? "" : " without " + lack) + ": " +
         consequenceOf(ways);
}

Finding findingOf(const Needs &in, const TwoWays &ways) {
  Finding finding = findingAt(in.program(), ways.rare, ways.rareName);
  finding.message = messageOf(in.program().functions[ways.rare.function], ways);
  finding.advice =
      ways.reason != TwoWays::Miss
          ? "bound the way that stands in: a timeout, few at a time, and an error when it is full"
          : "let one request per key read while the others wait, few at a time, each with a timeout";
  finding.chain = ways.evidence;
  if (const DependencyUse *dependency = in.get<Dependencies>().at(ways.rare))
    finding.rows.push_back(dependency->rule);
  if (const StoreUse *store = in.get<Statements>().stores.at(ways.rare))
    finding.rows.push_back(store->rule);
  if (!lackOf(ways).empty())
    finding.ownSeverity = Severity::Warning;
  // Only what can wait forever is for everybody's eyes; what is merely not held back is a matter of load.
  weaken(finding, ways.confidence, ways.doubt);
  if (!isMissing(ways.timeout))
    weaken(finding, Confidence::Medium, "the rare way cannot be seen to wait for ever");
  if (!finding.ownSeverity)
    weaken(finding, Confidence::Low, "whether the rare way is limited in time is out of sight");
  if (ways.timeout == BoundState::Partly)
    weaken(finding, Confidence::Medium, "the rare way waits for ever on some paths only");
  return finding;
}

Judgement judge(const Needs &in, const TwoWays &ways) {
  if (ways.isGuarded && ways.timeout == BoundState::Set)
    return Rejection{locationOf(in.program(), ways.rare), shortName(ways.rareName),
                     "it is the rare one of two ways to one result, but held back and limited in time", ways.evidence};
  return findingOf(in, ways);
}

const char *const kHelp = R"md(
## What it finds

Two ways to the same result, one of which is gone all the time and the other hardly ever: a cache and the database
that is read on a miss, a primary and what stands in for it when it fails. The decision may be a null pointer, an
empty optional or container, too few results, a flag, a status or an exception; the cache may be a server, another
service or a map that outlives the request; both may be reached through wrappers, in the same file or in others.

It is a warning where the rare way lacks a timeout on each of its calls, or anything that lets only few through (a
limiter, a semaphore, one flight per key); the message says which. Where that cannot be told, it is a note for the
audit. A rare way that has both is not reported, and neither are designs that do the same work every time.

## Why it hurts in production

The rare way is sized, tested and tuned for the rare case. It becomes the common one when it hurts most: the cache
has just been restarted, the primary has just failed. Then all requests take it at once, nothing holds them back,
and what was a small failure takes the database down, and with it everything else that needs it. The cache cannot
fill again, because nothing answers any more.

## Example

```cpp
#include <hiredis/hiredis.h>
#include <postgresql/libpq-fe.h>
#include <string>

std::string product(redisContext *cache, PGconn *database, const std::string &id) {
  auto *reply = static_cast<redisReply *>(redisCommand(cache, "GET product:%s", id.c_str()));
  if (reply && reply->str)
    return reply->str;
  const char *values[] = {id.c_str()};
  PGresult *rows = PQexecParams(database, "SELECT body FROM product WHERE id = $1", 1, nullptr, values, nullptr, nullptr, 0);
  return PQgetvalue(rows, 0, 0);
}
```

## Instead

Let few through, each for a limited time, and answer the others with an error that they can retry later. Better
still, do the same work every time: fill the cache from the side, and answer from the cache alone.

```cpp
#include <hiredis/hiredis.h>
#include <string>

/// A job of its own copies the products to the cache every minute.
std::string product(redisContext *cache, const std::string &id) {
  auto *reply = static_cast<redisReply *>(redisCommand(cache, "GET product:%s", id.c_str()));
  return reply && reply->str ? reply->str : "";
}
```

## Limits

What a value says about hit or miss is told by its type and by names (`empty`, `size`, `NOT_FOUND`); where that is
not clear, nothing is reported, nor where a `switch` decides, or what the thing found is (`found.kind == 3`, a comparison
with a text). A way that writes to the store it reads from registers something new and is left out, even where it also
fetches. Databases in files of this process (SQLite) are never the rare way. Keys of maps that are written into the program
are taken for settings. Limits outside the code (a proxy's, the database's own) are not seen. Functions that
reach very many dependencies are not taken for reads.
)md";

} // namespace

extern const Check bimodal_path;
const Check bimodal_path = makeCheck<NoOptions, &Fallbacks::ways, judge>({
    .id = "opex-bimodal-path",
    .summary = "A rare path to the same result that nothing bounds.",
    .severity = Severity::Note,
    .precision = Confidence::Low,
    .practices = {"RS7", "SC9"},
    .cwe = {400},
    .help = kHelp,
});

} // namespace opex::checks
