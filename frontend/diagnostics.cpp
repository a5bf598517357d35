#include "frontend/diagnostics.h"

#include "frontend/damage.h"
#include "frontend/source_files.h"

#include "clang/Basic/DiagnosticLex.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/StringExtras.h"

namespace opex {
namespace {

/// More say nothing new, and hostile code could make millions.
constexpr size_t kMaxCollected = 1000;
constexpr size_t kMaxNotices = 50;
constexpr size_t kMaxLosses = 5; ///< One is enough to be incomplete.

/// A header that is not there: what it would have declared or chosen is unknown.
bool isMissingFile(unsigned diagnostic) {
  return diagnostic == clang::diag::err_pp_file_not_found ||
         diagnostic == clang::diag::err_pp_file_not_found_angled_include_not_fatal ||
         diagnostic == clang::diag::err_pp_file_not_found_typo_not_fatal;
}

} // namespace

std::string formatWithoutArguments(llvm::StringRef format) {
  std::string result;
  auto skipWhile = [&](auto holds) { format = format.drop_while(holds); };
  while (!format.empty()) {
    const size_t at = format.find('%');
    result += format.take_front(at);
    format = at == llvm::StringRef::npos ? "" : format.drop_front(at + 1);
    if (at == llvm::StringRef::npos)
      break;
    if (format.consume_front("%")) {
      result += '%';
      continue;
    }
    // %[modifier[<enumeration>][{alternatives}]]argument[,argument…]
    skipWhile([](char c) { return llvm::isAlpha(c) || c == '_'; });
    if (format.starts_with("<"))
      format = format.drop_front(std::min(format.size(), format.find('>') + 1));
    size_t depth = 0, end = 0;
    if (format.starts_with("{"))
      do
        depth += (format[end] == '{') - (format[end] == '}');
      while (++end < format.size() && depth > 0);
    format = format.drop_front(end);
    skipWhile(llvm::isDigit);
    while (format.size() > 1 && format[0] == ',' && llvm::isDigit(format[1])) {
      format = format.drop_front();
      skipWhile(llvm::isDigit);
    }
    result += "…";
  }
  return result;
}

void ErrorCollector::HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                                      const clang::Diagnostic &diagnostic) {
  clang::DiagnosticConsumer::HandleDiagnostic(level, diagnostic);
  if (level < clang::DiagnosticsEngine::Error || errors_.size() == kMaxCollected)
    return;
  const clang::DiagnosticIDs &ids = *diagnostic.getDiags()->getDiagnosticIDs();
  if (ids.isWarningOrExtension(diagnostic.getID()))
    return;
  Error error;
  error.where = diagnostic.getLocation();
  error.isMissingFile = isMissingFile(diagnostic.getID());
  llvm::SmallString<128> text;
  diagnostic.FormatDiagnostic(text);
  error.message = text.str().str();
  error.withoutText = formatWithoutArguments(ids.getDescription(diagnostic.getID()));
  errors_.push_back(std::move(error));
}

namespace {

ParseNotice aboutCommand(TuFacts &facts, const ProjectScope &scope, llvm::StringRef message) {
  return {facts.mainFile, 0, 0, facts.save("compile command: " + withoutRoot(message, scope)), true, false};
}

} // namespace

bool ErrorCollector::reportUnplaced(TuFacts &facts, const ProjectScope &scope) const {
  bool isAny = false;
  for (const Error &error : errors_)
    if (error.where.isInvalid()) {
      facts.notices.push_back(aboutCommand(facts, scope, error.message));
      isAny = true;
    }
  return isAny;
}

void ErrorCollector::report(TuFacts &facts, const ProjectScope &scope,
                            clang::CompilerInstance &compiler) const {
  TuFacts scratch; // SourceFiles lists what it is asked about; these are not the TU's facts.
  clang::SourceManager &sources = compiler.getSourceManager();
  SourceFiles files(scope, scratch, sources, compiler.getLangOpts(),
                    &compiler.getPreprocessor().getHeaderSearchInfo());
  auto noticeOf = [&](const Error &error, clang::SourceLocation where, bool isOurs) -> ParseNotice {
    if (!sources.getFileEntryRefForID(sources.getFileID(where)))
      return aboutCommand(facts, scope, error.message);
    return {facts.save(files.path(where)),
            sources.getSpellingLineNumber(where),
            sources.getSpellingColumnNumber(where),
            facts.save(isOurs ? withoutRoot(error.message, scope) : error.withoutText),
            /*isError=*/true,
            /*inSystem=*/!isOurs};
  };
  bool isCostly = errors_.size() == kMaxCollected, isCut = false;
  ErrorPlaces places;
  for (const Error &error : errors_) {
    if (error.where.isInvalid())
      continue;
    const clang::SourceLocation where = sources.getExpansionLoc(error.where);
    // What -D and -include bring has a place, but in no file.
    const bool isInFile = sources.getFileEntryRefForID(sources.getFileID(where)).has_value();
    const bool isOurs = files.inProject(where) || !isInFile;
    isCostly |= !isInFile || error.isMissingFile;
    (isOurs ? places.inside : places.outside).push_back(where);
    isCut = facts.notices.size() >= kMaxNotices;
    if (!isCut)
      facts.notices.push_back(noticeOf(error, where, isOurs));
  }
  if (isCut)
    facts.notices.push_back(
        {facts.mainFile, 0, 0, "there are more errors than are listed here", true, false});
  Damage damage;
  if (!places.inside.empty() || !places.outside.empty())
    damage = damageOf(files, compiler.getASTContext(), places);
  for (const Damage::Loss &loss : llvm::ArrayRef(damage.losses).take_front(kMaxLosses))
    facts.notices.push_back(
        {facts.save(files.path(loss.use)), sources.getSpellingLineNumber(loss.use),
         sources.getSpellingColumnNumber(loss.use),
         facts.save("what is used here did not compile: see the error at " + files.path(loss.error).str() +
                    ":" + std::to_string(sources.getSpellingLineNumber(loss.error))),
         /*isError=*/false, /*inSystem=*/false});
  if (isCostly || damage.isInProject || !damage.losses.empty())
    facts.status = TuStatus::Partial;
}

} // namespace opex
