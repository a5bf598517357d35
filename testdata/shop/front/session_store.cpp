#include "front/session_store.h"

#include <stdexcept>

namespace shop {

SessionStore::SessionStore(const std::string &host, int port) {
  const timeval limit{0, 300'000};
  context_ = redisConnectWithTimeout(host.c_str(), port, limit);
  if (!context_ || context_->err)
    throw std::runtime_error("sessions: cannot connect to " + host);
}

SessionStore::~SessionStore() {
  if (context_)
    redisFree(context_);
}

std::optional<std::string> SessionStore::user(const std::string &session) {
  auto *reply = static_cast<redisReply *>(redisCommand(context_, "GET session:%s", session.c_str()));
  if (!reply)
    throw std::runtime_error(std::string("sessions: ") + context_->errstr);
  std::optional<std::string> user;
  if (reply->type == REDIS_REPLY_STRING)
    user.emplace(reply->str, reply->len);
  freeReplyObject(reply);
  return user;
}

} // namespace shop
