#pragma once

#include "catalogue/audit_log.h"
#include "catalogue/cache.h"
#include "catalogue/flag_store.h"
#include "catalogue/single_flight.h"
#include "catalogue/store.h"
#include "common/config.h"
#include "shop.grpc.pb.h"

#include <grpcpp/channel.h>

namespace shop {

/// The catalogue as other services see it.
class CatalogueService final : public v1::Catalogue::Service {
public:
  CatalogueService(const Config &config, std::shared_ptr<grpc::Channel> pricing, AuditLog &audit);

  grpc::Status GetProduct(grpc::ServerContext *context, const v1::GetProductRequest *request,
                          v1::Product *reply) override;
  grpc::Status ListProducts(grpc::ServerContext *context, const v1::ListProductsRequest *request,
                            v1::ListProductsReply *reply) override;
  grpc::Status SearchProducts(grpc::ServerContext *context, const v1::ListProductsRequest *request,
                              v1::ListProductsReply *reply) override;
  grpc::Status Reserve(grpc::ServerContext *context, const v1::ReserveRequest *request,
                       v1::ReserveReply *reply) override;
  grpc::Status GetStock(grpc::ServerContext *context, const v1::GetProductRequest *request,
                        v1::StockReply *reply) override;
  grpc::Status GetPrice(grpc::ServerContext *context, const v1::PriceRequest *request,
                        v1::PriceReply *reply) override;

private:
  // Connections are not shared between threads.
  Cache &cache() const;
  FlagStore &flags() const;
  static Store &store();
  static ReportStore &reports();

  const Config &config_;
  std::unique_ptr<v1::Pricing::Stub> pricing_;
  AuditLog &audit_;
  SingleFlight<std::int64_t, std::int64_t> stockFlights_;
};

} // namespace shop
