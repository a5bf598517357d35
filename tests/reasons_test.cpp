// Which comments give a reason and which admit unfinished work, in words people use.
#include "analysis/conventions/log_names.h"
#include "analysis/handlers/reasons.h"

#include "gtest/gtest.h"

namespace opex {
namespace {

constexpr unsigned kFloor = 3; // The default of min-reason-words.

TEST(Reasons, takesCommentsOfSubstance) {
  for (llvm::StringRef text : {
           "best effort",
           "best-effort: the peer may be gone",
           "the peer has closed the connection already",
           "Destructors must not throw",
           "optional setting, keep the default",
           "keep default 1e5;",
           "the file may already be gone",
           "ignored because the next run repairs it",
           "Don't throw from a Stop command",
           "not fatal: the cache is refilled on the next read",
           "bind() fails for IPv6 on hosts without it",
           "ältere Server antworten ohne Kopfzeile",
       })
    EXPECT_GE(readComment(text).words, kFloor) << text.str();
}

TEST(Reasons, refusesWordsWithoutInformation) {
  for (llvm::StringRef text : {
           "ignore",
           "ignored",
           "Ignore the exception.",
           "do nothing",
           "nothing to do",
           "no-op",
           "noop",
           "empty",
           "intentionally empty",
           "just swallow the error silently",
           "catch all exceptions",
           "pass",
           "TODO",
           "skip",
           "ignore any errors here",
           "-----------------------------",
           "",
           "///",
           "...",
           "42",
           "n/a?",
       })
    EXPECT_LT(readComment(text).words, kFloor) << text.str();
}

TEST(Reasons, refusesDirectivesAndCode) {
  for (llvm::StringRef text : {
           "NOLINT(bugprone-empty-catch)",
           "NOLINTNEXTLINE(bugprone-empty-catch): the linter is wrong here always",
           "clang-format off",
           "opex: allow(missing-timeout) the peer is local and fast",
           "cppcheck-suppress emptyCatch some long words behind it",
           "LCOV_EXCL_LINE never covered by unit tests",
           "Copyright 2020 The Authors of This Fine Program",
           "logger.error(\"could not save the user\");",
           "throw std::runtime_error(\"some text with words\");",
           "return connection.reset(left, right);\n}",
           "return last known value;",
           "profile = older.name;",
           "saveUser(user, connection, retries)",
           "#if 0",
       })
    EXPECT_LT(readComment(text).words, kFloor) << text.str();
}

TEST(Reasons, keepsTheProseBesideCode) {
  EXPECT_GE(readComment("older servers answer with garbage\nlog(answer);").words, kFloor);
}

TEST(Reasons, knowsMarksOfUnfinishedWork) {
  for (llvm::StringRef text :
       {"TODO", "TODO: more", "todo: more", "FIXME later", "fixme", "XXX", "this is a HACK",
        "not implemented", "Not yet implemented.", "unimplemented", "@todo tell somebody"})
    EXPECT_FALSE(readComment(text).mark.empty()) << text.str();
  for (llvm::StringRef text : {"a todo list", "life hacks", "XXXL", "TODOS", "MY_TODO_LIST", "see mastodon",
                               "old servers have not implemented this call, which is fine"})
    EXPECT_TRUE(readComment(text).mark.empty()) << text.str();
}

TEST(Reasons, tellsClaimsFromArguments) {
  CommentReading claim = readComment("should never happen");
  EXPECT_TRUE(claim.claimsImpossible);
  EXPECT_LT(claim.words, kFloor);
  CommentReading argument = readComment("cannot happen: the caller has validated the number");
  EXPECT_TRUE(argument.claimsImpossible);
  EXPECT_GE(argument.words, kFloor);
}

TEST(LogNames, knowsWhatLogs) {
  for (llvm::StringRef name :
       {"log", "app::logError", "log_message", "CLogger::Log", "Logger::write", "spdlog::error",
        "app::ErrorLog::add", "printf", "syslog", "warn", "debugPrint", "writeLog", "Log::Log"})
    EXPECT_TRUE(isNamedLikeLogger(name)) << name.str();
  for (llvm::StringRef name :
       {"std::log", "login", "app::Dialog::show", "Catalog::find", "dialogOpen", "logout", "app::Blog::post",
        "notify", "setError", "reconnect", "LogicUnit::run", "Backlog::push"})
    EXPECT_FALSE(isNamedLikeLogger(name)) << name.str();
}

TEST(LogNames, knowsLevels) {
  EXPECT_EQ(levelInName("app::lv_notice"), LogLevel::Info);
  EXPECT_EQ(levelInName("Message::mkDetail"), LogLevel::Debug);
  EXPECT_EQ(levelInName("Severity::kWarning"), LogLevel::Warning);
  EXPECT_EQ(levelInName("LOG_ERR"), LogLevel::Error);
  EXPECT_EQ(levelInName("RESULT_OK"), std::nullopt);
  EXPECT_EQ(levelInName("InfoPage"), std::nullopt);
}

} // namespace
} // namespace opex
