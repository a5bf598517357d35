#pragma once

#include <hiredis/hiredis.h>

#include <cstdint>
#include <optional>
#include <string>

namespace shop {

/// Products in Redis, for a minute each. One instance serves one thread.
class Cache {
public:
  Cache(const std::string &host, int port);
  Cache(const Cache &) = delete;
  Cache &operator=(const Cache &) = delete;
  ~Cache();

  /// The serialised product, or nothing when it is not there or Redis cannot be asked.
  std::optional<std::string> get(std::int64_t product);

  /// Throws when Redis did not take it.
  void put(std::int64_t product, const std::string &serialised);

private:
  redisContext *context_;
};

} // namespace shop
