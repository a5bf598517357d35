// The command line and the files that results go to.
#include "analysis/passes/analysis.h"
#include "model/make_check.h"
#include "driver/options.h"
#include "driver/output_files.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

using namespace opex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

namespace {

Options parsed(std::vector<std::string> arguments) {
  llvm::Expected<Options> options = parseOptions(arguments, "1.2.3");
  if (!options) {
    ADD_FAILURE() << llvm::toString(options.takeError());
    return {};
  }
  return *options;
}

std::string refused(std::vector<std::string> arguments) {
  llvm::Expected<Options> options = parseOptions(arguments, "1.2.3");
  if (options) {
    ADD_FAILURE() << "accepted: " << llvm::join(arguments, " ");
    return "";
  }
  return llvm::toString(options.takeError());
}

struct LimitOptions {
  unsigned maxAttempts = 10;
  void map(auto &visit) { visit("max-attempts", maxAttempts, "Largest accepted bound."); }
};

Check named(llvm::StringRef id, Confidence precision) {
  CheckInfo info;
  info.id = id;
  info.precision = precision;
  return makeCheck<LimitOptions>(info);
}

/// Three checks, one in each profile.
struct Checks {
  Check ci = named("opex-missing-timeout", Confidence::High);
  Check ide = named("opex-log-in-loop", Confidence::Medium);
  Check audit = named("opex-missing-lever", Confidence::Low);
  std::vector<const Check *> all = {&ci, &ide, &audit};

  std::vector<std::string> select(std::vector<std::string> arguments) {
    llvm::Expected<std::vector<const Check *>> selected = selectChecks(parsed(arguments), all);
    if (!selected)
      return {"error: " + llvm::toString(selected.takeError())};
    std::vector<std::string> ids;
    for (const Check *check : *selected)
      ids.push_back(check->info.id.str());
    return ids;
  }
};

const std::vector<std::string> kEveryFlag = {
    "check", "-p", "build", "--root", "src", "--checks=-*,missing-timeout", "--profile=audit", "--option",
    "missing-timeout.max-attempts=3", "--rules", "a.yaml", "--rules", "b.yaml", "--header-filter=^lib/",
    "--warnings-as-errors=*", "--output", "text", "--output", "sarif=out.sarif", "--sarif-profile",
    "github", "--fail-on=error", "--keep-going=ok", "--use-color", "--quiet", "--extra-arg=-DX=1",
    "--extra-arg", "-Wall", "--extra-arg-before", "-xc++", "--missing-command=guess", "--full-bodies", "--shared-prefix",
    "-j4", "a.cpp", "dir"};

} // namespace

TEST(Options, defaults) {
  Options options = parsed({});
  EXPECT_EQ(options.command, Command::Check);
  EXPECT_TRUE(options.inputs.empty());
  EXPECT_EQ(options.profile, "ci");
  EXPECT_EQ(options.failOn, Severity::Warning);
  EXPECT_EQ(options.missingCommand, MissingCommand::Error);
  EXPECT_FALSE(options.useColor.has_value());
  EXPECT_FALSE(options.singleFileFlags.has_value());
  ASSERT_EQ(options.outputs.size(), 1u);
  EXPECT_EQ(options.outputs[0].format, OutputFormat::Text);
  EXPECT_EQ(options.outputs[0].file, "-");
}

TEST(Options, checkReadsEveryFlag) {
  Options options = parsed(kEveryFlag);
  EXPECT_EQ(options.buildPath, "build");
  EXPECT_EQ(options.root, "src");
  EXPECT_EQ(options.checks, "-*,missing-timeout");
  EXPECT_EQ(options.profile, "audit");
  EXPECT_EQ(options.checkOptions["opex-missing-timeout"]["max-attempts"], "3");
  EXPECT_THAT(options.ruleFiles, ElementsAre("a.yaml", "b.yaml"));
  EXPECT_EQ(options.headerFilter, "^lib/");
  EXPECT_EQ(options.warningsAsErrors, "*");
  ASSERT_EQ(options.outputs.size(), 2u);
  EXPECT_EQ(options.outputs[1].format, OutputFormat::Sarif);
  EXPECT_EQ(options.outputs[1].file, "out.sarif");
  EXPECT_TRUE(options.githubSarif);
  EXPECT_EQ(options.failOn, Severity::Error);
  EXPECT_TRUE(options.keepGoing);
  EXPECT_EQ(options.useColor, true);
  EXPECT_TRUE(options.quiet);
  EXPECT_THAT(options.extraArgs, ElementsAre("-DX=1", "-Wall"));
  EXPECT_THAT(options.extraArgsBefore, ElementsAre("-xc++"));
  EXPECT_EQ(options.missingCommand, MissingCommand::Guess);
  EXPECT_TRUE(options.fullBodies);
  EXPECT_TRUE(options.sharedPrefix);
  EXPECT_EQ(options.jobs, 4u);
  EXPECT_THAT(options.inputs, ElementsAre("a.cpp", "dir"));
}

