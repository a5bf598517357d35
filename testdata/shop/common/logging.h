#pragma once

#include <string>

namespace shop {

/// Sets the process-wide logger up: level, and a pattern with service name and thread.
void setUpLogging(const std::string &service, const std::string &level);

} // namespace shop
