#include "model/symbolic_time.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace opex {

int64_t saturatingSum(int64_t a, int64_t b) {
  int64_t sum = 0;
  return llvm::AddOverflow(a, b, sum) ? INT64_MAX : sum;
}

int64_t saturatingProduct(int64_t a, int64_t b) {
  int64_t product = 0;
  return llvm::MulOverflow(a, b, product) ? INT64_MAX : product;
}

std::string durationText(int64_t ns) {
  constexpr std::pair<int64_t, const char *> kUnits[] = {{1'000'000'000, " s"}, {1'000'000, " ms"}, {1'000, " µs"}, {1, " ns"}};
  if (ns == 0)
    return "0 s";
  for (auto [unit, name] : kUnits) {
    if (ns < unit)
      continue;
    std::string text = std::to_string(ns / unit);
    // Two digits are enough; what is cut off makes no finding.
    if (int64_t hundredths = ns % unit * 100 / unit; unit > 1 && ns / unit < 1000 && hundredths > 0) {
      std::string digits = std::to_string(100 + hundredths).substr(1);
      digits.erase(digits.find_last_not_of('0') + 1);
      text += "." + digits;
    }
    return text + name;
  }
  return std::to_string(ns) + " ns";
}

SymbolicTime SymbolicTime::known(int64_t ns) {
  SymbolicTime time;
  time.ns_ = time.atLeastNs_ = std::max<int64_t>(ns, 0);
  return time;
}

SymbolicTime SymbolicTime::until(int64_t ns, std::string name, uint32_t scope) {
  SymbolicTime time = known(ns);
  time.text_ = std::move(name);
  time.scope_ = scope;
  return time;
}

SymbolicTime SymbolicTime::takeFixed(const std::function<bool(uint32_t scope)> &isMeant) {
  SymbolicTime fixed, rest;
  for (const SymbolicTime &part : summands()) {
    bool isFixed = part.kind_ == Known && part.scope_ != kNoScope && !isMeant(part.scope_);
    (isFixed ? fixed : rest) = (isFixed ? fixed : rest) + part;
  }
  *this = std::move(rest);
  return fixed;
}

SymbolicTime SymbolicTime::released() const {
  if (parts_.empty())
    return kind_ == Known ? known(ns_) : *this;
  SymbolicTime time;
  if (kind_ == Product)
    return factor_ * parts_.front().released();
  for (const SymbolicTime &part : parts_)
    time = kind_ == Longest ? longer(time, part.released()) : time + part.released();
  return time;
}

SymbolicTime SymbolicTime::unknown(std::string text) {
  SymbolicTime time;
  time.kind_ = Unknown;
  time.text_ = std::move(text);
  return time;
}

SymbolicTime SymbolicTime::unlimited(std::string text) {
  SymbolicTime time = unknown(std::move(text));
  time.kind_ = Unlimited;
  return time;
}

SymbolicTime SymbolicTime::ofParameter(uint32_t parameter, std::string text) {
  SymbolicTime time = unknown(std::move(text));
  time.parameter_ = parameter;
  return time;
}

SymbolicTime SymbolicTime::made(Kind kind, std::vector<SymbolicTime> parts) {
  if (parts.empty())
    return {};
  if (parts.size() == 1)
    return std::move(parts.front());
  SymbolicTime time;
  time.kind_ = kind;
  time.parts_ = std::move(parts);
  time.update();
  return time;
}

void SymbolicTime::update() {
  atLeastNs_ = 0;
  for (const SymbolicTime &part : parts_)
    atLeastNs_ = kind_ == Longest ? std::max(atLeastNs_, part.atLeastNs_) : saturatingSum(atLeastNs_, part.atLeastNs_);
  if (kind_ == Product && factor_.isKnown())
    atLeastNs_ = saturatingProduct(atLeastNs_, factor_.count);
}

bool SymbolicTime::isExact() const {
  if (kind_ == Unknown || kind_ == Unlimited || (kind_ == Product && !factor_.isKnown()))
    return false;
  return llvm::all_of(parts_, [](const SymbolicTime &part) { return part.isExact(); });
}

bool SymbolicTime::hasParameters() const {
  return parameter_ != TimeFactor::kNoParameter || factor_.parameter != TimeFactor::kNoParameter ||
         llvm::any_of(parts_, [](const SymbolicTime &part) { return part.hasParameters(); });
}

size_t SymbolicTime::size() const {
  size_t count = parts_.empty() ? 1 : 0;
  for (const SymbolicTime &part : parts_)
    count += part.size();
  return count;
}

std::string SymbolicTime::text() const {
  auto joined = [&](const std::string &separator) {
    std::string text;
    for (const SymbolicTime &part : parts_)
      text += (text.empty() ? "" : separator) + part.text();
    return text;
  };
  switch (kind_) {
  case Known: return durationText(ns_);
  case Unknown: return text_;
  case Unlimited: return text_ + " without limit";
  case Sum: return joined(" + ");
  case Longest: return "max(" + joined(", ") + ")";
  case Product: break;
  }
  std::string inner = parts_.front().text();
  bool needsBraces = parts_.front().kind_ == Sum;
  return (factor_.isKnown() ? std::to_string(factor_.count) : factor_.text) + " × " + (needsBraces ? "(" + inner + ")" : inner);
}

std::vector<SymbolicTime> SymbolicTime::summands() const {
  if (isZero())
    return {};
  return kind_ == Sum ? parts_ : std::vector<SymbolicTime>{*this};
}

