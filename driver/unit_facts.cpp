#include "driver/unit_facts.h"

#include "driver/progress.h"
#include "frontend/parse_identity.h"
#include "model/facts_io.h"
#include "report/text_report.h"

#include "llvm/ADT/STLExtras.h"
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

} // namespace

UnitFacts::UnitFacts(const Options &options, const Selection &selection, LookFor lookFor)
    : options_(options), commands_(selection.commands), parse_(parseOptionsOf(options, selection, std::move(lookFor))),
      store_(openStore(options, selection.root)), facts_(commands_.size()), identities_(commands_.size()),
      entries_(commands_.size()), areParsed_(commands_.size()) {
  std::vector<size_t> missing;
  for (size_t i = 0; i < commands_.size(); ++i)
    if (!store_ || !find(i))
      missing.push_back(i);
  parse(missing);
}

/// Whether the store has the unit.
bool UnitFacts::find(size_t position) {
  identities_[position] = parseIdentity(commands_[position], parse_);
  std::string why;
  entries_[position] = store_->find(identities_[position], &why);
  if (!entries_[position] && options_.verbose)
    say("parsing " + commands_[position].file + ": " + why);
  return entries_[position].has_value();
}

void UnitFacts::parse(const std::vector<size_t> &positions) {
  std::vector<CompileCommand> commands;
  for (size_t position : positions)
    commands.push_back(commands_[position]);
  const unsigned jobs = options_.jobs ? options_.jobs : std::max(1u, std::thread::hardware_concurrency());
  Progress progress(positions.size(), options_.quiet);
  auto onDone = [&](size_t i, const TuFacts &facts, const ParseRecord *record) {
    progress.done(facts.mainFile);
    const size_t position = positions[i];
    entries_[position].reset();
    if (!store_ || !record)
      return;
    if (std::optional<Digest> digest =
            store_->put(identities_[position], record->questions, record->answers, record->facts))
      entries_[position] = StoredEntry{*digest, ""};
  };
  std::vector<TuFacts> parsed = parseAll(commands, parse_, jobs, onDone);
  for (size_t i = 0; i < parsed.size(); ++i) {
    facts_[positions[i]] = std::move(parsed[i]);
    areParsed_[positions[i]] = true;
  }
}

std::vector<TuFacts> UnitFacts::take() {
  std::vector<size_t> damaged;
  for (size_t i = 0; i < commands_.size(); ++i) {
    if (areParsed_[i])
      continue;
    const std::optional<std::string> bytes = Store::factsOf(*entries_[i]);
    llvm::Expected<TuFacts> facts = decodeFacts(bytes.value_or(""));
    if (facts && facts->command == commands_[i].hash) {
      facts_[i] = std::move(*facts);
      continue;
    }
    llvm::consumeError(facts.takeError());
    damaged.push_back(i);
    if (options_.verbose)
      say("parsing " + commands_[i].file + ": what was kept is damaged");
  }
  parse(damaged);
  return std::move(facts_);
}

std::optional<Digest> UnitFacts::state() const {
  std::string all;
  for (const std::optional<StoredEntry> &entry : entries_) {
    if (!entry)
      return std::nullopt;
    all += toText(entry->digest);
  }
  return digestOf(all);
}

void UnitFacts::finish(llvm::StringRef remark) {
  if (store_) {
    store_->finish({});
    if (!store_->trouble().empty())
      say("notice: the cache is not kept up: " + store_->trouble());
  }
  const size_t parsed = llvm::count(areParsed_, true);
  if (options_.verbose)
    say(llvm::Twine(parsed) + " parsed, " + llvm::Twine(commands_.size() - parsed) + " from the cache" +
        (store_ ? ", " + std::to_string(store_->disk().filesRead()) + " files compared" : "") + remark);
}

std::vector<TuFacts> factsOf(const Options &options, const Selection &selection, LookFor lookFor) {
  UnitFacts units(options, selection, std::move(lookFor));
  std::vector<TuFacts> facts = units.take();
  units.finish();
  return facts;
}

std::string defaultCacheFolder() {
  llvm::SmallString<128> folder;
  if (!llvm::sys::path::cache_directory(folder))
    return "";
  llvm::sys::path::append(folder, "opex-tidy");
  return folder.str().str();
}

} // namespace opex
