// The part of a SARIF run that describes checks rather than findings: rules with their help, and the
// taxonomies (our practices, CWE) that they refer to.
#pragma once

#include "report/run.h"
#include "sarif/model.h"

namespace opex {

sarif::Level sarifLevel(Severity severity);

/// One rule for each check, in the same order.
std::vector<sarif::ReportingDescriptor> sarifRules(const RunReport &report, size_t maxTags);

/// The practices and the CWE entries that the checks name; an empty one is left out. Rules refer to them
/// by name and id.
std::vector<sarif::ToolComponent> sarifTaxonomies(const RunReport &report);

} // namespace opex