/// Into a sum; the same once more becomes a product.
void SymbolicTime::addPart(const SymbolicTime &part) {
  auto isRepeated = [](const SymbolicTime &time) { return time.kind_ == Product && time.factor_.isKnown(); };
  auto once = [&](const SymbolicTime &time) -> const SymbolicTime & { return isRepeated(time) ? time.parts_.front() : time; };
  auto countOf = [&](const SymbolicTime &time) { return isRepeated(time) ? time.factor_.count : 1; };
  for (SymbolicTime &here : parts_)
    if (here == part && part.kind_ == Known && !part.text_.empty())
      return; // Until the same point in time.
    else if (once(here) == once(part)) {
      here = TimeFactor{saturatingSum(countOf(here), countOf(part)), {}, TimeFactor::kNoParameter, 0} * once(part);
      return;
    }
  parts_.push_back(part);
}

SymbolicTime operator+(const SymbolicTime &first, const SymbolicTime &second) {
  if (first.isZero() || second.isZero())
    return first.isZero() ? second : first;
  SymbolicTime sum;
  sum.kind_ = SymbolicTime::Sum;
  sum.parts_ = first.summands();
  for (const SymbolicTime &part : second.summands())
    sum.addPart(part);
  sum = SymbolicTime::made(SymbolicTime::Sum, std::move(sum.parts_));
  return sum.size() > 2 * SymbolicTime::kMostParts ? sum.summedUp() : sum;
}

/// Surely at least as long as the other.
bool SymbolicTime::covers(const SymbolicTime &other) const {
  if (other.isExact() && other.atLeastNs_ <= atLeastNs_)
    return true;
  if (kind_ == Product && parts_.front().covers(other)) // Once at least.
    return true;
  std::vector<SymbolicTime> mine = summands();
  for (const SymbolicTime &part : other.summands()) {
    auto same = llvm::find(mine, part);
    if (same == mine.end())
      return false;
    mine.erase(same);
  }
  return true;
}

SymbolicTime longer(const SymbolicTime &first, const SymbolicTime &second) {
  if (first.covers(second))
    return first;
  if (second.covers(first))
    return second;
  // What both have is said once.
  std::vector<SymbolicTime> common, rest, others = second.summands();
  for (const SymbolicTime &part : first.summands())
    if (auto same = llvm::find(others, part); same != others.end()) {
      common.push_back(part);
      others.erase(same);
    } else {
      rest.push_back(part);
    }
  std::vector<SymbolicTime> ways;
  auto addWay = [&](SymbolicTime way) {
    if (llvm::any_of(ways, [&](const SymbolicTime &known) { return known.covers(way); }))
      return;
    llvm::erase_if(ways, [&](const SymbolicTime &known) { return way.covers(known); });
    ways.push_back(std::move(way));
  };
  for (const SymbolicTime &side : {SymbolicTime::made(SymbolicTime::Sum, rest), SymbolicTime::made(SymbolicTime::Sum, others)})
    if (side.kind_ == SymbolicTime::Longest)
      llvm::for_each(side.parts_, addWay);
    else
      addWay(side);
  SymbolicTime longest = SymbolicTime::made(SymbolicTime::Longest, std::move(ways));
  SymbolicTime sum = SymbolicTime::made(SymbolicTime::Sum, std::move(common)) + longest;
  return sum.size() > 2 * SymbolicTime::kMostParts ? sum.summedUp() : sum;
}

/// More factors of one time are put together: who reads them all?
static constexpr size_t kMostFactors = 12;

SymbolicTime operator*(const TimeFactor &factor, const SymbolicTime &time) {
  bool isSameAgain = !factor.isKnown() && time.kind_ == SymbolicTime::Product && time.factor_ == factor;
  if (time.isZero() || factor.count == 1 || isSameAgain)
    return time;
  size_t factors = 0;
  for (const SymbolicTime *part = &time; part->kind_ == SymbolicTime::Product; part = &part->parts_.front())
    ++factors;
  if (factors >= kMostFactors) {
    SymbolicTime folded = time;
    const bool areKnown = factor.isKnown() && time.factor_.isKnown();
    folded.factor_ = areKnown ? TimeFactor{saturatingProduct(factor.count, time.factor_.count), {}} : TimeFactor{0, "…"};
    folded.update();
    return folded;
  }
  SymbolicTime product;
  product.kind_ = SymbolicTime::Product;
  product.factor_ = factor;
  product.parts_ = {time};
  product.update();
  return product;
}

SymbolicTime SymbolicTime::summedUp() const {
  if (size() <= kMostParts)
    return *this;
  if (isExact())
    return known(atLeastNs_);
  // Of a sum, the parts in which something is open stay as long as there is room.
  int64_t exact = 0;
  std::vector<SymbolicTime> open;
  size_t room = kMostParts - 2;
  bool isCut = false;
  for (const SymbolicTime &part : summands()) {
    bool fits = !part.isExact() && part.size() <= room;
    if (fits) {
      room -= part.size();
      open.push_back(part);
      continue;
    }
    exact = saturatingSum(exact, part.atLeastNs_);
    isCut |= !part.isExact();
  }
  if (exact > 0)
    open.insert(open.begin(), known(exact));
  if (isCut)
    open.push_back(unknown("…"));
  return made(Sum, std::move(open));
}

SymbolicTime SymbolicTime::substituted(const std::function<SymbolicTime(const SymbolicTime &)> &callable,
                                       const std::function<TimeFactor(const TimeFactor &)> &count) const {
  if (!hasParameters())
    return *this;
  if (parts_.empty())
    return callable(*this);
  if (kind_ == Product) {
    TimeFactor factor = factor_.parameter != TimeFactor::kNoParameter ? count(factor_) : factor_;
    return factor * parts_.front().substituted(callable, count);
  }
  SymbolicTime result;
  for (const SymbolicTime &part : parts_) {
    SymbolicTime next = part.substituted(callable, count);
    result = kind_ == Longest ? longer(result, next) : result + next;
  }
  return result;
}

} // namespace opex
