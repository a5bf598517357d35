// How a check is written: typed options, what it looks at, and one function that judges one of these. The rest is made
// here, once for all checks: reading the options, asking for the results of passes, the loops.
//
//   Judgement judge(const Inputs<Retries> &in, const RetryUse &retry, const Options &options) {
//     if (retry.pauses)
//       return Rejection{…};
//     Finding finding = …;
//     return finding;
//   }
//
//   const Check my_check = makeCheck<Options, &Retries::retries, judge>({.id = "opex-my-check", …});
#pragma once

#include "model/check.h"

#include <type_traits>

namespace opex {

namespace options {

/// Reads values into an options struct; collects what is wrong.
class Reader {
public:
  explicit Reader(const OptionValues &values) : values_(values) {}
  void operator()(llvm::StringRef name, unsigned &value, llvm::StringRef summary);
  void operator()(llvm::StringRef name, bool &value, llvm::StringRef summary);
  void operator()(llvm::StringRef name, std::vector<std::string> &value, llvm::StringRef summary);

  /// Also complains about values that no option took.
  std::vector<std::string> takeErrors();

private:
  const std::string *find(llvm::StringRef name);

  const OptionValues &values_;
  std::vector<std::string> known_;
  std::vector<std::string> errors_;
};

/// Lists an options struct with its defaults.
class Lister {
public:
  void operator()(llvm::StringRef name, unsigned &value, llvm::StringRef summary);
  void operator()(llvm::StringRef name, bool &value, llvm::StringRef summary);
  void operator()(llvm::StringRef name, std::vector<std::string> &value, llvm::StringRef summary);

  std::vector<OptionInfo> list;
};

} // namespace options

/// For checks without options.
struct NoOptions {
  void map(auto &) {}
};

namespace options {

/// Values that have been validated.
template <class Options> Options read(const OptionValues &values) {
  Reader reader(values);
  Options read;
  read.map(reader);
  return read;
}

} // namespace options

namespace judging {

/// What a judge takes first: the results of the passes that it needs.
template <class Result, class Needs, class... Rest> Needs inputsOf(Result (*)(const Needs &, Rest...), const Analysis &analysis) {
  return Needs(analysis);
}

template <class Pass, class Items> const Items &itemsOf(Items Pass::*member, const auto &in, const auto &) {
  return in.template get<Pass>().*member;
}

template <class List> decltype(auto) itemsOf(List list, const auto &in, const auto &options) {
  if constexpr (std::is_invocable_v<List, decltype(in), decltype(options)>)
    return list(in, options);
  else
    return list(in);
}

/// Judges all items of one list, then those of the next.
template <auto items, auto judge, auto... more>
void judgeAll(const Analysis &analysis, const auto &options, llvm::function_ref<void(Judgement)> sink) {
  const auto in = inputsOf(judge, analysis);
  for (const auto &item : itemsOf(items, in, options)) {
    Judgement judgement = [&] {
      if constexpr (std::is_invocable_v<decltype(judge), decltype(in), decltype(item), decltype(options)>)
        return judge(in, item, options);
      else
        return judge(in, item);
    }();
    if (std::visit([](const auto &judged) { return !judged.where.path.empty(); }, judgement))
      sink(std::move(judgement));
  }
  if constexpr (sizeof...(more) > 0)
    judgeAll<more...>(analysis, options, sink);
}

} // namespace judging

/// A check of what `items` lists, each judged by `judge`. `items` is a member of the result of a pass, `&Retries::retries`,
/// or a function of the inputs (and the options) that returns a list. `judge` takes the inputs, one of them (and the
/// options), and returns a Judgement, or always a Finding or always a Rejection. A check that looks at several kinds of
/// things gives a pair of `items` and `judge` for each. The passes that a judge needs are run when the check is.
template <class Options, auto... itemsAndJudges> Check makeCheck(CheckInfo info) {
  Check check;
  check.info = std::move(info);
  check.options = [] {
    options::Lister lister;
    Options defaults;
    defaults.map(lister);
    return lister.list;
  };
  check.validateOptions = [](const OptionValues &values) {
    options::Reader reader(values);
    Options read;
    read.map(reader);
    return reader.takeErrors();
  };
  check.judge = [](const Analysis &analysis, const OptionValues &values, llvm::function_ref<void(Judgement)> sink) {
    if constexpr (sizeof...(itemsAndJudges) > 0)
      judging::judgeAll<itemsAndJudges...>(analysis, options::read<Options>(values), sink);
  };
  return check;
}

} // namespace opex
