#include "tests/report_samples.h"

#include "analysis/passes/analysis.h"
#include "model/make_check.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace opex::test {
const llvm::StringLiteral kHelp = R"(## What it finds

A dependency call that nothing bounds: **no** timeout is set on its subject, and the
library's [default](https://example.com/default) is none.

A second paragraph.

## Why it hurts in production

Threads wait and pile up.

## Example

```cpp
# not a heading
CURL *h = curl_easy_init();

curl_easy_perform(h);
```

## Instead

Set `CURLOPT_TIMEOUT_MS`.

## Limits

None | many.
)";

namespace {

struct TimeoutOptions {
  unsigned largestMs = 60000;
  std::vector<std::string> ignoredKinds;

  void map(auto &visit) {
    visit("largest-ms", largestMs, "Above it a timeout | counts as none.");
    visit("ignored-kinds", ignoredKinds, "Kinds of dependencies to leave out.");
  }
};

Location at(std::string path, uint32_t line, std::string text, llvm::StringRef token, std::string function) {
  Location where;
  where.path = std::move(path);
  where.line = where.endLine = line;
  where.lineText = std::move(text);
  size_t column = llvm::StringRef(where.lineText).find(token);
  where.column = static_cast<uint32_t>(column + 1);
  where.endColumn = static_cast<uint32_t>(column + token.size() + 1);
  where.lineHash = 0x1f00000000000000ull + line;
  where.function = std::move(function);
  return where;
}

} // namespace

const Check &timeoutCheck() {
  static const Check check =
      makeCheck<TimeoutOptions>({.id = "opex-missing-timeout",
                                 .summary = "Finds dependency calls that can wait forever.",
                                 .severity = Severity::Error,
                                 .practices = {"RS4", "EH9"},
                                 .cwe = {1088, 400},
                                 .help = kHelp});
  return check;
}

const Check &swallowCheck() {
  static const Check check =
      makeCheck<NoOptions>({.id = "opex-swallowed-exception",
                            .summary = "Finds handlers that drop an error in silence.",
                            .severity = Severity::Warning,
                            .practices = {"EH6"},
                            .cwe = {391},
                            .help = "## What it finds\n\nEmpty handlers.\n"});
  return check;
}

Finding timeoutFinding() {
  Finding finding;
  finding.check = "opex-missing-timeout";
  finding.severity = Severity::Error;
  finding.message =
      "`curl_easy_perform` can wait forever: no `CURLOPT_TIMEOUT` is set on `handle`, libcurl's "
      "default is no limit";
  finding.where = at("src/pay ment/client.cpp", 42, "\tconst CURLcode code = curl_easy_perform(handle);",
                     "curl_easy_perform", "pay::Client::charge");
  finding.where.lineOccurrence = 2;
  finding.subject = "curl_easy_perform";
  finding.functionId = "c:@N@pay@S@Client@F@charge#";
  finding.statement = "const CURLcode code = curl_easy_perform(handle);";
  finding.advice = "set `CURLOPT_TIMEOUT_MS` on the handle before the call";
  finding.chain = {
      {at("src/main.cpp", 10, "  server.Post(\"/pay\", [&](auto &req, auto &res) { client.charge(req); });",
          "Post", "main"),
       "requests for /pay enter here", false},
      {at("src/pay ment/client.cpp", 30, "  CURL *handle = curl_easy_init(); // \xF0\x9F\x92\xB3 \xC3\xBC",
          "curl_easy_init", "pay::Client::charge"),
       "`handle` is made here, with libcurl's defaults", false},
      {finding.where, "waits for the answer without limit", true},
  };
  finding.related = {
      {at("src/pay ment/client.h", 7, "  void charge(const Request &);", "charge", "pay::Client"),
       "callers come through here"}};
  finding.fix = Fix{"set a limit of 2 s, the team's default",
                    {{"src/pay ment/client.cpp", 900, 0, 42, 2, 42, 2,
                      "curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 2000L);\n\t"}}};
  return finding;
}

Finding swallowFinding() {
  Finding finding;
  finding.check = "opex-swallowed-exception";
  finding.confidence = Confidence::Medium;
  finding.message = "this handler drops every exception without a trace or a reason";
  finding.where = at("src/\xC3\xBC"
                     "ber.cpp",
                     5, "/* \xF0\x9F\x98\x80\xE2\x82\xAC */ } catch (...) {", "catch", "f");
  finding.subject = "catch (...)";
  return finding;
}

std::vector<rules::Practice> practices() {
  return {{"EH6", "an exception is caught for a reason, and passes otherwise", "swallowed-exception"},
          {"EH9", "client timeouts are neither absent nor too high nor too low", "missing-timeout"},
          {"RS4", "every dependency has a timeout, and its latency is measured", "missing-timeout"}};
}

