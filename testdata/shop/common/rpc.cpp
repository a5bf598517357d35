#include "common/rpc.h"

namespace shop::rpc {

std::unique_ptr<grpc::ClientContext> makeContext(std::chrono::milliseconds budget) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + budget);
  return context;
}

void addRequestId(grpc::ClientContext &context, const std::string &requestId) {
  context.AddMetadata("x-request-id", requestId);
}

} // namespace shop::rpc
