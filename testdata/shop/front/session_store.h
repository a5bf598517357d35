#pragma once

#include <hiredis/hiredis.h>

#include <optional>
#include <string>

namespace shop {

/// Who is logged in, kept in Redis by the login service. One instance serves one thread.
class SessionStore {
public:
  SessionStore(const std::string &host, int port);
  SessionStore(const SessionStore &) = delete;
  SessionStore &operator=(const SessionStore &) = delete;
  ~SessionStore();

  /// The user of a session, or nothing if there is no such session. Throws when Redis cannot be asked.
  std::optional<std::string> user(const std::string &session);

private:
  redisContext *context_;
};

} // namespace shop