RunReport fullRun() {
  RunReport report;
  report.toolVersion = "0.1.0";
  report.homePage = "https://example.com/opex-tidy";
  report.profile = "audit";
  report.findings = {timeoutFinding(), swallowFinding()};
  sortAndMerge(report.findings);
  assignFingerprints(report.findings);
  report.checks = {&timeoutCheck(), &swallowCheck()};
  Notice foreign{"an error that costs nothing here", "boost/asio/x.hpp", 70, 5, true};
  Notice inHeader{"unknown type name 'Foo'", "src/pay ment/client.h", 3, 9, true};
  Notice more{"use of undeclared identifier 'foo'", "src/half.cpp", 8, 1, true};
  report.tus = {{"src/broken.cpp", TuStatus::Failed, {{"the parser crashed", "", 0, 0, true}}},
                {"src/half.cpp", TuStatus::Partial, {inHeader, more, more, more, more}},
                {"src/lost.cpp", TuStatus::Failed, {}},
                {"src/main.cpp", TuStatus::Complete, {foreign}},
                {"src/nohead.cpp", TuStatus::Failed, {{"'x.h' file not found", "lib/y.h", 2, 10, true}}},
                {"src/pay ment/client.cpp", TuStatus::Complete, {foreign}}};
  report.artifacts = {{"src/main.cpp", std::string(64, 'a')},
                      {"src/pay ment/client.cpp", std::string(64, 'b')},
                      {"src/pay ment/client.h", ""}};
  report.configurationNotices = {
      {"row `acme` matches no declaration of acme/client.h", "rules/acme.yaml", 12, 3, false},
      {"the settings are ignored", "", 0, 0, true}};
  report.unknownCalls = {{"acme/", 12, "acme::Client::fetch", "src/main.cpp", 7}};
  report.tooManyPaths = {{"Orders::place", "src/main.cpp", 40}};
  report.practices = practices();
  report.exitCode = 3;
  return report;
}

RunReport hostileRun() {
  RunReport report;
  report.toolVersion = "0.1.0";
  report.homePage = "https://example.com/opex-tidy";
  report.profile = "ci";
  Finding finding = swallowFinding();
  std::string evil = "\x1b]0;owned\x07\x1b[2J\r\n::error::x \xE2\x80\xAE"
                     "cba \xFF\xC0\xAF [x](http://evil) <script> \xC2\x9B"
                     "31m";
  evil += '\0';
  finding.message = "message " + evil;
  finding.advice = "advice " + evil;
  finding.where.path = "src/\x1b[31m/../a b?#%:\xFF.cpp";
  finding.where.function = "f<" + evil + ">::g";
  finding.where.lineText = "\t" + evil + " catch";
  finding.where.column = 2;
  finding.where.endColumn = static_cast<uint32_t>(finding.where.lineText.size() + 50);
  finding.chain = {{finding.where, "step " + evil, false}};
  finding.related = {{finding.where, "related " + evil}};
  finding.fix = Fix{"fix " + evil, {{finding.where.path, 0, 3, 5, 3, 5, 6, evil}}};
  report.findings = {finding};
  assignFingerprints(report.findings);
  report.checks = {&swallowCheck()};
  report.tus = {{finding.where.path, TuStatus::Failed, {{"notice " + evil, "", 0, 0, true}}}};
  report.artifacts = {{finding.where.path, ""}};
  report.unknownCalls = {{"library " + evil, 1, "example " + evil, finding.where.path, 3}};
  report.tooManyPaths = {{"function " + evil, finding.where.path, 4}};
  report.configurationNotices = {{"configuration " + evil, finding.where.path, 1, 1, false}};
  report.practices = practices();
  report.exitCode = 3;
  return report;
}

Range RandomRanges::next() {
  Range range;
  for (unsigned length = below(round_++ % 10 == 0 ? 400 : 12); range.line.size() < length;)
    range.line +=
        static_cast<char>(below(3) == 0 ? below(256) : "\t \xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80(a"[below(14)]);
  range.column = below(range.line.size() + 4);
  range.end = below(range.line.size() + 8);
  return range;
}

unsigned RandomRanges::below(uint64_t limit) {
  state_ = state_ * 6364136223846793005u + 1442695040888963407u;
  return static_cast<unsigned>((state_ >> 33) % limit);
}

void expectGolden(llvm::StringRef name, const std::string &actual) {
  std::string path = (OPEX_SOURCE_DIR "/testdata/golden/" + name).str();
  if (std::getenv("OPEX_BLESS")) {
    std::error_code code;
    llvm::raw_fd_ostream out(path, code);
    ASSERT_FALSE(code) << path;
    out << actual;
  }
  auto expected = llvm::MemoryBuffer::getFile(path);
  ASSERT_TRUE(expected) << path;
  EXPECT_EQ((*expected)->getBuffer().str(), actual) << "run with OPEX_BLESS=1 and read the difference";
}

} // namespace opex::test
