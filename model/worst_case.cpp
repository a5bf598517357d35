#include "model/worst_case.h"

namespace opex {

std::string worstCaseText(const WorstCase &worst) {
  std::string known = durationText(worst.time.atLeastNs()), text = worst.time.text();
  if (worst.time.isExact())
    return known + (text == known ? "" : " (" + text + ")");
  return known + " and more (" + text + ")";
}

std::optional<TimeNote> timeNoteOf(const WorstCase &worst) {
  if (worst.time.isZero() && worst.amplification == 0)
    return std::nullopt;
  return TimeNote{worst.time.text(), worst.time.atLeastNs() / 1'000'000, worst.amplification};
}

} // namespace opex
