#include "catalogue/service.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <set>

namespace shop {
namespace {

constexpr int kMaxPageSize = 500;
constexpr auto kStockPatience = std::chrono::milliseconds(300);

grpc::Status unavailable(const std::exception &error) {
  return {grpc::StatusCode::UNAVAILABLE, error.what()};
}

/// The category and everything below it.
std::set<std::int64_t> withDescendants(std::int64_t root,
                                       const std::vector<std::pair<std::int64_t, std::int64_t>> &tree) {
  std::set<std::int64_t> found{root};
  std::deque<std::int64_t> open{root};
  while (!open.empty()) {
    const std::int64_t current = open.front();
    open.pop_front();
    for (auto [parent, child] : tree)
      if (parent == current && found.insert(child).second)
        open.push_back(child);
  }
  return found;
}

} // namespace

CatalogueService::CatalogueService(const Config &config, std::shared_ptr<grpc::Channel> pricing,
                                   AuditLog &audit)
    : config_(config), pricing_(v1::Pricing::NewStub(pricing)), audit_(audit) {}

Cache &CatalogueService::cache() const {
  thread_local Cache cache(config_.redisHost, config_.redisPort);
  return cache;
}

FlagStore &CatalogueService::flags() const {
  thread_local FlagStore flags(config_.redisHost, config_.redisPort);
  return flags;
}

Store &CatalogueService::store() {
  thread_local Store store;
  return store;
}

ReportStore &CatalogueService::reports() {
  thread_local ReportStore reports;
  return reports;
}

grpc::Status CatalogueService::GetProduct(grpc::ServerContext *context, const v1::GetProductRequest *request,
                                          v1::Product *reply) {
  audit_.record(context->peer() + " product " + std::to_string(request->id()));
  const std::string key = "product:" + std::to_string(request->id());
  try {
    if (std::optional<std::string> cached = cache().get(key))
      if (reply->ParseFromString(*cached))
        return grpc::Status::OK;

    std::vector<v1::Product> found = store().product(request->id());
    if (found.empty())
      return {grpc::StatusCode::NOT_FOUND, "no product " + std::to_string(request->id())};
    *reply = found.front();
  } catch (const std::exception &error) {
    return unavailable(error);
  }

  try {
    cache().put(key, reply->SerializeAsString());
  } catch (const std::exception &error) {
    // The answer is complete without the cache: the next request for the product reads the database again.
    spdlog::debug("{}", error.what());
  }
  return grpc::Status::OK;
}

grpc::Status CatalogueService::ListProducts(grpc::ServerContext *context,
                                            const v1::ListProductsRequest *request,
                                            v1::ListProductsReply *reply) {
  audit_.record(context->peer() + " list " + std::to_string(request->category()));
  const std::string &token = request->page_token();
  std::int64_t after = 0;
  if (!token.empty() && std::from_chars(token.data(), token.data() + token.size(), after).ec != std::errc())
    return {grpc::StatusCode::INVALID_ARGUMENT, "page_token is none of ours: " + token};
  const int size = std::clamp(request->page_size(), 1, kMaxPageSize);
  try {
    for (v1::Product &product : store().productsAfter(request->category(), after, size)) {
      spdlog::info("listing product {} ({})", product.id(), product.name());
      *reply->add_products() = std::move(product);
    }
  } catch (const StoreError &error) {
    return unavailable(error);
  }
  if (reply->products_size() == size)
    reply->set_next_page_token(std::to_string(reply->products(size - 1).id()));
  return grpc::Status::OK;
}

grpc::Status CatalogueService::SearchProducts(grpc::ServerContext *, const v1::ListProductsRequest *request,
                                              v1::ListProductsReply *reply) {
  try {
    // Both are read every time, whatever was asked for, so that a search always costs the same.
    const std::vector<std::pair<std::int64_t, std::int64_t>> tree = reports().categoryTree();
    std::vector<v1::Product> all = store().productsAfter(0, 0, kMaxPageSize);
    const std::set<std::int64_t> wanted = withDescendants(request->category(), tree);
    for (v1::Product &product : all)
      if (request->category() == 0 || wanted.count(product.category()))
        *reply->add_products() = std::move(product);
  } catch (const StoreError &error) {
    return unavailable(error);
  }
  return grpc::Status::OK;
}

grpc::Status CatalogueService::Reserve(grpc::ServerContext *, const v1::ReserveRequest *request,
                                       v1::ReserveReply *reply) {
  try {
    if (flags().isOn("stop-sale"))
      return {grpc::StatusCode::RESOURCE_EXHAUSTED, "nothing is sold at the moment, try again later"};
    reply->set_reservation(store().reserve(request->product(), request->count()));
  } catch (const std::exception &error) {
    return unavailable(error);
  }
  return grpc::Status::OK;
}

grpc::Status CatalogueService::GetStock(grpc::ServerContext *, const v1::GetProductRequest *request,
                                        v1::StockReply *reply) {
  const std::int64_t id = request->id();
  try {
    // The warehouse's importer writes to the cache; what it has not written yet is read from the replica.
    std::int64_t count = 0;
    if (std::optional<std::string> cached = cache().get("stock:" + std::to_string(id)))
      if (std::from_chars(cached->data(), cached->data() + cached->size(), count).ec == std::errc()) {
        reply->set_count(count);
        return grpc::Status::OK;
      }
    reply->set_count(stockFlights_.run(id, kStockPatience, [id] { return reports().stock(id); }));
  } catch (const std::exception &error) {
    return unavailable(error);
  }
  return grpc::Status::OK;
}

grpc::Status CatalogueService::GetPrice(grpc::ServerContext *context, const v1::PriceRequest *request,
                                        v1::PriceReply *reply) {
  std::unique_ptr<grpc::ClientContext> quote = grpc::ClientContext::FromServerContext(*context);
  grpc::Status status = pricing_->Quote(quote.get(), *request, reply);
  if (status.ok())
    return status;
  spdlog::warn("pricing is down ({}), answering with the last known price", status.error_message());
  try {
    reply->set_cents(store().lastKnownPrice(request->product()));
  } catch (const StoreError &error) {
    return unavailable(error);
  }
  return grpc::Status::OK;
}

} // namespace shop
