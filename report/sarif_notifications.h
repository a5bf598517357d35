// What a SARIF run says about itself: how it ended, which translation units were lost, what was odd about
// the configuration.
#pragma once

#include "report/sarif_places.h"

namespace opex {

/// The kinds of notifications, for the driver's list of them.
std::vector<sarif::ReportingDescriptor> sarifNotificationKinds();

/// One notification for every translation unit that was lost in whole or in part, one for each remark that
/// others caused, and one if `leftOut` findings are not in the file.
sarif::Invocation sarifInvocation(const RunReport &report, const SarifPlaces &places, size_t leftOut);

} // namespace opex
