#include "model/observations.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace opex {
namespace {

namespace path = llvm::sys::path;

Digest finish(llvm::BLAKE3 &hash) { return hash.final<sizeof(Digest)>(); }

/// `whole` below `root`: what follows the root, else none.
std::optional<llvm::StringRef> below(llvm::StringRef whole, llvm::StringRef root) {
  root = root.rtrim('/');
  if (root.empty() || !whole.consume_front(root) || (!whole.empty() && !whole.consume_front("/")))
    return std::nullopt;
  return whole;
}

/// A path as it is encoded: directory and name. Directories below the root do not begin with a slash.
std::pair<std::string, std::string> splitPath(llvm::StringRef whole, llvm::StringRef root) {
  const std::optional<llvm::StringRef> relative = below(whole, root);
  if (relative && relative->empty())
    return {"", "."};
  if (whole == "/")
    return {"/", ""};
  const llvm::StringRef name = path::filename(whole), directory = relative.value_or(whole).drop_back(name.size());
  return {(directory.size() > 1 ? directory.rtrim('/') : directory).str(), name.str()};
}

std::string joinPath(llvm::StringRef directory, llvm::StringRef name, llvm::StringRef root) {
  if (directory.empty() && name == ".")
    return root.rtrim('/').str();
  if (directory.starts_with("/"))
    return (directory.rtrim('/') + "/" + name).str();
  return (root.rtrim('/') + "/" + directory + (directory.empty() ? "" : "/") + name).str();
}

void writeText(llvm::raw_ostream &out, llvm::StringRef text) {
  llvm::encodeULEB128(text.size(), out);
  out << text;
}

/// Takes pieces off the front of encoded questions. After the first problem everything is empty and `isGood` false.
struct Cursor {
  llvm::StringRef rest;
  bool isGood = true;

  uint64_t number() {
    unsigned length = 0;
    const char *error = nullptr;
    const uint64_t value = llvm::decodeULEB128(rest.bytes_begin(), &length, rest.bytes_end(), &error);
    if (error)
      return fail();
    rest = rest.drop_front(length);
    return value;
  }

  llvm::StringRef text() {
    const uint64_t size = number();
    if (size > rest.size())
      return fail(), "";
    const llvm::StringRef taken = rest.take_front(size);
    rest = rest.drop_front(size);
    if (taken.contains('\0'))
      fail();
    return taken;
  }

  uint64_t fail() {
    isGood = false;
    rest = "";
    return 0;
  }
};

/// An answer as it is hashed: real paths below the root are the same in every checkout.
void hashAnswer(llvm::BLAKE3 &hash, Question question, llvm::StringRef answer, llvm::StringRef root) {
  if (question == Question::RealPath)
    if (const std::optional<llvm::StringRef> relative = below(answer, root)) {
      hash.update("$");
      answer = *relative;
    }
  hash.update(answer);
  hash.update(llvm::StringRef("\0", 1));
}

/// The questions about one directory: its name, then each name in it with the bits of what is asked of it.
std::optional<Digest> answerGroup(llvm::StringRef group, llvm::StringRef root, Answerer answer) {
  Cursor cursor{group};
  const llvm::StringRef directory = cursor.text();
  llvm::BLAKE3 hash;
  while (cursor.isGood && !cursor.rest.empty()) {
    const uint64_t questions = cursor.number();
    const std::string path = joinPath(directory, cursor.text(), root);
    if (!cursor.isGood || questions >> kQuestions)
      return std::nullopt;
    for (uint8_t question = 0; question < kQuestions; ++question)
      if (questions >> question & 1) {
        const auto asked = static_cast<Question>(question);
        hashAnswer(hash, asked, answer(asked, path), root);
      }
  }
  if (!cursor.isGood)
    return std::nullopt;
  return finish(hash);
}

} // namespace

Digest digestOf(llvm::StringRef bytes) {
  return llvm::BLAKE3::hash<sizeof(Digest)>(llvm::arrayRefFromStringRef(bytes));
}

