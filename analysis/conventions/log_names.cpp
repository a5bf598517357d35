#include "analysis/conventions/log_names.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <string>

namespace opex {
namespace {

/// "logError" → log, error; "CLogger" → c, logger; "LOG_ERROR" → log, error; in lower case.
llvm::SmallVector<std::string, 4> splitWords(llvm::StringRef name) {
  llvm::SmallVector<std::string, 4> words;
  std::string word;
  auto finish = [&] {
    if (!word.empty())
      words.push_back(std::move(word));
    word.clear();
  };
  for (size_t i = 0; i < name.size(); ++i) {
    if (!llvm::isAlpha(name[i])) {
      finish();
      continue;
    }
    bool isUpper = llvm::isUpper(name[i]);
    bool afterLower = i && llvm::isLower(name[i - 1]);
    bool beforeLower = i + 1 < name.size() && llvm::isLower(name[i + 1]);
    if (isUpper && (afterLower || beforeLower))
      finish();
    word += llvm::toLower(name[i]);
  }
  finish();
  return words;
}

/// Words for a log itself, with the one-letter prefixes that macros put before it (VLOG, DLOG).
bool isLogNoun(llvm::StringRef word) {
  static constexpr llvm::StringLiteral kNouns[] = {"log",  "logs", "logger", "logging", "syslog", "spdlog",
                                                   "cerr", "clog", "loge",   "logw",    "logd"};
  if (llvm::is_contained(kNouns, word))
    return true;
  return word.size() == 4 && word.ends_with("log") && word != "blog";
}

/// Words by which functions that write one line begin.
bool isLogVerb(llvm::StringRef word) {
  static constexpr llvm::StringLiteral kVerbs[] = {"warn",    "warning", "warnx",   "debug", "trace",
                                                   "print",   "printf",  "println", "puts",  "perror",
                                                   "vprintf", "eprintf", "printk",  "dbg"};
  return llvm::is_contained(kVerbs, word);
}

llvm::StringRef lastComponent(llvm::StringRef name) {
  size_t colons = name.rfind("::");
  return colons == llvm::StringRef::npos ? name : name.substr(colons + 2);
}

std::optional<LogLevel> levelOfWord(llvm::StringRef word) {
  return llvm::StringSwitch<std::optional<LogLevel>>(word)
      .Case("trace", LogLevel::Trace)
      .Cases({"debug", "dbg", "verbose", "detail"}, LogLevel::Debug)
      .Cases({"info", "notice", "information", "informational"}, LogLevel::Info)
      .Cases({"warn", "warning", "warnings"}, LogLevel::Warning)
      .Cases({"err", "error", "errors"}, LogLevel::Error)
      .Cases({"fatal", "crit", "critical", "alert", "emerg", "emergency", "panic"}, LogLevel::Fatal)
      .Default(std::nullopt);
}

} // namespace

std::optional<LogLevel> levelInName(llvm::StringRef name) {
  // The last word tells: LOG_INFO, kSeverityWarning.
  llvm::SmallVector<std::string, 4> words = splitWords(lastComponent(name));
  return words.empty() ? std::nullopt : levelOfWord(words.back());
}

bool isNamedLikeLog(llvm::StringRef name) {
  llvm::SmallVector<std::string, 4> words = splitWords(lastComponent(name));
  if (words.empty())
    return false;
  return isLogNoun(words.front()) || isLogNoun(words.back()) || isLogVerb(words.front());
}

bool isNamedLikeLogger(llvm::StringRef name) {
  if (name == "std::log" || name == "logf" || name == "logl")
    return false; // Mathematics.
  if (isNamedLikeLog(name))
    return true;
  // The class or namespace it belongs to: spdlog::error, Logger::write.
  llvm::StringRef scope = name.drop_back(lastComponent(name).size());
  while (scope.consume_back("::")) {
    llvm::SmallVector<std::string, 4> words = splitWords(lastComponent(scope));
    if (!words.empty() && isLogNoun(words.back()))
      return true;
    scope = scope.drop_back(lastComponent(scope).size());
  }
  return false;
}

} // namespace opex
