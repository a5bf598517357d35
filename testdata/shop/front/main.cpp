#include "common/config.h"
#include "common/logging.h"
#include "front/routes.h"
#include "worker/worker.h"

#include <curl/curl.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <thread>

int main() {
  const shop::Config config = shop::loadConfig();
  shop::setUpLogging("front", config.logLevel);
  curl_global_init(CURL_GLOBAL_DEFAULT);

  // The signals that end us are taken by one thread; all others inherit the mask and never see them.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);

  shop::CatalogueClient catalogue(
      grpc::CreateChannel(config.catalogueTarget, grpc::InsecureChannelCredentials()), config.catalogueRpc);
  shop::Readiness readiness;
  shop::OrderQueue orders;
  shop::Outbox outbox(config.outboxCapacity);
  shop::Worker worker(config, orders, outbox);
  worker.start();

  std::thread warmUp([&] {
    try {
      spdlog::info("catalogue has {} products", catalogue.all().size());
      readiness.markReady();
    } catch (const std::exception &error) {
      spdlog::critical("the catalogue cannot be read: {}", error.what());
    }
  });

  httplib::Server server;
  server.set_read_timeout(5, 0);
  server.set_payload_max_length(64 * 1024);
  shop::Routes routes(config, catalogue, readiness, orders, outbox);
  routes.install(server);

  std::thread stopper([&] {
    int signal = 0;
    sigwait(&ending, &signal);
    spdlog::info("signal {}: no new requests", signal);
    server.stop();
  });

  spdlog::info("listening on {}:{}", config.listenHost, config.listenPort);
  const bool served = server.listen(config.listenHost.c_str(), config.listenPort);
  pthread_kill(stopper.native_handle(), SIGTERM);
  stopper.join();
  warmUp.join();
  worker.stop();
  curl_global_cleanup();
  return served ? 0 : 1;
}
