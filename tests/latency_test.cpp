// Worst-case times: the values they are made of, and what comes out for pieces of code.
#include "analysis/latency/latency.h"
#include "tests/check_run.h"

#include <gmock/gmock.h>

namespace opex::test {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

SymbolicTime seconds(int64_t count) { return SymbolicTime::known(count * kSecond); }
TimeFactor times(int64_t count) { return {count, {}, TimeFactor::kNoParameter, 0}; }
TimeFactor times(const char *text) { return {0, text, TimeFactor::kNoParameter, 0}; }

TEST(SymbolicTime, saysWhatItIsMadeOf) {
  SymbolicTime round = seconds(1) + times("`n`") * SymbolicTime::known(kSecond / 2);
  SymbolicTime all = seconds(2) + times(3) * round;
  EXPECT_EQ(all.text(), "2 s + 3 × (1 s + `n` × 500 ms)");
  EXPECT_EQ(all.atLeastNs(), 2 * kSecond + 3 * (kSecond + kSecond / 2));
  EXPECT_FALSE(all.isExact());
  EXPECT_EQ(SymbolicTime().text(), "0 s");
  EXPECT_EQ((seconds(1) + SymbolicTime::unlimited("`get`")).text(), "1 s + `get` without limit");
}

TEST(SymbolicTime, countsWhatIsRepeated) {
  EXPECT_EQ((seconds(1) + seconds(1) + seconds(1)).text(), "3 × 1 s");
  EXPECT_TRUE((times(3) * SymbolicTime()).isZero());
  EXPECT_EQ((times(1) * seconds(2)).text(), "2 s");
}

TEST(SymbolicTime, takesTheLongerOfTwo) {
  SymbolicTime get = SymbolicTime::unknown("`get`"), put = SymbolicTime::unknown("`put`");
  EXPECT_EQ(longer(seconds(1), seconds(2)).text(), "2 s");
  EXPECT_EQ(longer(seconds(1), seconds(1) + get).text(), "1 s + `get`");
  EXPECT_EQ(longer(seconds(1) + get, seconds(1) + put).text(), "1 s + max(`get`, `put`)");
  EXPECT_EQ(longer(longer(get, put), get), longer(get, put));
  EXPECT_EQ(longer(seconds(5), get).atLeastNs(), 5 * kSecond);
}

TEST(SymbolicTime, staysSmallAndFinite) {
  SymbolicTime sum, product = seconds(1000);
  for (int i = 0; i < 100; ++i) {
    sum = sum + SymbolicTime::unknown("`f" + std::to_string(i) + "`") + SymbolicTime::known(i + 1);
    product = times(INT32_MAX) * product;
  }
  EXPECT_LE(sum.size(), 2 * SymbolicTime::kMostParts);
  EXPECT_EQ(sum.atLeastNs(), 5050);
  EXPECT_THAT(sum.text(), testing::HasSubstr("…"));
  EXPECT_EQ(product.atLeastNs(), INT64_MAX);
  EXPECT_EQ(product.summedUp(), product.summedUp().summedUp());
}

TEST(SymbolicTime, writesDurationsShort) {
  EXPECT_EQ(durationText(1'500'000'000), "1.5 s");
  EXPECT_EQ(durationText(800'000'000), "800 ms");
  EXPECT_EQ(durationText(127 * kSecond), "127 s");
  EXPECT_EQ(durationText(2'050'000), "2.05 ms");
  EXPECT_EQ(durationText(INT64_MAX), "9223372036 s");
}

const char *const kCommon = R"cpp(
#include <chrono>
#include <curl/curl.h>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <vector>
using namespace std::chrono_literals;
inline bool get(CURL *handle) { // 2 s
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, 2L);
  return curl_easy_perform(handle) == CURLE_OK;
}
inline bool open(CURL *handle) { // No limit.
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, 1L);
  return curl_easy_perform(handle) == CURLE_OK;
}
inline bool again(int times, const std::function<bool()> &work) {
  for (int i = 0; i < times; ++i) {
    if (work())
      return true;
    std::this_thread::sleep_for(100ms);
  }
  return false;
}
)cpp";

