#include "driver/unit_facts.h"

#include "driver/progress.h"
#include "frontend/parse_identity.h"
#include "model/facts_io.h"
#include "report/text_report.h"
#include "store/store.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <thread>

namespace opex {
namespace {

ParseOptions parseOptionsOf(const Options &options, const Selection &selection, LookFor lookFor) {
  ParseOptions parse;
  parse.scope.root = selection.root;
  parse.fullBodies = options.fullBodies;
  parse.extraArgs = options.extraArgs;
  parse.extraArgsBefore = options.extraArgsBefore;
  parse.lookFor = std::move(lookFor);
  return parse;
}

void say(const llvm::Twine &text) { llvm::errs() << "opex-tidy: " << printable(text.str()) << '\n'; }

/// The store that the options ask for. Without one everything is parsed, which is slower and nothing else.
std::optional<Store> openStore(const Options &options, llvm::StringRef root) {
  if (!options.useCache)
    return std::nullopt;
  const std::string folder = options.cacheFolder.empty() ? defaultCacheFolder() : options.cacheFolder;
  if (folder.empty())
    return std::nullopt;
  llvm::Expected<Store> store = Store::open(folder, root);
  if (store)
    return std::move(*store);
  say("notice: no cache is used: " + llvm::toString(store.takeError()));
  return std::nullopt;
}

/// One run's units on their way to facts.
class Units {
public:
  Units(const Options &options, const Selection &selection, LookFor lookFor)
      : options_(options), commands_(selection.commands),
        parse_(parseOptionsOf(options, selection, std::move(lookFor))), store_(openStore(options, selection.root)),
        progress_(commands_.size(), options.quiet), facts_(commands_.size()), identities_(commands_.size()) {}

  std::vector<TuFacts> run();

private:
  bool takeStored(size_t position);
  void report();

  const Options &options_;
  const std::vector<CompileCommand> &commands_;
  const ParseOptions parse_;
  std::optional<Store> store_;
  Progress progress_;
  std::vector<TuFacts> facts_;
  std::vector<Digest> identities_;
  std::vector<size_t> missing_; ///< Positions of the units to parse.
};

bool Units::takeStored(size_t position) {
  identities_[position] = parseIdentity(commands_[position], parse_);
  std::string why;
  if (std::optional<StoredFacts> stored = store_->find(identities_[position], &why)) {
    llvm::Expected<TuFacts> facts = decodeFacts(stored->facts);
    if (facts && facts->command == commands_[position].hash) {
      facts_[position] = std::move(*facts);
      return true;
    }
    llvm::consumeError(facts.takeError());
    why = "what was kept is damaged";
  }
  if (options_.verbose)
    say("parsing " + commands_[position].file + ": " + why);
  return false;
}

void Units::report() {
  if (store_ && !store_->trouble().empty())
    say("notice: the cache is not kept up: " + store_->trouble());
  if (options_.verbose)
    say(llvm::Twine(missing_.size()) + " parsed, " + llvm::Twine(commands_.size() - missing_.size()) +
        " from the cache" + (store_ ? ", " + std::to_string(store_->disk().filesRead()) + " files compared" : ""));
}

std::vector<TuFacts> Units::run() {
  std::vector<CompileCommand> toParse;
  for (size_t i = 0; i < commands_.size(); ++i) {
    if (store_ && takeStored(i)) {
      progress_.done(facts_[i].mainFile);
      continue;
    }
    missing_.push_back(i);
    toParse.push_back(commands_[i]);
  }
  const unsigned jobs = options_.jobs ? options_.jobs : std::max(1u, std::thread::hardware_concurrency());
  std::vector<TuFacts> parsed = parseAll(toParse, parse_, jobs, [&](size_t i, const TuFacts &facts, const ParseRecord *record) {
    progress_.done(facts.mainFile);
    if (store_ && record)
      store_->put(identities_[missing_[i]], record->questions, record->answers, record->facts);
  });
  for (size_t i = 0; i < parsed.size(); ++i)
    facts_[missing_[i]] = std::move(parsed[i]);
  if (store_)
    store_->finish({});
  report();
  return std::move(facts_);
}

} // namespace

std::vector<TuFacts> factsOf(const Options &options, const Selection &selection, LookFor lookFor) {
  return Units(options, selection, std::move(lookFor)).run();
}

std::string defaultCacheFolder() {
  llvm::SmallString<128> folder;
  if (!llvm::sys::path::cache_directory(folder))
    return "";
  llvm::sys::path::append(folder, "opex-tidy");
  return folder.str().str();
}

} // namespace opex
