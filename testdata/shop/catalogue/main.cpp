#include "catalogue/service.h"
#include "common/config.h"
#include "common/logging.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <exception>
#include <thread>

int main() {
  const shop::Config config = shop::loadConfig();
  shop::setUpLogging("catalogue", config.logLevel);

  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);

  shop::AuditLog audit("/var/log/shop/catalogue-audit");
  std::exception_ptr auditFailure;
  std::thread auditor([&] {
    try {
      audit.run();
    } catch (...) {
      auditFailure = std::current_exception();
    }
  });

  shop::CatalogueService service(
      config, grpc::CreateChannel(config.pricingTarget, grpc::InsecureChannelCredentials()), audit);
  grpc::ServerBuilder builder;
  builder.AddListeningPort(config.catalogueTarget, grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) {
    spdlog::critical("cannot listen on {}", config.catalogueTarget);
    audit.close();
    auditor.join();
    return 1;
  }

  spdlog::info("listening on {}", config.catalogueTarget);
  int signal = 0;
  sigwait(&ending, &signal);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(5));
  audit.close();
  auditor.join();

  try {
    if (auditFailure)
      std::rethrow_exception(auditFailure);
  } catch (const std::exception &error) {
    spdlog::critical("the audit log is incomplete: {}", error.what());
    return 1;
  }
  return 0;
}
