// Which values name the same place: pairs of expressions of one function, and which variable an expression speaks of.
#include "analysis/body/places.h"
#include "tests/check_run.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

const char *const kDeclarations = R"cpp(
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>
struct Part { int a, b; int get(); };
struct Whole {
  Part own, other; Part *pointer, *second; std::unique_ptr<Part> smart; int n; int list[4]; Whole *next;
  static int shared; static Part &instance();
  void f(Part *p, Part *q, Part &r, int i, int j, std::map<int, Part> &m, std::vector<int> &v, std::ostream &out, Whole *w);
};
int any(); extern int global; extern Part part;
template <class... T> void use(T &&...);
)cpp";

struct Parsed {
  explicit Parsed(std::string body)
      : units(test::parseSources({{"places.cpp", std::string(kDeclarations) +
                                                     "void Whole::f(Part *p, Part *q, Part &r, int i, int j, "
                                                     "std::map<int, Part> &m, std::vector<int> &v, std::ostream &out, "
                                                     "Whole *w) {\n" +
                                                     std::move(body) + "\n}"}},
                                 {})) {
    for (const Function &each : units.front().functions)
      if (each.name == "Whole::f")
        function = &each;
    for (const Call &each : function->calls)
      if (each.name == "use")
        calls.push_back(&each);
  }

  Place place(size_t argument) const { return placeOf(*function, calls.front()->arguments[argument]); }

  std::vector<TuFacts> units;
  const Function *function = nullptr;
  std::vector<const Call *> calls; ///< `use(…)`.
};

struct Pair {
  const char *before, *left, *right;
};

const Pair kSame[] = {
    {"", "n", "this->n"},
    {"", "n", "(*this).n"},
    {"", "i", "(i)"},
    {"", "global", "::global"},
    {"", "Whole::shared", "this->shared"},
    {"", "own.a", "this->own.a"},
    {"", "p->a", "(*p).a"},
    {"", "p", "&*p"},
    {"", "own", "*&own"},
    {"", "own.a", "(&own)->a"},
    {"", "smart->a", "smart.get()->a"},
    {"", "smart->a", "(*smart).a"},
    {"", "*smart", "*smart.get()"},
    {"", "list[2]", "this->list[1 + 1]"},
    {"", "list[i]", "this->list[i]"},
    {"", "m[i].a", "m[i].a"},
    {"", "v[own.a]", "v[this->own.a]"},
    {"int &x = own.a;", "x", "own.a"},
    {"Part &x = *p;", "x.a", "p->a"},
    {"Part &x = own; Part &y = x;", "y.a", "own.a"},
    {"Part &x = own; Part &own = x;", "own.a", "this->own.a"},
    {"", "own.a = i", "own.a"},
    {"", "static_cast<long>(n)", "n"},
    {"", "out << i", "out"},
};

void expectAll(llvm::ArrayRef<Pair> pairs, bool areSame) {
  std::string body;
  for (const Pair &pair : pairs)
    body += std::string("{ ") + pair.before + " use(" + pair.left + ", " + pair.right + "); }\n";
  Parsed parsed(body);
  ASSERT_EQ(parsed.calls.size(), pairs.size());
  for (auto [pair, call] : llvm::zip(pairs, parsed.calls))
    EXPECT_EQ(isSamePlace(*parsed.function, call->arguments[0], call->arguments[1]), areSame)
        << pair.before << " " << pair.left << " and " << pair.right;
}

TEST(Places, OfDifferentSpellingAreTheSame) { expectAll(kSame, true); }