TEST(Options, takesTheFormsThatClangTidyTakes) {
  Options options = parsed({"-p=build", "-checks=*", "-quiet", "--use-color=false", "a.cpp"});
  EXPECT_EQ(options.buildPath, "build");
  EXPECT_EQ(options.checks, "*");
  EXPECT_TRUE(options.quiet);
  EXPECT_EQ(options.useColor, false);
  EXPECT_THAT(options.inputs, ElementsAre("a.cpp"));
}

TEST(Options, flagsOfASingleFileAreNotOurs) {
  Options options = parsed({"a.cpp", "--", "-std=c++20", "--output", "-p"});
  EXPECT_THAT(options.inputs, ElementsAre("a.cpp"));
  ASSERT_TRUE(options.singleFileFlags.has_value());
  EXPECT_THAT(*options.singleFileFlags, ElementsAre("-std=c++20", "--output", "-p"));
  options = parsed({"a.cpp", "--"});
  ASSERT_TRUE(options.singleFileFlags.has_value());
  EXPECT_TRUE(options.singleFileFlags->empty());
}

TEST(Options, otherCommands) {
  Options options =
      parsed({"facts", "a.cpp", "b.cpp", "-o", "out", "--dump", "-p", "build", "--keep-going=ok"});
  EXPECT_EQ(options.command, Command::Facts);
  EXPECT_THAT(options.inputs, ElementsAre("a.cpp", "b.cpp"));
  EXPECT_EQ(options.outputFile, "out");
  EXPECT_TRUE(options.dump);
  EXPECT_TRUE(options.keepGoing);
  EXPECT_EQ(parsed({"facts", "a.cpp"}).outputFile, "-");

  options = parsed({"link", "a.facts", "--output", "sarif"});
  EXPECT_EQ(options.command, Command::Link);
  EXPECT_EQ(options.outputs[0].format, OutputFormat::Sarif);

  options = parsed({"explain", "missing-timeout"});
  EXPECT_EQ(options.command, Command::Explain);
  options = parsed({"explain", "0123456789abcdef", "--facts=a", "--facts=b", "--why-not", "a.cpp:3"});
  EXPECT_THAT(options.factsInputs, ElementsAre("a", "b"));
  EXPECT_THAT(options.whyNot, ElementsAre("a.cpp:3"));
  options = parsed({"rules", "check", "a.yaml"});
  EXPECT_EQ(options.command, Command::RulesCheck);
  EXPECT_THAT(options.inputs, ElementsAre("a.yaml"));
  EXPECT_EQ(parsed({"--list-checks"}).command, Command::ListChecks);

  EXPECT_EQ(parsed({"--version"}).text, "opex-tidy 1.2.3\n");
  EXPECT_THAT(parsed({"--help"}).text, HasSubstr("opex-tidy facts FILE"));
  options = parsed({"check", "--help"});
  EXPECT_EQ(options.command, Command::Print);
  EXPECT_THAT(options.text, HasSubstr("--warnings-as-errors"));
}