/// Of the function `entry` in the code.
WorstCase worstOf(const std::string &code) {
  std::vector<Source> sources = {{"code.cpp", kCommon + code},
                                 {"house.yaml", "pack: {name: house}\nentry-points:\n- {function: entry, kind: rpc, sla: 1 s}\n"}};
  const Analysed analysed(parseSources(sources, {}), rulesWith(sources));
  for (const auto &[i, use] : llvm::enumerate(analysed.analysis.get<Entries>().entryPoints))
    if (analysed.program.functions[use.function].body->name == "entry")
      return analysed.analysis.get<Latency>().entryPoints[i];
  ADD_FAILURE() << "no entry point in " << code;
  return {};
}

std::string timeOf(const std::string &code) { return worstCaseText(worstOf(code)); }

TEST(Latency, addsWhatComesInTurn) {
  EXPECT_EQ(timeOf("void entry(CURL *h) { get(h); std::this_thread::sleep_for(500ms); get(h); }"), "4.5 s (2 × 2 s + 500 ms)");
}

TEST(Latency, takesTheLongestWay) {
  EXPECT_EQ(timeOf("bool entry(CURL *h, int n) { if (n) return get(h); return again(2, [&] { return get(h); }); }"),
            "4.2 s (2 × (2 s + 100 ms))");
  EXPECT_EQ(timeOf("void entry(CURL *h, int n) { switch (n) { case 1: get(h); case 2: get(h); break; case 3: get(h); } get(h); }"),
            "6 s (3 × 2 s)");
  EXPECT_EQ(timeOf("bool entry(CURL *h, int n) { return n > 3 && get(h) ? get(h) : false; }"), "4 s (2 × 2 s)");
}

TEST(Latency, keepsWhatIsNotKnownByName) {
  EXPECT_EQ(timeOf("void entry(CURL *h, std::vector<int> ids) { for (int id : ids) get(h); }"), "2 s and more (`ids` × 2 s)");
  EXPECT_EQ(timeOf("void entry(CURL *h, int n) { for (int i = 0; i < n; ++i) get(h); get(h); }"), "4 s and more (`n` × 2 s + 2 s)");
  EXPECT_EQ(timeOf("void entry(CURL *h, CURL *other) { get(h); open(other); }"), "3 s and more (2 s + 1 s + `curl_easy_perform`)");
  EXPECT_EQ(timeOf("void entry() { CURL *h = curl_easy_init(); open(h); }"), "1 s and more (1 s + `curl_easy_perform` without limit)");
}

TEST(Latency, lastRoundLeavesEarly) {
  EXPECT_EQ(timeOf("bool entry(CURL *h) { for (int i = 0; i < 3; ++i) { if (!get(h)) continue; return get(h); } return false; }"),
            "8 s (4 × 2 s)");
}

TEST(Latency, givesHelpersWhatTheyAreCalledWith) {
  std::string twice = "bool twice(const std::function<bool()> &work) { return again(2, work); }\n";
  EXPECT_EQ(timeOf(twice + "bool other(CURL *h) { return again(9, [&] { return get(h); }); }\n"
                           "bool entry(CURL *h) { return twice([&] { return get(h); }); }"),
            "4.2 s (2 × (2 s + 100 ms))");
}

TEST(Latency, runsSideBySide) {
  EXPECT_EQ(timeOf("bool entry(CURL *a, CURL *b) { auto one = std::async([&] { return get(a); }); bool two = get(b); return one.get() && two; }"),
            "2 s");
  EXPECT_EQ(timeOf("bool entry(CURL *a, CURL *b) { get(b); auto one = std::async([&] { return get(a); }); return one.get(); }"),
            "4 s (2 × 2 s)");
  EXPECT_EQ(timeOf("void entry(CURL *a) { std::thread([a] { get(a); }).detach(); std::this_thread::sleep_for(1s); }"), "1 s");
}

TEST(Latency, multipliesAttempts) {
  EXPECT_EQ(worstOf("bool entry(CURL *h) { for (int i = 0; i < 3; ++i) if (again(2, [&] { return get(h); })) return true; return false; }").amplification,
            6);
  EXPECT_EQ(worstOf("bool entry(CURL *h) { for (int id : {1, 2, 3}) get(h); return true; }").amplification, 1);
  EXPECT_EQ(worstOf("int entry(int n) { return n; }").amplification, 0);
}

