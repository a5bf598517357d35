#pragma once

#include <grpcpp/client_context.h>

#include <chrono>
#include <memory>
#include <string>

namespace shop::rpc {

/// A context for one call that must be answered within `budget`.
std::unique_ptr<grpc::ClientContext> makeContext(std::chrono::milliseconds budget);

/// Lets the callee's log lines be found from ours.
void addRequestId(grpc::ClientContext &context, const std::string &requestId);

} // namespace shop::rpc