std::string toText(const Digest &digest) { return llvm::toHex(digest, /*LowerCase=*/true); }

std::string contentAnswer(llvm::StringRef bytes) { return llvm::toStringRef(llvm::ArrayRef(digestOf(bytes))).str(); }

std::string listingAnswer(std::vector<std::string> names) {
  llvm::sort(names);
  std::string all;
  for (const std::string &name : names)
    (all += name) += '\0';
  return contentAnswer(all);
}

void Observations::add(Question question, llvm::StringRef absolute, std::string answer) {
  llvm::SmallString<256> plain = absolute;
  path::remove_dots(plain);
  auto [at, isNew] = answers_.try_emplace({plain.str().str(), question}, answer);
  if (!isNew && at->second != answer)
    spoil();
}

void Observations::add(const Observations &other) {
  for (const auto &[question, answer] : other.answers_)
    add(question.second, question.first, answer);
  isSound_ &= other.isSound_;
}

std::string Observations::answer(Question question, llvm::StringRef path) const {
  const auto found = answers_.find({path.str(), question});
  return found == answers_.end() ? "" : found->second;
}

void Observations::foldMissing(llvm::function_ref<bool(llvm::StringRef)> isMissing) {
  llvm::StringMap<bool> asked;
  auto isKnownMissing = [&](llvm::StringRef directory) {
    auto [at, isNew] = asked.try_emplace(directory, false);
    if (isNew)
      at->second = isMissing(directory);
    return at->second;
  };
  std::map<std::pair<std::string, Question>, std::string> folded;
  for (auto &[question, answer] : answers_) {
    llvm::StringRef name = question.first;
    if (answer == kNothing)
      for (llvm::StringRef above = path::parent_path(name); above.size() > 1 && isKnownMissing(above);
           above = path::parent_path(above))
        name = above;
    folded.try_emplace({name.str(), name.size() == question.first.size() ? question.second : Question::Kind},
                       std::move(answer));
  }
  answers_ = std::move(folded);
}

std::string encodeQuestions(const Observations &observations, llvm::StringRef root) {
  std::map<std::string, std::map<std::string, uint64_t>> groups;
  for (const auto &[question, answer] : observations.answers()) {
    auto [directory, name] = splitPath(question.first, root);
    groups[directory][name] |= 1u << static_cast<uint8_t>(question.second);
  }
  std::string encoded;
  llvm::raw_string_ostream out(encoded);
  for (auto &[directory, names] : groups) {
    std::string group;
    llvm::raw_string_ostream inner(group);
    writeText(inner, directory);
    for (auto [name, questions] : names) {
      if (questions & 1u << static_cast<uint8_t>(Question::Content))
        questions &= ~uint64_t(1u << static_cast<uint8_t>(Question::Kind)); // What has bytes is a file.
      llvm::encodeULEB128(questions, inner);
      writeText(inner, name);
    }
    writeText(out, group);
  }
  return encoded;
}

std::optional<Digest> answerAll(llvm::StringRef questions, llvm::StringRef root, Answerer answer, KnownAnswers &known) {
  llvm::BLAKE3 hash;
  Cursor cursor{questions};
  while (cursor.isGood && !cursor.rest.empty()) {
    const uint64_t size = cursor.number();
    if (!cursor.isGood || size > cursor.rest.size())
      return std::nullopt;
    const llvm::StringRef group = cursor.rest.take_front(size);
    cursor.rest = cursor.rest.drop_front(size);
    auto [at, isNew] = known.try_emplace(group);
    if (isNew) {
      std::optional<Digest> answers = answerGroup(group, root, answer);
      if (!answers) {
        known.erase(at);
        return std::nullopt;
      }
      at->second = *answers;
    }
    hash.update(llvm::ArrayRef<uint8_t>(at->second));
  }
  if (!cursor.isGood)
    return std::nullopt;
  return finish(hash);
}

} // namespace opex
