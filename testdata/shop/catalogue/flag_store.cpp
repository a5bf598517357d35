#include "catalogue/flag_store.h"

#include <stdexcept>

namespace shop {

FlagStore::FlagStore(const std::string &host, int port) : context_(redisConnect(host.c_str(), port)) {
  if (!context_ || context_->err)
    throw std::runtime_error("flags: cannot connect to " + host);
}

FlagStore::~FlagStore() {
  if (context_)
    redisFree(context_);
}

bool FlagStore::isOn(const std::string &flag) {
  auto *reply = static_cast<redisReply *>(redisCommand(context_, "HGET shop:flags %s", flag.c_str()));
  if (!reply)
    return false;
  const bool on = reply->type == REDIS_REPLY_STRING && std::string(reply->str, reply->len) == "on";
  freeReplyObject(reply);
  return on;
}

} // namespace shop
