// What is worked out of a program, on demand and once. A pass is a struct (or class) with
//
//   using Result = …;                          what it finds; often the class itself
//   using Needs = Inputs<Entries, Subjects>;   the passes whose results it reads
//   static Result run(const Needs &in);
//   static constexpr llvm::StringLiteral kName = "queues";
//
// Order follows from `Needs`; a circle does not compile. A part of a pass takes the Inputs that it reads, no more, and
// wider ones convert to narrower ones. Checks say what they need in the same way.
#pragma once

#include "model/program.h"

#include "llvm/ADT/StringRef.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <tuple>
#include <type_traits>

namespace opex {

namespace rules {
struct RuleSet;
}

class Analysis;

/// The program, the rules, and the results of these passes. Cheap to copy; must not outlive the analysis.
template <class... Passes> class Inputs {
public:
  /// Runs those of the passes that have not been run.
  explicit Inputs(const Analysis &analysis);

  template <class... More> Inputs(const Inputs<More...> &wider)
      : program_(&wider.program()), rules_(&wider.rules()), results_(&wider.template get<Passes>()...) {}

  template <class Pass> const typename Pass::Result &get() const {
    static_assert((std::is_same_v<Pass, Passes> || ...), "name the pass among the Inputs");
    constexpr bool isPass[] = {std::is_same_v<Pass, Passes>..., true};
    return *std::get<std::find(isPass, std::end(isPass), true) - isPass>(results_);
  }

  const Program &program() const { return *program_; }
  const rules::RuleSet &rules() const { return *rules_; }

private:
  const Program *program_;
  const rules::RuleSet *rules_;
  std::tuple<const typename Passes::Result *...> results_;
};

namespace passes {

/// 1 + that of the deepest pass it needs. Not constant, and so an error, for passes that need one another.
template <class Pass> struct Depth;
template <class Needs> struct DepthOf;
template <class... Passes> struct DepthOf<Inputs<Passes...>> {
  static constexpr unsigned value = std::max({0u, Depth<Passes>::value...});
};
template <class Pass> struct Depth {
  static constexpr unsigned value = 1 + DepthOf<typename Pass::Needs>::value;
};

/// Tells passes apart.
template <class Pass> inline constexpr char kKey = 0;

struct Stored {
  virtual ~Stored() = default;
};

/// Made in place: results may point into themselves.
template <class Pass> struct StoredResult : Stored {
  explicit StoredResult(const typename Pass::Needs &in) : result(Pass::run(in)) {}
  typename Pass::Result result;
};

} // namespace passes

class Analysis {
public:
  /// Both must outlive it. `passDone`, if there is one, is called with the name of each pass when it ends.
  Analysis(const Program &program, const rules::RuleSet &rules, std::function<void(llvm::StringRef)> passDone = nullptr)
      : program_(program), rules_(rules), passDone_(std::move(passDone)) {}

  const Program &program() const { return program_; }
  const rules::RuleSet &rules() const { return rules_; }

  template <class Pass> const typename Pass::Result &get() const {
    static_assert(passes::Depth<Pass>::value > 0);
    std::unique_ptr<passes::Stored> &stored = results_[&passes::kKey<Pass>];
    if (!stored) {
      const typename Pass::Needs in(*this);
      stored = std::make_unique<passes::StoredResult<Pass>>(in);
      if (passDone_)
        passDone_(Pass::kName);
    }
    return static_cast<const passes::StoredResult<Pass> &>(*stored).result;
  }

  /// Whether something has asked for the pass.
  template <class Pass> bool has() const { return results_.contains(&passes::kKey<Pass>); }

private:
  const Program &program_;
  const rules::RuleSet &rules_;
  std::function<void(llvm::StringRef)> passDone_;
  mutable std::map<const char *, std::unique_ptr<passes::Stored>> results_; ///< Only ever added to.
};

template <class... Passes>
Inputs<Passes...>::Inputs(const Analysis &analysis)
    : program_(&analysis.program()), rules_(&analysis.rules()), results_(&analysis.get<Passes>()...) {}

} // namespace opex
