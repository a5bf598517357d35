#include "model/make_check.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace opex {

void attribute(const CheckInfo &check, Finding &finding) {
  finding.check = check.id.str();
  finding.severity = finding.ownSeverity.value_or(check.severity);
}

} // namespace opex

namespace opex::options {

const std::string *Reader::find(llvm::StringRef name) {
  known_.push_back(name.str());
  auto found = values_.find(name.str());
  return found == values_.end() ? nullptr : &found->second;
}

void Reader::operator()(llvm::StringRef name, unsigned &value, llvm::StringRef summary) {
  const std::string *text = find(name);
  if (text && llvm::StringRef(*text).getAsInteger(10, value))
    errors_.push_back("option '" + name.str() + "' takes a whole number, not '" + *text + "'");
}

void Reader::operator()(llvm::StringRef name, bool &value, llvm::StringRef summary) {
  const std::string *text = find(name);
  if (!text)
    return;
  if (*text != "true" && *text != "false")
    errors_.push_back("option '" + name.str() + "' takes true or false, not '" + *text + "'");
  value = *text == "true";
}

void Reader::operator()(llvm::StringRef name, std::vector<std::string> &value, llvm::StringRef summary) {
  const std::string *text = find(name);
  if (!text)
    return;
  value.clear();
  for (llvm::StringRef item : llvm::split(*text, ','))
    if (llvm::StringRef trimmed = item.trim(); !trimmed.empty())
      value.push_back(trimmed.str());
}

std::vector<std::string> Reader::takeErrors() {
  for (const auto &[name, value] : values_)
    if (!llvm::is_contained(known_, name))
      errors_.push_back("unknown option '" + name + "'");
  return std::move(errors_);
}

void Lister::operator()(llvm::StringRef name, unsigned &value, llvm::StringRef summary) {
  list.push_back({name.str(), "number", std::to_string(value), summary.str()});
}

void Lister::operator()(llvm::StringRef name, bool &value, llvm::StringRef summary) {
  list.push_back({name.str(), "true or false", value ? "true" : "false", summary.str()});
}

void Lister::operator()(llvm::StringRef name, std::vector<std::string> &value, llvm::StringRef summary) {
  list.push_back({name.str(), "list", llvm::join(value, ", "), summary.str()});
}

} // namespace opex::options
