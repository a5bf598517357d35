#include "driver/unit_facts.h"

#include "driver/progress.h"
#include "frontend/parse_identity.h"
#include "model/facts_io.h"
#include "report/text_report.h"

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
  parse.sharedPrefix = options.sharedPrefix;
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
      store_(openStore(options, selection.root)), identities_(commands_.size()), entries_(commands_.size()) {
  for (size_t i = 0; store_ && i < commands_.size(); ++i)
    find(i);
}

void UnitFacts::find(size_t position) {
  identities_[position] = parseIdentity(commands_[position], parse_);
  std::string why;
  entries_[position] = store_->find(identities_[position], &why);
  if (!entries_[position] && options_.verbose)
    say("parsing " + commands_[position].file + ": " + why);
}

/// What the store has of a unit that was found in it, if it is whole.
std::optional<TuFacts> UnitFacts::stored(size_t position) const {
  const std::optional<std::string> bytes = Store::factsOf(*entries_[position]);
  llvm::Expected<TuFacts> facts = decodeFacts(bytes.value_or(""));
  if (facts && facts->command == commands_[position].hash)
    return std::move(*facts);
  llvm::consumeError(facts.takeError());
  if (options_.verbose)
    say("parsing " + commands_[position].file + ": what was kept is damaged");
  return std::nullopt;
}

void UnitFacts::parse(const std::vector<size_t> &positions, llvm::function_ref<void(size_t, TuFacts)> use) {
  if (positions.empty())
    return;
  std::vector<CompileCommand> commands;
  for (size_t position : positions)
    commands.push_back(commands_[position]);
  const unsigned jobs = options_.jobs ? options_.jobs : std::max(1u, std::thread::hardware_concurrency());
  Progress progress(positions.size(), options_.quiet);
  parseAll(commands, parse_, jobs, [&](size_t i, TuFacts &facts, const ParseRecord *record) {
    progress.done(facts.mainFile);
    const size_t position = positions[i];
    entries_[position].reset();
    if (store_ && record)
      if (std::optional<Digest> digest =
              store_->put(identities_[position], record->questions, record->answers, record->facts))
        entries_[position] = StoredEntry{*digest, ""};
    use(position, std::move(facts));
  });
  parsed_ += positions.size();
}

void UnitFacts::forEach(llvm::function_ref<void(size_t, TuFacts)> use) {
  std::vector<size_t> known, missing, damaged;
  for (size_t i = 0; i < commands_.size(); ++i)
    (entries_[i] ? known : missing).push_back(i);
  // First, while there is little in memory: the parser's processes begin with what is there.
  parse(missing, use);
  for (size_t i : known)
    if (std::optional<TuFacts> facts = stored(i))
      use(i, std::move(*facts));
    else
      damaged.push_back(i);
  parse(damaged, use);
}

std::vector<TuFacts> UnitFacts::take() {
  std::vector<TuFacts> facts(commands_.size());
  forEach([&](size_t position, TuFacts unit) { facts[position] = std::move(unit); });
  return facts;
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
  if (options_.verbose)
    say(llvm::Twine(parsed_) + " parsed, " + llvm::Twine(commands_.size() - parsed_) + " from the cache" +
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
