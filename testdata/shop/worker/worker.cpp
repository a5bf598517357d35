#include "worker/worker.h"

#include "common/retry.h"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace shop {
namespace {

constexpr int kStatePolls = 30;
constexpr std::size_t kReportEvery = 500;

struct ShippingFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void deliver(const Mail &mail) {
  std::ofstream spool("/var/spool/shop/mail", std::ios::app);
  spool.exceptions(std::ios::failbit | std::ios::badbit);
  spool << "To: " << mail.to << "\n\n" << mail.text << "\n.\n";
}

} // namespace

Worker::Worker(const Config &config, OrderQueue &orders, Outbox &outbox)
    : orders_(orders), outbox_(outbox), shipping_(config.shippingUrl, config.shippingLimits) {}

Worker::~Worker() {
  try {
    stop();
    reportDay();
  } catch (const std::exception &error) {
    spdlog::warn("the day's report is incomplete: {}", error.what());
  }
}

void Worker::start() {
  shipper_ = std::thread([this] { shipOrders(); });
  mailer_ = std::thread([this] { sendMails(); });
}

void Worker::stop() {
  orders_.close();
  outbox_.close();
  if (shipper_.joinable())
    shipper_.join();
  if (mailer_.joinable())
    mailer_.join();
}

void Worker::shipOrders() {
  while (std::optional<Job> job = orders_.pop()) {
    try {
      job->done.set_value(ship(job->order));
    } catch (...) {
      job->done.set_exception(std::current_exception());
    }
  }
}

Receipt Worker::ship(const Order &order) {
  Receipt receipt;
  if (!retry::upTo(3, [&] { return shipping_.book(order, receipt.tracking); }))
    throw ShippingFailed("order " + order.id + ": the carrier takes no bookings");

  while (!shipping_.announce(receipt.tracking))
    spdlog::debug("order {}: announcing parcel {} again", order.id, receipt.tracking);

  for (int poll = 0; poll < kStatePolls; ++poll) {
    const std::string state = shipping_.state(receipt.tracking);
    if (state == "picked")
      break;
    if (state == "refused") {
      spdlog::error("order {}: the carrier refused parcel {}", order.id, receipt.tracking);
      shipping_.withdraw(receipt.tracking);
      throw ShippingFailed("order " + order.id + ": parcel refused");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }

  shippedToday_.push_back(receipt.tracking);
  if (shippedToday_.size() >= kReportEvery)
    reportDay();
  return receipt;
}

void Worker::reportDay() {
  for (const std::string &tracking : shippedToday_)
    spdlog::info("shipped parcel {}", tracking);
  try {
    std::ofstream("/var/lib/shop/shipped.new") << shippedToday_.size() << '\n';
    std::filesystem::rename("/var/lib/shop/shipped.new", "/var/lib/shop/shipped");
  } catch (const std::exception &) {
    // ignore
  }
  shippedToday_.clear();
}

void Worker::sendMails() {
  while (std::optional<Mail> mail = outbox_.take()) {
    try {
      deliver(*mail);
      if (++mailsSent_ % 1000 == 0)
        spdlog::info("{} mails sent", mailsSent_);
    } catch (const std::exception &error) {
      spdlog::error("no mail to {}: {}", mail->to, error.what());
    }
  }
}

} // namespace shop