TEST(Options, usageErrorsSayWhatWasMeant) {
  EXPECT_THAT(refused({"--ouput=sarif"}), HasSubstr("unknown option '--ouput'; did you mean '--output'?"));
  EXPECT_THAT(refused({"--xyzzy"}), HasSubstr("see --help"));
  EXPECT_THAT(refused({"--output=sarfi"}), HasSubstr("did you mean 'sarif'?"));
  EXPECT_THAT(refused({"--output=html"}), HasSubstr("takes text, sarif"));
  EXPECT_THAT(refused({"--output=sarif="}), HasSubstr("names no file"));
  EXPECT_THAT(refused({"--output=text", "--output=sarif"}), HasSubstr("two outputs go to standard output"));
  EXPECT_THAT(refused({"--output=text=a", "--output=sarif=a"}), HasSubstr("two outputs go to 'a'"));
  EXPECT_THAT(refused({"--profile=odit"}), HasSubstr("did you mean 'audit'?"));
  EXPECT_THAT(refused({"--fail-on=fatal"}), HasSubstr("takes note, warning, error, none"));
  EXPECT_THAT(refused({"--keep-going=yes"}), HasSubstr("takes ok"));
  EXPECT_THAT(refused({"--sarif-profile=gitlab"}), HasSubstr("did you mean 'github'?"));
  EXPECT_THAT(refused({"--missing-command=guss"}), HasSubstr("did you mean 'guess'?"));
  EXPECT_THAT(refused({"--header-filter=("}), HasSubstr("not a regular expression"));
  EXPECT_THAT(refused({"--option", "max-attempts=3"}), HasSubstr("CHECK.NAME=VALUE"));
  EXPECT_THAT(refused({"--option=a.b=1", "--option=opex-a.b=2"}), HasSubstr("given twice"));
  EXPECT_THAT(refused({"-j", "many"}), HasSubstr("many"));
  EXPECT_THAT(refused({"-p"}), HasSubstr("-p"));
  EXPECT_THAT(refused({"facts"}), HasSubstr("inputs"));
  EXPECT_THAT(refused({"facts", "a.cpp", "--profile=ci"}), HasSubstr("unknown option '--profile'"));
  EXPECT_THAT(refused({"rules", "chek", "a.yaml"}), HasSubstr("did you mean 'check'?"));
  EXPECT_THAT(refused({"explian", "x"}), HasSubstr("did you mean 'explain'?"));
}

TEST(SelectChecks, profilesAndGlobs) {
  Checks checks;
  EXPECT_THAT(checks.select({}), ElementsAre("opex-missing-timeout"));
  EXPECT_THAT(checks.select({"--profile=ide"}), ElementsAre("opex-log-in-loop", "opex-missing-timeout"));
  EXPECT_THAT(checks.select({"--profile=audit"}),
              ElementsAre("opex-log-in-loop", "opex-missing-lever", "opex-missing-timeout"));
  EXPECT_THAT(checks.select({"--checks=-*,opex-missing-lever"}), ElementsAre("opex-missing-lever"));
  EXPECT_THAT(checks.select({"--checks=-*, missing-*"}),
              ElementsAre("opex-missing-lever", "opex-missing-timeout"));
  EXPECT_THAT(checks.select({"--checks=*,-*-lever"}),
              ElementsAre("opex-log-in-loop", "opex-missing-timeout"));
  EXPECT_THAT(checks.select({"--checks=-clang-*"}), ElementsAre("opex-missing-timeout"));
  EXPECT_THAT(checks.select({"--checks=-*"}), ElementsAre());
  EXPECT_THAT(checks.select({"--checks=*-in-*"}), ElementsAre("opex-log-in-loop", "opex-missing-timeout"));
}

TEST(SelectChecks, unknownNamesAreErrors) {
  Checks checks;
  EXPECT_THAT(
      checks.select({"--checks=opex-mising-timeout"}),
      ElementsAre("error: unknown check 'opex-mising-timeout'; did you mean 'opex-missing-timeout'?"));
  EXPECT_THAT(checks.select({"--checks=mising-timeout"}),
              ElementsAre("error: unknown check 'mising-timeout'; did you mean 'opex-missing-timeout'?"));
  EXPECT_THAT(checks.select({"--checks=-mising-lever"}),
              ElementsAre(HasSubstr("did you mean 'opex-missing-lever'?")));
  EXPECT_THAT(checks.select({"--checks=quux-*"}), ElementsAre(HasSubstr("no check matches 'quux-*'")));
}

TEST(SelectChecks, globListsForOtherUses) {
  EXPECT_TRUE(matchesGlobs("*", "opex-a"));
  EXPECT_TRUE(matchesGlobs("a", "opex-a"));
  EXPECT_FALSE(matchesGlobs("*,-a", "opex-a"));
  EXPECT_FALSE(matchesGlobs("", "opex-a"));
  EXPECT_FALSE(matchesGlobs("opex", "opex-a"));
  EXPECT_TRUE(matchesGlobs("o*x*a", "opex-a"));
  EXPECT_FALSE(matchesGlobs("o*x*x*a", "opex-a"));
}

