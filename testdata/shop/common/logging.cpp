#include "common/logging.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace shop {

void setUpLogging(const std::string &service, const std::string &level) {
  spdlog::set_default_logger(spdlog::stdout_color_mt(service));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %n %t %l %v");
  spdlog::set_level(spdlog::level::from_str(level));
}

} // namespace shop
