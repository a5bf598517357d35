#pragma once

#include "common/config.h"
#include "shop.grpc.pb.h"

#include <grpcpp/channel.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace shop {

/// The catalogue answered with an error, or not at all.
struct CatalogueError : std::runtime_error {
  CatalogueError(const std::string &call, const grpc::Status &status)
      : std::runtime_error(call + ": " + status.error_message()), code(status.error_code()) {}
  grpc::StatusCode code;
};

/// Our view of the catalogue service. Safe to share between threads.
class CatalogueClient {
public:
  CatalogueClient(std::shared_ptr<grpc::Channel> channel, RpcOptions options);

  v1::Product get(std::int64_t id) const;
  std::vector<v1::Product> list(std::int64_t category) const;
  std::vector<v1::Product> search(std::int64_t category) const;

  /// Everything there is, page by page.
  std::vector<v1::Product> all() const;

  /// Puts `count` pieces aside and returns the reservation's id.
  std::string reserve(std::int64_t product, std::int64_t count, const std::string &requestId) const;

private:
  std::unique_ptr<v1::Catalogue::Stub> stub_;
  RpcOptions options_;
};

} // namespace shop
