#include "front/catalogue_client.h"

#include "common/rpc.h"

namespace shop {
namespace {

constexpr int kPageSize = 200;
constexpr int kMaxPages = 100;

} // namespace

CatalogueClient::CatalogueClient(std::shared_ptr<grpc::Channel> channel, RpcOptions options)
    : stub_(v1::Catalogue::NewStub(channel)), options_(options) {}

v1::Product CatalogueClient::get(std::int64_t id) const {
  v1::GetProductRequest request;
  request.set_id(id);
  v1::Product product;
  auto context = rpc::makeContext(options_.deadline);
  grpc::Status status = stub_->GetProduct(context.get(), request, &product);
  if (!status.ok())
    throw CatalogueError("GetProduct", status);
  return product;
}

std::vector<v1::Product> CatalogueClient::list(std::int64_t category) const {
  v1::ListProductsRequest request;
  request.set_category(category);
  request.set_page_size(kPageSize);
  v1::ListProductsReply reply;
  grpc::ClientContext context;
  grpc::Status status = stub_->ListProducts(&context, request, &reply);
  if (!status.ok())
    throw CatalogueError("ListProducts", status);
  return {reply.products().begin(), reply.products().end()};
}

std::vector<v1::Product> CatalogueClient::search(std::int64_t category) const {
  v1::ListProductsRequest request;
  request.set_category(category);
  v1::ListProductsReply reply;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + RpcOptions{}.deadline);
  grpc::Status status = stub_->SearchProducts(&context, request, &reply);
  if (!status.ok())
    throw CatalogueError("SearchProducts", status);
  return {reply.products().begin(), reply.products().end()};
}

std::vector<v1::Product> CatalogueClient::all() const {
  std::vector<v1::Product> products;
  v1::ListProductsRequest request;
  request.set_page_size(kPageSize);
  for (int page = 0; page < kMaxPages; ++page) {
    v1::ListProductsReply reply;
    auto context = rpc::makeContext(options_.deadline);
    grpc::Status status = stub_->ListProducts(context.get(), request, &reply);
    if (!status.ok())
      throw CatalogueError("ListProducts", status);
    products.insert(products.end(), reply.products().begin(), reply.products().end());
    if (reply.next_page_token().empty())
      break;
    request.set_page_token(reply.next_page_token());
  }
  return products;
}

std::string CatalogueClient::reserve(std::int64_t product, std::int64_t count,
                                     const std::string &requestId) const {
  v1::ReserveRequest request;
  request.set_product(product);
  request.set_count(count);
  v1::ReserveReply reply;
  grpc::ClientContext context;
  rpc::addRequestId(context, requestId);
  grpc::Status status = stub_->Reserve(&context, request, &reply);
  if (!status.ok())
    throw CatalogueError("Reserve", status);
  return reply.reservation();
}

} // namespace shop