TEST(CheckOptions, areValidatedAgainstTheCheck) {
  Checks checks;
  auto complaint = [&](std::string option) {
    return llvm::toString(validateCheckOptions(parsed({"--option", option}), checks.all));
  };
  EXPECT_EQ(complaint("missing-timeout.max-attempts=3"), "");
  EXPECT_THAT(complaint("missing-timeout.max-attempts=x"), HasSubstr("takes a whole number, not 'x'"));
  EXPECT_THAT(complaint("missing-timeout.max-atempts=3"), HasSubstr("did you mean 'max-attempts'?"));
  EXPECT_THAT(complaint("missing-timeuot.max-attempts=3"), HasSubstr("did you mean 'opex-missing-timeout'?"));
}

namespace {

/// A directory of its own for every test, removed afterwards.
class OutputFiles : public testing::Test {
protected:
  void SetUp() override { ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("opex-output", directory_)); }
  void TearDown() override { llvm::sys::fs::remove_directories(directory_); }

  std::string path(llvm::StringRef name) { return (directory_ + "/" + name).str(); }

  std::string contentOf(llvm::StringRef name) {
    auto buffer = llvm::MemoryBuffer::getFile(path(name));
    return buffer ? (*buffer)->getBuffer().str() : "(no file)";
  }

  size_t entries() {
    std::error_code code;
    size_t count = 0;
    for (llvm::sys::fs::directory_iterator at(directory_, code), end; at != end && !code; at.increment(code))
      ++count;
    return count;
  }

  llvm::SmallString<128> directory_;
};

} // namespace

TEST_F(OutputFiles, replaceOldContentAndLeaveNothingElse) {
  EXPECT_EQ(llvm::toString(writeOutputFile({path("a"), "old and longer"})), "");
  EXPECT_EQ(llvm::toString(writeOutputFile({path("a"), "new"})), "");
  EXPECT_EQ(contentOf("a"), "new");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(OutputFiles, followLinksAndWriteToDevices) {
  EXPECT_EQ(llvm::toString(writeOutputFile({path("real"), "old"})), "");
  ASSERT_EQ(::symlink(path("real").c_str(), path("link").c_str()), 0);
  EXPECT_EQ(llvm::toString(writeOutputFile({path("link"), "new"})), "");
  EXPECT_EQ(contentOf("real"), "new");
  EXPECT_TRUE(llvm::sys::fs::is_symlink_file(path("link")));
  EXPECT_EQ(llvm::toString(writeOutputFile({"/dev/null", "gone"})), "");
  struct stat status;
  ASSERT_EQ(::stat("/dev/null", &status), 0);
  EXPECT_TRUE(S_ISCHR(status.st_mode));
}

TEST_F(OutputFiles, errorsNameThePathAndTheReason) {
  auto complaint = [&](std::string file) { return llvm::toString(checkWritable(file)); };
  EXPECT_THAT(complaint(directory_.str().str()), HasSubstr("it is a directory"));
  EXPECT_THAT(complaint(path("no/such/file")), HasSubstr("there is no directory '" + path("no/such") + "'"));
  EXPECT_EQ(llvm::toString(writeOutputFile({path("file"), ""})), "");
  EXPECT_THAT(complaint(path("file/below")), HasSubstr("is not a directory"));
  EXPECT_THAT(complaint(""), HasSubstr("without a name"));
  EXPECT_EQ(complaint("-"), "");
  EXPECT_EQ(complaint(path("fresh")), "");
  EXPECT_EQ(entries(), 1u);
  // A full disk is noticed, not taken for success.
  EXPECT_THAT(llvm::toString(writeOutputFile({"/dev/full", std::string(100'000, 'x')})),
              HasSubstr("cannot write '/dev/full'"));
}

TEST_F(OutputFiles, oneThatFailsDoesNotKeepTheOthers) {
  std::string error =
      llvm::toString(writeOutputFiles({{path("a"), "1"}, {path("no/b"), "2"}, {path("c"), "3"}}));
  EXPECT_THAT(error, HasSubstr("no/b"));
  EXPECT_THAT(error, Not(HasSubstr("/a'")));
  EXPECT_EQ(contentOf("a"), "1");
  EXPECT_EQ(contentOf("c"), "3");
}
