#include "driver/written.h"

#include "model/error.h"
#include "model/suggest.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Regex.h"

namespace opex {

llvm::Error badValue(llvm::StringRef what, llvm::StringRef value, llvm::ArrayRef<llvm::StringRef> accepted) {
  std::string hint = " takes " + llvm::join(accepted, ", ");
  if (std::optional<std::string> meant = suggest(value, accepted))
    hint += "; did you mean '" + *meant + "'?";
  return makeError(what + " '" + value + "':" + hint);
}

namespace {

constexpr llvm::StringRef kFormats[] = {"text", "sarif"};

template <class T> using Words = std::vector<std::pair<llvm::StringRef, T>>;

template <class T>
llvm::Error readWord(llvm::StringRef flag, llvm::StringRef value, const Words<T> &words, T &result) {
  std::vector<llvm::StringRef> accepted;
  for (const auto &[word, meaning] : words) {
    accepted.push_back(word);
    if (word == value) {
      result = meaning;
      return llvm::Error::success();
    }
  }
  return badValue(flag, value, accepted);
}

llvm::Error readOutputs(const Written &written, Options &options) {
  for (llvm::StringRef text : written.outputs) {
    OutputRequest request;
    auto [format, file] = text.split('=');
    Words<OutputFormat> words = {{kFormats[0], OutputFormat::Text}, {kFormats[1], OutputFormat::Sarif}};
    if (llvm::Error error = readWord("--output", format, words, request.format))
      return error;
    if (text.contains('=') && file.empty())
      return makeError("--output '" + text + "' names no file");
    if (!file.empty())
      request.file = file.str();
    std::string target = request.file == "-" ? "standard output" : "'" + request.file + "'";
    for (const OutputRequest &other : options.outputs)
      if (other.file == request.file)
        return makeError("two outputs go to " + target +
                         "; give each its own file, as in --output sarif=findings.sarif");
    options.outputs.push_back(std::move(request));
  }
  if (options.outputs.empty())
    options.outputs.push_back({});
  return llvm::Error::success();
}

llvm::Error readCheckOptions(const Written &written, Options &options) {
  for (llvm::StringRef text : written.checkOptions) {
    auto [target, value] = text.split('=');
    auto [check, name] = target.split('.');
    if (check.empty() || name.empty() || !text.contains('='))
      return makeError("--option '" + text +
                       "' is not of the form CHECK.NAME=VALUE, as in "
                       "--option missing-timeout.some-limit=3");
    std::string id = check.starts_with("opex-") ? check.str() : ("opex-" + check).str();
    if (!options.checkOptions[id].try_emplace(name.str(), value.str()).second)
      return makeError("--option " + target + " is given twice");
  }
  return llvm::Error::success();
}

} // namespace

llvm::Error readWritten(const Written &written, bool isColorGiven, Options &options) {
  llvm::StringRef ignored;
  Words<llvm::StringRef> profiles = {{"ci", "ci"}, {"ide", "ide"}, {"audit", "audit"}};
  Words<MissingCommand> policies = {
      {"skip", MissingCommand::Skip}, {"error", MissingCommand::Error}, {"guess", MissingCommand::Guess}};
  Words<bool> sarifProfiles = {{"full", false}, {"github", true}};
  Words<std::optional<Severity>> levels = {{"note", Severity::Note},
                                           {"warning", Severity::Warning},
                                           {"error", Severity::Error},
                                           {"none", std::nullopt}};
  if (llvm::Error error = readWord("--profile", options.profile, profiles, ignored))
    return error;
  if (llvm::Error error =
          readWord("--missing-command", written.missingCommand, policies, options.missingCommand))
    return error;
  if (llvm::Error error =
          readWord("--sarif-profile", written.sarifProfile, sarifProfiles, options.githubSarif))
    return error;
  if (llvm::Error error = readWord("--fail-on", written.failOn, levels, options.failOn))
    return error;
  if (!written.keepGoing.empty())
    if (llvm::Error error =
            readWord("--keep-going", written.keepGoing, Words<bool>{{"ok", true}}, options.keepGoing))
      return error;
  if (std::string reason; !options.headerFilter.empty() && !llvm::Regex(options.headerFilter).isValid(reason))
    return makeError("--header-filter '" + options.headerFilter + "' is not a regular expression: " + reason);
  if (isColorGiven)
    options.useColor = written.useColor;
  if (written.listChecks)
    options.command = Command::ListChecks;
  if (llvm::Error error = readOutputs(written, options))
    return error;
  return readCheckOptions(written, options);
}

} // namespace opex
