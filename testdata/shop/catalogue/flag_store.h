#pragma once

#include <hiredis/hiredis.h>

#include <string>

namespace shop {

/// Switches that operators flip in Redis. One instance serves one thread.
class FlagStore {
public:
  FlagStore(const std::string &host, int port);
  FlagStore(const FlagStore &) = delete;
  FlagStore &operator=(const FlagStore &) = delete;
  ~FlagStore();

  /// Whether the switch is on; off when Redis cannot be asked.
  bool isOn(const std::string &flag);

private:
  redisContext *context_;
};

} // namespace shop
