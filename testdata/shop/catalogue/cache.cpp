#include "catalogue/cache.h"

#include <memory>
#include <stdexcept>

namespace shop {
namespace {

constexpr timeval kConnectLimit{0, 200'000};
constexpr timeval kCommandLimit{0, 50'000};

struct ReplyFreer {
  void operator()(redisReply *reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, ReplyFreer>;

} // namespace

Cache::Cache(const std::string &host, int port)
    : context_(redisConnectWithTimeout(host.c_str(), port, kConnectLimit)) {
  if (!context_ || context_->err)
    throw std::runtime_error("cache: cannot connect to " + host);
  if (redisSetTimeout(context_, kCommandLimit) != REDIS_OK)
    throw std::runtime_error("cache: cannot limit commands");
}

Cache::~Cache() {
  if (context_)
    redisFree(context_);
}

std::optional<std::string> Cache::get(const std::string &key) {
  Reply reply(static_cast<redisReply *>(redisCommand(context_, "GET %s", key.c_str())));
  if (!reply || reply->type != REDIS_REPLY_STRING)
    return std::nullopt;
  return std::string(reply->str, reply->len);
}

void Cache::put(const std::string &key, const std::string &value) {
  const char *format = "SETEX %s 60 %b";
  Reply reply(static_cast<redisReply *>(
      redisCommand(context_, format, key.c_str(), value.data(), value.size())));
  if (!reply || reply->type == REDIS_REPLY_ERROR)
    throw std::runtime_error("cache: " + std::string(reply ? reply->str : context_->errstr));
}

} // namespace shop
