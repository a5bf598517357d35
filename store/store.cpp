#include "store/store.h"

#include "store/folder.h"
#include "store/packing.h"
#include "store/regular_file.h"

#include "model/error.h"
#include "model/sized_parts.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

namespace opex {
namespace {

// An entry: magic, checksum of the head, the head's size, the head, checksum of the facts, the facts. The head: whether the
// entry is bound to the project's place (1 byte), the questions. Both are packed. Numbers have 8 bytes, little endian.
constexpr llvm::StringLiteral kMagic = "opxunit1", kResultMagic = "opxrslt1";
constexpr uint64_t kLargestEntry = uint64_t(1) << 29;
constexpr uint64_t kUsualHead = uint64_t(1) << 15;
constexpr size_t kVariants = 4; ///< Of one unit: as many branches as people change between.

/// What of an entry says whether it serves.
struct Head {
  bool isBound = false;
  std::string questions;
};

std::string withChecksum(llvm::StringRef bytes) {
  std::string result;
  putNumber(result, llvm::xxh3_64bits(bytes));
  return result + bytes.str();
}

/// What follows the checksum in front, if it is right.
std::optional<llvm::StringRef> checked(llvm::StringRef bytes) {
  const std::optional<uint64_t> checksum = takeNumber(bytes);
  if (checksum != llvm::xxh3_64bits(bytes))
    return std::nullopt;
  return bytes;
}

std::string encode(const Head &head, llvm::StringRef facts) {
  const std::string text = packed(std::string(1, head.isBound) + head.questions);
  std::string bytes = kMagic.str();
  putNumber(bytes, sizeof(uint64_t) + text.size());
  return bytes + withChecksum(text) + withChecksum(packed(facts));
}

/// Both parts of an entry, each with its checksum in front.
std::optional<std::pair<llvm::StringRef, llvm::StringRef>> partsOf(llvm::StringRef bytes) {
  if (!bytes.consume_front(kMagic))
    return std::nullopt;
  const std::optional<uint64_t> size = takeNumber(bytes);
  if (!size || *size > bytes.size())
    return std::nullopt;
  return std::pair(bytes.take_front(*size), bytes.drop_front(*size));
}

std::optional<Head> headOf(llvm::StringRef bytes) {
  const auto parts = partsOf(bytes);
  const std::optional<llvm::StringRef> text = parts ? checked(parts->first) : std::nullopt;
  const std::optional<std::string> head = text ? unpacked(*text) : std::nullopt;
  if (!head || head->empty())
    return std::nullopt;
  return Head{head->front() != 0, head->substr(1)};
}

/// Of most entries the head is at hand when the front of the file is.
std::optional<Head> readHead(llvm::StringRef path) {
  for (uint64_t front : {kUsualHead, kLargestEntry}) {
    const std::unique_ptr<llvm::MemoryBuffer> bytes = readRegularFile(path, kLargestEntry, front);
    if (std::optional<Head> head = headOf(bytes ? bytes->getBuffer() : ""); head || !bytes || bytes->getBufferSize() < front)
      return head;
  }
  return std::nullopt;
}

/// What names an entry: everything that its facts come from.
Digest nameOf(const Digest &unit, const Head &entry, const Digest &answers, llvm::StringRef root) {
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

std::optional<Digest> Store::answersOf(llvm::StringRef questions) {
  return answerAll(
      questions, root_, [&](Question question, llvm::StringRef asked) { return disk_->answer(question, asked); }, known_);
}

std::optional<StoredEntry> Store::find(const Digest &unit, std::string *why) {
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
    const std::optional<Head> head = readHead(path);
    because("what was kept is damaged");
    const std::optional<Digest> answers = head ? answersOf(head->questions) : std::nullopt;
    if (!answers)
      continue;
    because("a file that it reads or looks for is different");
    const Digest own = nameOf(unit, *head, *answers, root_);
    if (name != entryFile(unit, own))
      continue;
    markAsUsed(path);
    return StoredEntry{own, path};
  }
  return std::nullopt;
}

std::optional<std::string> Store::factsOf(const StoredEntry &entry) {
  const std::unique_ptr<llvm::MemoryBuffer> bytes = readRegularFile(entry.path, kLargestEntry);
  const auto parts = partsOf(bytes ? bytes->getBuffer() : "");
  const std::optional<llvm::StringRef> facts = parts ? checked(parts->second) : std::nullopt;
  return facts ? unpacked(*facts) : std::nullopt;
}

std::optional<Digest> Store::put(const Digest &unit, llvm::StringRef questions, const Digest &answers,
                                 llvm::StringRef facts) {
  if (questions.empty() || answersOf(questions) != answers)
    return std::nullopt;
  // Facts that name the place of the project are not those of another checkout.
  const Head head{root_.empty() || facts.contains(root_), questions.str()};
  const Digest own = nameOf(unit, head, answers, root_);
  const std::string name = entryFile(unit, own);
  write(name, encode(head, facts));
  std::vector<std::string> &all = entries_[toText(unit)];
  if (!llvm::is_contained(all, name))
    all.push_back(name);
  leaveFew(toText(unit));
  return own;
}

std::optional<std::string> Store::result(const Digest &key) const {
  const std::string path = pathOf(resultFile(key));
  const std::unique_ptr<llvm::MemoryBuffer> file = readRegularFile(path, kLargestEntry);
  llvm::StringRef bytes = file ? file->getBuffer() : "";
  const std::optional<llvm::StringRef> text = bytes.consume_front(kResultMagic) ? checked(bytes) : std::nullopt;
  std::optional<std::string> result = text ? unpacked(*text) : std::nullopt;
  if (result)
    markAsUsed(path);
  return result;
}

void Store::putResult(const Digest &key, llvm::StringRef bytes) {
  write(resultFile(key), kResultMagic.str() + withChecksum(packed(bytes)));
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
  if (!trouble_.empty())
    return;
  wasWritten_ = true;
  if (llvm::Error error = writeAtOnce(pathOf(name), bytes))
    trouble_ = llvm::toString(std::move(error));
}

void Store::finish(const StoreLimits &limits) {
  if (stamps_->hasLearnt())
    write(stampsName(), stamps_->encode());
  if (wasWritten_)
    pruneNowAndThen(folder_, limits);
}

} // namespace opex
