// A line four calls below two loops, one of which asks from further up: both loops write it.
#include <httplib.h>
#include <spdlog/spdlog.h>
#include <string>
#include <vector>

std::vector<std::string> load(const std::string &customer);

namespace {
void write(const std::string &code) { spdlog::info("parcel {}", code); }
void third(const std::string &code) { write(code); }
void second(const std::string &code) { third(code); }
void first(const std::string &code) { second(code); }
} // namespace

void fromAbove(const httplib::Request &request, httplib::Response &) {
  for (const std::string &code : load(request.body))
    first(code);
}

void fromBelow(const httplib::Request &request, httplib::Response &) {
  for (const std::string &code : load(request.body))
    second(code);
}
