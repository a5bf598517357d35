// How long something takes at worst, where not all of it is known: times, what nobody gave a limit, sums, the
// longer of several, and repetition a number of times that is a number or only a name. A value of a few parts; what
// grows beyond that is summed up. Knows neither calls nor rules.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace opex {

/// How often something is done.
struct TimeFactor {
  static constexpr uint32_t kNoParameter = UINT32_MAX;

  int64_t count = 0;  ///< 0: not known.
  std::string text;   ///< Of an unknown count: as its author writes it, in backticks.
  uint32_t parameter = kNoParameter; ///< Of an unknown count: the parameter of the function that it is.
  int64_t offset = 0;                ///< The count is the parameter and this.

  bool isKnown() const { return count > 0; }
  bool operator==(const TimeFactor &) const = default;
};

/// Zero by default.
class SymbolicTime {
public:
  /// Sizes beyond which sums and alternatives are put together.
  static constexpr size_t kMostParts = 8;
  static constexpr uint32_t kNoScope = UINT32_MAX;

  SymbolicTime() = default;
  static SymbolicTime known(int64_t ns);
  /// To a point in time that `name` tells from others: waiting for it twice takes no longer. `scope` is whatever it
  /// is fixed in.
  static SymbolicTime until(int64_t ns, std::string name, uint32_t scope = kNoScope);
  static SymbolicTime unknown(std::string text);   ///< Limited, nobody knows by how much.
  static SymbolicTime unlimited(std::string text); ///< By nothing.
  /// Of running the callable that is the function's parameter.
  static SymbolicTime ofParameter(uint32_t parameter, std::string text);

  bool isZero() const { return kind_ == Known && ns_ == 0; }
  /// All of it is known, so that atLeastNs() is the time itself.
  bool isExact() const;
  /// What is known of it; unknown counts are one. Saturates.
  int64_t atLeastNs() const { return atLeastNs_; }
  /// Something in it depends on the parameters of the function.
  bool hasParameters() const;
  size_t size() const; ///< Number of leaves.

  /// `2 s + 3 × (1 s + `n` × 500 ms)`.
  std::string text() const;

  bool operator==(const SymbolicTime &) const = default;

  friend SymbolicTime operator+(const SymbolicTime &first, const SymbolicTime &second);
  /// The longer of the two: alternatives, or what runs at the same time.
  friend SymbolicTime longer(const SymbolicTime &first, const SymbolicTime &second);
  friend SymbolicTime operator*(const TimeFactor &factor, const SymbolicTime &time);

  /// The same with at most kMostParts leaves: what is exact becomes one number, the rest "…".
  SymbolicTime summedUp() const;

  /// With what parameters stand for: the time of a callable, the count of a factor.
  SymbolicTime substituted(const std::function<SymbolicTime(const SymbolicTime &)> &callable,
                           const std::function<TimeFactor(const TimeFactor &)> &count) const;
  /// Takes out what lasts to points in time that are fixed in other scopes than those meant: repeating does not
  /// prolong it.
  SymbolicTime takeFixed(const std::function<bool(uint32_t scope)> &isMeant);
  /// With points in time as mere durations: for who knows nothing of them.
  SymbolicTime released() const;
  uint32_t parameter() const { return parameter_; } ///< Of what `callable` is given.

private:
  enum Kind : uint8_t { Known, Unknown, Unlimited, Sum, Longest, Product };

  static SymbolicTime made(Kind kind, std::vector<SymbolicTime> parts);
  void update();
  void addPart(const SymbolicTime &part);
  bool covers(const SymbolicTime &other) const;
  std::vector<SymbolicTime> summands() const;

  Kind kind_ = Known;
  int64_t ns_ = 0;
  uint32_t scope_ = kNoScope; ///< Of Known; text_ is its name then.
  int64_t atLeastNs_ = 0;
  std::string text_;
  uint32_t parameter_ = TimeFactor::kNoParameter;
  TimeFactor factor_;
  std::vector<SymbolicTime> parts_;
};

/// `1.5 s`, `500 ms`.
std::string durationText(int64_t ns);

/// Sum and product of times and counts that are not negative.
int64_t saturatingSum(int64_t a, int64_t b);
int64_t saturatingProduct(int64_t a, int64_t b);

} // namespace opex
