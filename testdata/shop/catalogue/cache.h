#pragma once

#include <hiredis/hiredis.h>

#include <optional>
#include <string>

namespace shop {

/// What is asked for often, in Redis, for a minute each. One instance serves one thread.
class Cache {
public:
  Cache(const std::string &host, int port);
  Cache(const Cache &) = delete;
  Cache &operator=(const Cache &) = delete;
  ~Cache();

  /// The value, or nothing when it is not there or Redis cannot be asked.
  std::optional<std::string> get(const std::string &key);

  /// Throws when Redis did not take it.
  void put(const std::string &key, const std::string &value);

private:
  redisContext *context_;
};

} // namespace shop
