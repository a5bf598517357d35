#include "front/routes.h"

#include "common/http.h"
#include "common/retry.h"
#include "front/payment_client.h"
#include "front/session_store.h"
#include "front/tax_client.h"

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <cassert>
#include <charconv>

namespace shop {
namespace {

using nlohmann::json;

constexpr auto kWarmUpPatience = std::chrono::milliseconds(500);

struct OrderFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Called in a handler: wraps what is being handled, so that the caller sees both.
[[noreturn]] void failOrder(const std::string &order, const char *step) {
  std::throw_with_nested(OrderFailed("order " + order + " failed while " + step));
}

std::int64_t idOf(const httplib::Request &request) {
  const std::string digits = request.matches[1];
  std::int64_t id = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), id);
  return id;
}

json toJson(const v1::Product &product) {
  return {{"id", product.id()}, {"name", product.name()}, {"cents", product.price_cents()}};
}

json toJson(const std::vector<v1::Product> &products) {
  json list = json::array();
  for (const v1::Product &product : products) {
    spdlog::debug("product {} at {} cents", product.id(), product.price_cents());
    list.push_back(toJson(product));
  }
  return list;
}

void answer(httplib::Response &response, const json &body, int status = 200) {
  response.status = status;
  response.set_content(body.dump(), "application/json");
}

/// Called in a handler: answers with what the exception being handled means to the client.
void answerFailure(httplib::Response &response) {
  try {
    throw;
  } catch (const PaymentDeclined &declined) {
    answer(response, {{"error", declined.what()}}, 402);
  } catch (const json::exception &malformed) {
    answer(response, {{"error", malformed.what()}}, 400);
  } catch (const CatalogueError &error) {
    answer(response, {{"error", error.what()}}, error.code == grpc::StatusCode::NOT_FOUND ? 404 : 503);
  } catch (const std::exception &error) {
    spdlog::error("request failed: {}", error.what());
    answer(response, {{"error", error.what()}}, 500);
  }
}

} // namespace

Routes::Routes(const Config &config, const CatalogueClient &catalogue, Readiness &readiness,
               OrderQueue &orders, Outbox &outbox)
    : config_(config), catalogue_(catalogue), readiness_(readiness), orders_(orders), outbox_(outbox),
      invoices_(config.invoiceUrl) {}

void Routes::install(httplib::Server &server) {
  using httplib::Request;
  using httplib::Response;
  server.Get("/products", [this](const Request &request, Response &response) {
    products(request, response);
  });
  server.Get(R"(/products/(\d+))", [this](const Request &request, Response &response) {
    product(request, response);
  });
  server.Get("/search", [this](const Request &request, Response &response) { search(request, response); });
  server.Post("/orders", [this](const Request &request, Response &response) {
    try {
      placeOrder(request, response);
    } catch (...) {
      answerFailure(response);
    }
  });
  server.Post(R"(/orders/(\d+)/cancel)", [this](const Request &request, Response &response) {
    cancelOrder(request, response);
  });
  server.Get(R"(/payments/(\w+))", [this](const Request &request, Response &response) {
    payment(request, response);
  });
  server.Post(R"(/payments/(\w+)/refund)", [this](const Request &request, Response &response) {
    refund(request, response);
  });
  server.Get(R"(/invoices/(\d+))", [this](const Request &request, Response &response) {
    invoice(request, response);
  });
  server.Get(R"(/archive/(\d{4}))", [this](const Request &request, Response &response) {
    archive(request, response);
  });
  server.Get(R"(/statements/(\d{4}-\d\d))", [this](const Request &request, Response &response) {
    statement(request, response);
  });
  server.Get("/healthz", [this](const Request &, Response &response) {
    response.status = readiness_.isReady() ? 200 : 503;
  });
}

void Routes::products(const httplib::Request &request, httplib::Response &response) {
  readiness_.await();
  std::int64_t category = 0;
  try {
    category = json::parse(request.get_header_value("X-Preferences")).value("category", std::int64_t(0));
  } catch (const json::exception &) {
  }
  answer(response, toJson(catalogue_.list(category)));
}

