// What conditions amount to: an expression each, and what it says when it is true and when it is false.
#include "analysis/body/conditions.h"
#include "tests/check_run.h"

namespace opex {
namespace {

const char *const kDeclarations = "bool a, b, c; int n, m; int read(); void *get();\n";

struct Case {
  const char *condition;
  const char *ifTrue, *ifFalse; ///< As splitCondition takes it apart.
  const char *follows = "", *followsNot = ""; ///< The parts that visitImplied visits.
};

const Case kCases[] = {
    {"a", "a", "not a", "a", "not a"},
    {"!a", "not a", "a", "not a", "a"},
    {"!!a", "a", "not a", "a", "not a"},
    {"a && b", "a and b", "not a or not b", "a, b", ""},
    {"a || b", "a or b", "not a and not b", "", "not a, not b"},
    // De Morgan.
    {"!(a && b)", "not a or not b", "a and b", "", "a, b"},
    {"!(a || b)", "not a and not b", "a or b", "not a, not b", ""},
    {"!(a && !(b || c))", "not a or (b or c)", "a and (not b and not c)", "", "a, not b, not c"},
    // More than two parts.
    {"a && b && c", "(a and b) and c", "(not a or not b) or not c", "a, b, c", ""},
    {"a || b || c", "(a or b) or c", "(not a and not b) and not c", "", "not a, not b, not c"},
    {"a && (b || c)", "a and (b or c)", "not a or (not b and not c)", "a", ""},
    {"a || (b && c)", "a or (b and c)", "not a and (not b or not c)", "", "not a"},
    // Comparisons.
    {"n < 3", "n < 3", "n >= 3", "n < 3", "n >= 3"},
    {"!(n <= 3)", "n > 3", "n <= 3", "n > 3", "n <= 3"},
    {"n == 3 || n != m", "n == 3 or n != m", "n != 3 and n == m", "", "n != 3, n == m"},
    {"0 == n", "0 == n", "0 != n", "0 == n", "0 != n"},
    {"3 > n && 0 <= n", "3 > n and 0 <= n", "3 <= n or 0 > n", "3 > n, 0 <= n", ""},
    // What an assignment leaves is its target; a choice is one part.
    {"(n = read()) < 0", "n < 0", "n >= 0", "n < 0", "n >= 0"},
    {"(n = m) && a", "n and a", "not n or not a", "n, a", ""},
    {"a ? b : c", "a ? … : …", "not a ? … : …", "a ? … : …", "not a ? … : …"},
    {"!(a ? b : c) && a", "not a ? … : … and a", "a ? … : … or not a", "not a ? … : …, a", ""},
    // Casts are looked through.
    {"(bool)(a && b)", "a and b", "not a or not b", "a, b", ""},
};

class Teller {
public:
  Teller(const Program &program, const Function &body) : program_(program), body_(body) {}

  std::string part(Index<Value> part, bool isTrue) const {
    if (std::optional<Comparison> comparison = comparisonOf(body_, part, isTrue)) {
      const char *const signs[] = {"<", "<=", ">", ">=", "==", "!="};
      return text(comparison->left) + " " + signs[int(comparison->op)] + " " + text(comparison->right);
    }
    return (isTrue ? "" : "not ") + text(part);
  }

  std::string split(Index<Value> condition, bool isTrue, bool isInner = false) const {
    const Split split = splitCondition(body_, condition, isTrue);
    if (split.kind == Split::Whole)
      return part(split.left, split.isTrue);
    std::string both = this->split(split.left, split.isTrue, true) + (split.kind == Split::Both ? " and " : " or ") +
                       this->split(split.right, split.isTrue, true);
    return isInner ? "(" + both + ")" : both;
  }

  std::string implied(Index<Value> condition, bool isTrue) const {
    std::string all;
    visitImplied(body_, condition, isTrue,
                 [&](Index<Value> value, bool is) { all += (all.empty() ? "" : ", ") + part(value, is); });
    return all;
  }

private:
  std::string text(Index<Value> value) const { return spell(program_, body_, value); }

  const Program &program_;
  const Function &body_;
};

TEST(Conditions, AreTakenApartTheSameWayEverywhere) {
  std::string source = kDeclarations;
  for (size_t i = 0; i < std::size(kCases); ++i)
    source += "void probe" + std::to_string(100 + i) + "() { if (" + kCases[i].condition + ") ++m; }\n";
  const Program program = link(test::parseSources({{"probe.cpp", source}}, {}));
  std::map<std::string, const Function *> byName;
  for (const LinkedFunction &function : program.functions)
    byName.emplace(function.body->name.str(), function.body);
  for (size_t i = 0; i < std::size(kCases); ++i) {
    const Case &each = kCases[i];
    const Function *body = byName["probe" + std::to_string(100 + i)];
    ASSERT_TRUE(body && !body->branches.empty()) << each.condition;
    const Teller teller(program, *body);
    const Index<Value> condition = body->branches.back().condition;
    EXPECT_EQ(teller.split(condition, true), each.ifTrue) << each.condition;
    EXPECT_EQ(teller.split(condition, false), each.ifFalse) << each.condition;
    EXPECT_EQ(teller.implied(condition, true), each.follows) << each.condition;
    EXPECT_EQ(teller.implied(condition, false), each.followsNot) << each.condition;
  }
}

TEST(Conditions, HaveParts) {
  const Program program = link(test::parseSources(
      {{"a.cpp", std::string(kDeclarations) + "void probe() { if (a || !(b && n < 3)) ++m; }"}}, {}));
  const Function &body = *program.functions.back().body;
  auto has = [&](llvm::StringRef text) {
    return anyPart(body, body.branches[0].condition,
                   [&](Index<Value> part) { return spell(program, body, part) == text; });
  };
  EXPECT_TRUE(has("a"));
  EXPECT_TRUE(has("n < 3"));
  EXPECT_FALSE(has("b && n < 3"));
  EXPECT_FALSE(has("m"));
}

TEST(Conditions, CompareTheOtherWayRound) {
  for (Compare op : {Compare::Less, Compare::LessEqual, Compare::Greater, Compare::GreaterEqual, Compare::Equal,
                     Compare::NotEqual})
    for (int64_t right : {1, 2, 3}) {
      EXPECT_EQ(holds(op, 2, right), holds(mirrored(op), right, 2));
      EXPECT_EQ(holds(op, 2, right), !holds(negated(op), 2, right));
    }
}

} // namespace
} // namespace opex
