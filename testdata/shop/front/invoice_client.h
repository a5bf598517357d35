#pragma once

#include <functional>
#include <string>

namespace shop {

/// The invoicing service. Stateless: every call makes its own connection.
class InvoiceClient {
public:
  explicit InvoiceClient(std::string url) : url_(std::move(url)) {}

  /// One invoice as PDF.
  std::string fetch(const std::string &order) const;

  /// All invoices of a year as one ZIP.
  std::string archive(int year) const;

  /// The monthly statement, handed to `sink` in pieces as it arrives.
  void statement(const std::string &month, std::function<void(const char *, std::size_t)> sink) const;

private:
  std::string url_;
};

} // namespace shop