TEST(Latency, waitsForAPointInTimeOnce) {
  std::string head = "#include <condition_variable>\nstruct S { std::mutex m; std::condition_variable c; };\n";
  auto wait = [](std::string until) { return "{ std::unique_lock<std::mutex> l(s.m); s.c.wait_until(l, " + until + "); }"; };
  std::string now = "std::chrono::steady_clock::now() + 2s", define = "auto end = " + now + "; ";
  EXPECT_EQ(timeOf(head + "void entry(S &s) { " + define + wait("end") + wait("end") + "}"), "2 s");
  EXPECT_EQ(timeOf(head + "void entry(S &s) { " + define + "for (int i = 0; i < 3; ++i) " + wait("end") + "}"), "2 s");
  EXPECT_EQ(timeOf(head + "void entry(S &s) { for (int i = 0; i < 3; ++i) { " + define + wait("end") + "} }"), "6 s (3 × 2 s)");
  EXPECT_EQ(timeOf(head + "void entry(S &s) { " + wait(now) + wait(now) + "}"), "4 s (2 × 2 s)");
  EXPECT_EQ(timeOf(head + "void one(S &s) { " + define + wait("end") + "}\nvoid entry(S &s) { one(s); one(s); }"), "4 s (2 × 2 s)");
  EXPECT_EQ(timeOf(head + "void one(S &s, std::chrono::steady_clock::time_point end) { " + wait("end") + "}\n"
                          "void entry(S &s) { " + define + "one(s, end); one(s, end); }"), "0 s and more (2 × `end`)");
}

TEST(Latency, endsWithRecursion) {
  EXPECT_EQ(timeOf("void entry(CURL *h, int n) { get(h); if (n) entry(h, n - 1); }"), "2 s and more (? × 2 s)");
  EXPECT_EQ(timeOf("void entry(CURL *h, int n);\nvoid other(CURL *h, int n) { entry(h, n); }\n"
                   "void entry(CURL *h, int n) { get(h); if (n > 0) other(h, n - 1); }"),
            "2 s and more (? × 2 s)");
}

/// A circle takes what its longest function takes, an unknown number of times, whichever of its functions is asked.
TEST(Latency, circlesAreTheSameFromEachSide) {
  const std::string circle = "void a(CURL *h, int n);\nvoid b(CURL *h, int n) { std::this_thread::sleep_for(1s); if (n) a(h, n - 1); }\n"
                             "void a(CURL *h, int n) { get(h); if (n) b(h, n); }\n";
  EXPECT_EQ(timeOf(circle + "void entry(CURL *h, int n) { a(h, n); }"), "2 s and more (? × 2 s)");
  EXPECT_EQ(timeOf(circle + "void entry(CURL *h, int n) { b(h, n); }"), "2 s and more (? × 2 s)");
}

/// What comes back over another function, which waits before it does.
TEST(Latency, circlesThatRetryTakeTheirAttempts) {
  const std::string retry = "void later(CURL *h, int n);\nvoid now(CURL *h, int n) { if (get(h)) return; if (n < 3) later(h, n + 1); }\n"
                            "void later(CURL *h, int n) { std::this_thread::sleep_for(1s); now(h, n); }\n";
  EXPECT_EQ(timeOf(retry + "void entry(CURL *h) { now(h, 0); }"), "12 s (4 × (2 s + 1 s))");
}

TEST(Latency, aHelperInsideItselfIsNoCircle) {
  EXPECT_EQ(timeOf("bool entry(CURL *h) { return again(2, [&] { return again(3, [&] { return get(h); }); }); }"),
            "12.8 s (2 × (3 × (2 s + 100 ms) + 100 ms))");
}

TEST(Latency, deepBlocksNeedNoStack) {
  std::string code = "void entry(CURL *h, int n) { if (n == 0) n = 1;";
  for (int i = 1; i < 5000; ++i)
    code += "\nelse if (n == " + std::to_string(i) + ") n = 1;";
  EXPECT_EQ(timeOf(code + " else get(h); }"), "2 s");
}

TEST(Latency, staysCheapInDeepPrograms) {
  // Each function calls the next one twice: 2^60 ways.
  std::string code = "void f0(CURL *h, int n) { get(h); }\n";
  for (int i = 1; i < 60; ++i) {
    std::string below = "f" + std::to_string(i - 1) + "(h, n); ";
    code += "void f" + std::to_string(i) + "(CURL *h, int n) { " + below + "if (n) open(h); " + below + "}\n";
  }
  WorstCase worst = worstOf(code + "void entry(CURL *h, int n) { f59(h, n); }");
  EXPECT_GT(worst.time.atLeastNs(), kSecond);
  EXPECT_LE(worst.time.size(), 2 * SymbolicTime::kMostParts);
}

} // namespace
} // namespace opex::test
