#include "store/store.h"

#include "store/folder.h"
#include "store/regular_file.h"

#include "model/error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

namespace opex {
namespace {

// An entry: magic, checksum of what follows (8 bytes), whether it is bound to the project's place (1), size of the
// questions (8), the questions, the facts. Little endian.
constexpr llvm::StringLiteral kMagic = "opxunit1";
constexpr size_t kHeader = 8 + 8 + 1 + 8;
constexpr uint64_t kLargestEntry = uint64_t(1) << 29;
constexpr size_t kVariants = 4; ///< Of one unit: as many branches as people change between.

struct Entry {
  bool isBound = false;
  llvm::StringRef questions, facts; ///< Into the bytes it was read from.
};

void append(std::string &out, uint64_t number) {
  char raw[sizeof number];
  llvm::support::endian::write64le(raw, number);
  out.append(raw, sizeof raw);
}

std::string encode(const Entry &entry) {
  std::string payload(1, entry.isBound);
  append(payload, entry.questions.size());
  (payload += entry.questions) += entry.facts;
  std::string bytes = kMagic.str();
  append(bytes, llvm::xxh3_64bits(payload));
  return bytes + payload;
}

std::optional<Entry> decode(llvm::StringRef bytes) {
  if (bytes.size() < kHeader || !bytes.consume_front(kMagic))
    return std::nullopt;
  const uint64_t checksum = llvm::support::endian::read64le(bytes.data());
  bytes = bytes.drop_front(sizeof checksum);
  if (checksum != llvm::xxh3_64bits(bytes))
    return std::nullopt;
  Entry entry;
  entry.isBound = bytes.front();
  const uint64_t size = llvm::support::endian::read64le(bytes.data() + 1);
  bytes = bytes.drop_front(1 + sizeof size);
  if (size > bytes.size())
    return std::nullopt;
  entry.questions = bytes.take_front(size);
  entry.facts = bytes.drop_front(size);
  return entry;
}

/// What names an entry: everything that its facts come from.
Digest nameOf(const Digest &unit, const Entry &entry, const Digest &answers, llvm::StringRef root) {
  llvm::BLAKE3 hash;
  hash.update(llvm::ArrayRef<uint8_t>(unit));
  hash.update(llvm::ArrayRef<uint8_t>(digestOf(entry.questions)));
  hash.update(llvm::ArrayRef<uint8_t>(answers));
  hash.update(entry.isBound ? root : "");
  return hash.final<sizeof(Digest)>();
}

} // namespace

Store::Store(std::string folder, std::string root)
    : folder_(std::move(folder)), root_(std::move(root)), stamps_(std::make_unique<Stamps>()),
      disk_(std::make_unique<Disk>(*stamps_)) {}

llvm::Expected<Store> Store::open(llvm::StringRef folder, llvm::StringRef root) {
  if (std::error_code code = llvm::sys::fs::create_directories(folder, /*IgnoreExisting=*/true, llvm::sys::fs::owner_all))
    return makeError("cannot make '" + folder + "': " + code.message());
  Store store(folder.str(), root.rtrim('/').str());
  llvm::Expected<std::vector<std::string>> names = namesIn(folder);
  if (!names)
    return names.takeError();
  for (std::string &name : *names)
    if (std::optional<llvm::StringRef> unit = unitOf(name))
      store.entries_[*unit].push_back(std::move(name));
  for (auto &entry : store.entries_)
    llvm::sort(entry.second);
  if (auto bytes = readRegularFile(store.pathOf(store.stampsName()), kLargestEntry))
    store.stamps_->decode(bytes->getBuffer());
  return store;
}

std::string Store::pathOf(llvm::StringRef name) const { return folder_ + "/" + name.str(); }

std::string Store::stampsName() const { return stampsFile(digestOf(root_)); }

std::optional<StoredFacts> Store::find(const Digest &unit, std::string *why) {
  const auto named = entries_.find(toText(unit));
  auto because = [&](llvm::StringRef reason) {
    if (why)
      *why = reason.str();
  };
  because("not seen before with this command and this opex-tidy");
  if (named == entries_.end())
    return std::nullopt;
  for (const std::string &name : named->second) {
    const std::string path = pathOf(name);
    const std::unique_ptr<llvm::MemoryBuffer> bytes = readRegularFile(path, kLargestEntry);
    const std::optional<Entry> entry = decode(bytes ? bytes->getBuffer() : "");
    because("what was kept is damaged");
    if (!entry)
      continue;
    const std::optional<Digest> answers = answerAll(
        entry->questions, root_, [&](Question question, llvm::StringRef asked) { return disk_->answer(question, asked); },
        known_);
    if (!answers)
      continue;
    because("a file that it reads or looks for is different");
    const Digest own = nameOf(unit, *entry, *answers, root_);
    if (name != entryFile(unit, own))
      continue;
    markAsUsed(path);
    return StoredFacts{own, entry->facts.str()};
  }
  return std::nullopt;
}

void Store::put(const Digest &unit, llvm::StringRef questions, const Digest &answers, llvm::StringRef facts) {
  if (questions.empty() || !trouble_.empty())
    return;
  const std::optional<Digest> today = answerAll(
      questions, root_, [&](Question question, llvm::StringRef asked) { return disk_->answer(question, asked); }, known_);
  if (!today || *today != answers)
    return;
  // Facts that name the place of the project are not those of another checkout.
  const Entry entry{root_.empty() || facts.contains(root_), questions, facts};
  const std::string name = entryFile(unit, nameOf(unit, entry, answers, root_));
  write(name, encode(entry));
  std::vector<std::string> &all = entries_[toText(unit)];
  if (!llvm::is_contained(all, name))
    all.push_back(name);
  leaveFew(toText(unit));
}

void Store::leaveFew(const std::string &unit) {
  std::vector<std::string> &names = entries_[unit];
  if (names.size() <= kVariants)
    return;
  // What was just put is last.
  auto isOlder = [&](const std::string &a, const std::string &b) { return lastUse(pathOf(a)) < lastUse(pathOf(b)); };
  const auto oldest = std::min_element(names.begin(), std::prev(names.end()), isOlder);
  llvm::sys::fs::remove(pathOf(*oldest));
  names.erase(oldest);
}

void Store::write(llvm::StringRef name, llvm::StringRef bytes) {
  wasWritten_ = true;
  if (llvm::Error error = writeAtOnce(pathOf(name), bytes))
    trouble_ = llvm::toString(std::move(error));
}

void Store::finish(const StoreLimits &limits) {
  if (stamps_->hasLearnt() && trouble_.empty())
    write(stampsName(), stamps_->encode());
  if (wasWritten_)
    pruneNowAndThen(folder_, limits);
}

} // namespace opex
