// Each TU in a process of its own. Facts come back in their encoded form, with what they rest on.
#include "frontend/children.h"
#include "frontend/parse.h"
#include "frontend/parse_here.h"
#include "frontend/shared_prefix.h"
#include "model/facts_io.h"
#include "model/sized_parts.h"

#include "llvm/ADT/StringExtras.h"

#include <cstring>
#include <optional>

namespace opex {
namespace {

ParseRecord recordOf(const CompileCommand &command, const ParseOptions &options, const SharedPrefix *prefix) {
  ParseRecord record;
  Observations seen;
  const TuFacts facts = parseHere(command, options, /*isLastAct=*/true, &seen, prefix);
  record.facts = encodeFacts(facts);
  // A failure may have come from what no question asks for, as a limit.
  if (facts.status == TuStatus::Failed || !seen.isSound() || !options.memoryFiles.empty())
    return record;
  std::string questions = encodeQuestions(seen, options.scope.root);
  KnownAnswers known;
  auto recall = [&](Question question, llvm::StringRef path) { return seen.answer(question, path); };
  if (std::optional<Digest> answers = answerAll(questions, options.scope.root, recall, known)) {
    record.questions = std::move(questions);
    record.answers = *answers;
  }
  return record;
}

/// What goes through the pipe: the digest, the size of the questions, the questions, the facts.
std::string encodeRecord(const ParseRecord &record) {
  std::string bytes(llvm::toStringRef(llvm::ArrayRef(record.answers)));
  putPart(bytes, record.questions);
  return bytes + record.facts;
}

std::optional<ParseRecord> decodeRecord(llvm::StringRef bytes) {
  ParseRecord record;
  if (bytes.size() < sizeof record.answers)
    return std::nullopt;
  std::memcpy(record.answers.data(), bytes.data(), sizeof record.answers);
  bytes = bytes.drop_front(sizeof record.answers);
  const std::optional<llvm::StringRef> questions = takePart(bytes);
  if (!questions)
    return std::nullopt;
  record.questions = questions->str();
  record.facts = bytes.str();
  return record;
}

/// The facts that a child gave; its record if it came to its end.
TuFacts factsOf(const CompileCommand &command, const ParseOptions &options, ChildResult result, std::optional<ParseRecord> &record) {
  if (result.end == ChildResult::NotStarted)
    return parseTu(command, options); // Not one process is to be had: do it here.
  if (result.end == ChildResult::Failed)
    return failedTu(command, options.scope, result.failure);
  record = decodeRecord(std::move(result.bytes));
  llvm::Expected<TuFacts> facts = decodeFacts(record ? record->facts : "");
  if (facts)
    return std::move(*facts);
  record.reset();
  return failedTu(command, options.scope, "internal error: " + llvm::toString(facts.takeError()));
}

} // namespace

std::vector<TuFacts> parseAll(llvm::ArrayRef<CompileCommand> commands, const ParseOptions &options, unsigned jobs,
                              llvm::function_ref<void(size_t, TuFacts &, const ParseRecord *)> onDone) {
  std::vector<TuFacts> results(commands.size());
  const std::vector<std::shared_ptr<const SharedPrefix>> prefixes = sharedPrefixes(commands, options, jobs);
  auto work = [&](size_t i) { return encodeRecord(recordOf(commands[i], options, prefixes[i].get())); };
  runChildren(commands.size(), jobs, {options.timeoutSeconds, options.memoryMiB}, work, [&](size_t i, ChildResult result) {
    std::optional<ParseRecord> record;
    results[i] = factsOf(commands[i], options, std::move(result), record);
    if (onDone)
      onDone(i, results[i], record ? &*record : nullptr);
  });
  return results;
}

} // namespace opex