void Routes::product(const httplib::Request &request, httplib::Response &response) {
  if (!readiness_.awaitFor(kWarmUpPatience)) {
    answer(response, {{"error", "still reading the catalogue, try again in a moment"}}, 503);
    return;
  }
  answer(response, toJson(catalogue_.get(idOf(request))));
}

void Routes::search(const httplib::Request &request, httplib::Response &response) {
  std::int64_t category = 0;
  try {
    category = std::stoll(request.get_param_value("category"));
  } catch (const std::logic_error &) {
  } // Old bookmarks carry the category's name here: they find what a search without category finds.
  answer(response, toJson(catalogue_.search(category)));
}

std::string Routes::userOf(const httplib::Request &request) {
  // Guests may order too: when nobody can say who is logged in, we sell to a guest rather than not at all.
  try {
    thread_local SessionStore sessions(config_.redisHost, config_.redisPort);
    return sessions.user(request.get_header_value("X-Session")).value_or("guest");
  } catch (const std::exception &) {
    return "guest";
  }
}

std::string Routes::charge(const Order &order) {
  PaymentClient payments(config_.paymentUrl);
  for (int attempt = 1;; ++attempt) {
    try {
      return payments.charge(order.id, order.cents);
    } catch (const PaymentFailed &) {
      if (attempt == 3)
        failOrder(order.id, "charging");
      retry::backOff(attempt);
    }
  }
}

void Routes::placeOrder(const httplib::Request &request, httplib::Response &response) {
  const json body = json::parse(request.body);
  Order order;
  order.id = std::to_string(nextOrder_++);
  order.user = userOf(request);
  order.product = body.at("product").get<std::int64_t>();
  order.count = body.value("count", std::int64_t(1));

  TaxClient taxes(config_.taxUrl);
  const std::int64_t net = catalogue_.get(order.product).price_cents() * order.count;
  order.cents = net + net * taxes.rate(body.value("country", "DE")) / 1000;

  try {
    order.reservation = catalogue_.reserve(order.product, order.count, order.id);
  } catch (const CatalogueError &error) {
    spdlog::error("order {}: {}", order.id, error.what());
  }
  order.charge = charge(order);

  std::future<Receipt> receipt = orders_.submit(order);
  const Receipt shipped = receipt.get();
  if (!outbox_.offer({order.user, "Your order " + order.id + " is on its way: " + shipped.tracking}))
    spdlog::warn("outbox is full, no mail for order {}", order.id);
  answer(response, {{"order", order.id}, {"tracking", shipped.tracking}}, 201);
}

void Routes::cancelOrder(const httplib::Request &request, httplib::Response &response) {
  answer(response, {{"state", orders_.cancel(request.matches[1]) ? "cancelled" : "shipped"}});
}

void Routes::payment(const httplib::Request &request, httplib::Response &response) {
  PaymentClient payments(config_.paymentUrl);
  const std::string state = payments.state(request.matches[1]);
  if (state == "settled" || state == "pending" || state == "declined") {
    answer(response, {{"state", state}});
    return;
  }
  answer(response, {{"error", "the provider reports state " + state}}, 502);
}

void Routes::refund(const httplib::Request &request, httplib::Response &response) {
  PaymentClient payments(config_.paymentUrl);
  try {
    payments.refund(request.matches[1]);
    answer(response, {{"state", "refunded"}});
  } catch (const http::Error &error) {
    // TODO: put it on the accountants' list
    answer(response, {{"error", error.what()}}, 502);
  }
}

void Routes::invoice(const httplib::Request &request, httplib::Response &response) {
  response.set_content(invoices_.fetch(request.matches[1]), "application/pdf");
}

void Routes::archive(const httplib::Request &request, httplib::Response &response) {
  int year = 0;
  try {
    year = std::stoi(request.matches[1]);
  } catch (const std::logic_error &) {
    assert(!"the route only matches four digits");
    response.status = 500;
    return;
  }
  response.set_content(invoices_.archive(year), "application/zip");
}

void Routes::statement(const httplib::Request &request, httplib::Response &response) {
  std::string text;
  invoices_.statement(request.matches[1],
                      [&](const char *data, std::size_t size) { text.append(data, size); });
  response.set_content(text, "text/csv");
}

} // namespace shop
