// What a parse asked of the file system and was told: files that it read, names that it did not find, links and
// directories on the way. Asked again later, the same answers mean the same facts. Owns the questions' encoded form,
// which does not depend on where the project lies, and the digest over all answers; who answers is the caller's business.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace opex {

/// The first half of a BLAKE3 hash.
using Digest = std::array<uint8_t, 16>;

Digest digestOf(llvm::StringRef bytes);

/// Lower-case hex.
std::string toText(const Digest &digest);

enum class Question : uint8_t {
  Kind,     ///< A file, a directory, something else, or nothing?
  Content,  ///< Which bytes does the file hold?
  RealPath, ///< Where does it lie, with all links resolved?
  Listing,  ///< Which names does the directory hold?
};
inline constexpr uint8_t kQuestions = 4;

/// Answers to Kind.
inline constexpr llvm::StringLiteral kNothing = "-", kFile = "f", kDirectory = "d", kOther = "o";

/// The answer to Content for bytes that were read.
std::string contentAnswer(llvm::StringRef bytes);
/// The answer to Listing.
std::string listingAnswer(std::vector<std::string> names);

/// What one parse was told, by absolute path.
class Observations {
public:
  /// "." and empty components of the path are taken out; ".." stays, for links.
  void add(Question question, llvm::StringRef absolute, std::string answer);
  /// What another parse was told, too.
  void add(const Observations &other);
  /// Empty if it was not asked.
  std::string answer(Question question, llvm::StringRef path) const;
  /// Something was seen that cannot be asked again.
  void spoil() { isSound_ = false; }

  /// False if answers cannot be compared later: something changed while it was read, a device was opened.
  bool isSound() const { return isSound_; }

  const std::map<std::pair<std::string, Question>, std::string> &answers() const { return answers_; }

  /// Asks for the missing directory in place of all names below it: the answer is the same for as long as nothing
  /// is made there, and the questions are fewer. `isMissing` says of a path that there is nothing.
  void foldMissing(llvm::function_ref<bool(llvm::StringRef)> isMissing);

private:
  std::map<std::pair<std::string, Question>, std::string> answers_;
  bool isSound_ = true;
};

/// All questions, directory by directory; paths below `root` are relative to it.
std::string encodeQuestions(const Observations &observations, llvm::StringRef root);

using Answerer = llvm::function_ref<std::string(Question, llvm::StringRef path)>;

/// Digests of the answers about single directories, for questions that many units ask alike.
using KnownAnswers = llvm::StringMap<Digest>;

/// Asks the encoded questions of a project at `root`: one digest over the answers, equal for the same answers
/// wherever `root` lies. None if `questions` is not what encodeQuestions writes.
std::optional<Digest> answerAll(llvm::StringRef questions, llvm::StringRef root, Answerer answer, KnownAnswers &known);

} // namespace opex