const Pair kDifferent[] = {
    {"", "i", "j"},
    {"", "p", "*p"},
    {"", "p", "q"},
    {"", "p->a", "p->b"},
    {"", "p->a", "q->a"},
    {"", "own.a", "other.a"},
    {"", "own.a", "own"},
    {"", "own", "&own"},
    {"", "n", "w->n"},
    {"", "next->n", "next->next->n"},
    {"", "smart", "*smart"},
    {"", "list[1]", "list[2]"},
    {"", "list[i]", "list[j]"},
    {"", "list[i]", "list[0]"},
    {"", "list[any()]", "list[any()]"},
    {"", "list[i + 1]", "list[i + 1]"},
    {"", "i + 1", "i + 1"},
    {"", "any()", "any()"},
    {"", "3", "3"},
    {"", "own", "Whole::instance()"},
    {"int n = 1;", "n", "this->n"},
    {"Part *x = p; Part *p = q;", "x->a", "p->a"},
    {"Part x = own;", "x.a", "own.a"},
    {"Part &x = Whole::instance(); Part &y = Whole::instance();", "x.a", "y.a"},
    {"auto &[x, y] = own;", "x", "y"},
    {"Whole &x = *x.next;", "x.n", "n"},
    {"", "v[0]", "*v.begin()"},
};

TEST(Places, ThatAreTwoOrUnknownAreNotTheSame) { expectAll(kDifferent, false); }

TEST(Places, KnowTheirParts) {
  Parsed parsed("use(own, own.a, *p, p->a, list[i + 1], list, i);");
  EXPECT_TRUE(parsed.place(1).isPartOf(parsed.place(0)));
  EXPECT_FALSE(parsed.place(0).isPartOf(parsed.place(1)));
  EXPECT_TRUE(parsed.place(0).isPartOf(parsed.place(0)));
  EXPECT_FALSE(parsed.place(3).isPartOf(parsed.place(0)));
  EXPECT_TRUE(parsed.place(4).isPartOf(parsed.place(5)));
  EXPECT_FALSE(parsed.place(4));
  EXPECT_FALSE(Place().isPartOf(Place()));
  EXPECT_EQ(parsed.place(6).local(), 3u);
  EXPECT_EQ(parsed.place(0).local(), std::nullopt);
}

TEST(Places, WithoutIndirectionArePointersAndWhatTheyPointTo) {
  Parsed parsed("use(p, *p, &r, r, p->a, any(), list[i + 1], *this);");
  auto of = [&](size_t argument) { return parsed.place(argument).withoutIndirection(); };
  EXPECT_EQ(of(0), of(1));
  EXPECT_EQ(of(2), of(3));
  EXPECT_FALSE(of(0) == of(2));
  EXPECT_TRUE(of(4).isPartOf(of(0)));
  EXPECT_FALSE(of(5));
  EXPECT_FALSE(of(6));
  EXPECT_TRUE(of(7).isThis());
}

TEST(VariableOf, IsTheVariableOrMemberThatLeadsToTheValue) {
  Parsed parsed("use(p->a, *p, own.a, this->own, pointer->b, m[any()].a, v[0], next->own.a, global, any(), out << i << j, *this);");
  auto of = [&](size_t argument) { return variableOf(*parsed.function, parsed.calls.front()->arguments[argument]); };
  EXPECT_EQ(of(0), Place::ofLocal(0));
  EXPECT_EQ(of(1), Place::ofLocal(0));
  EXPECT_EQ(of(2), of(3));
  EXPECT_FALSE(of(2) == of(4));
  EXPECT_EQ(of(5), Place::ofLocal(5));
  EXPECT_EQ(of(6), Place::ofLocal(6));
  EXPECT_TRUE(of(7).isIn(Place::This) && !of(7).isWhole());
  EXPECT_TRUE(of(8).isIn(Place::Global));
  EXPECT_FALSE(of(9));
  EXPECT_EQ(of(10), Place::ofLocal(7));
  EXPECT_TRUE(of(11).isThis());
  Parsed bound("Part &x = m[i]; use(x.a);");
  EXPECT_EQ(bound.function->locals[*localOf(*bound.function, bound.calls.front()->arguments[0])].name, "x");
  EXPECT_EQ(localOf(*parsed.function, parsed.calls.front()->arguments[0]), 0u);
  EXPECT_EQ(localOf(*parsed.function, parsed.calls.front()->arguments[2]), std::nullopt);
}

} // namespace
} // namespace opex
