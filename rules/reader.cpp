#include "rules/reader.h"

#include "model/error.h"
#include "model/suggest.h"

#include "llvm/ADT/STLExtras.h"

#include <tuple>

namespace opex::rules {

static constexpr size_t kMaxErrors = 50;

std::string quoted(llvm::StringRef text) {
  std::string out = "'";
  for (char c : text.take_front(60))
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return out + (text.size() > 60 ? "…'" : "'");
}

bool Reader::isFull() const { return errors_.size() >= kMaxErrors; }

void Reader::error(unsigned line, unsigned column, const llvm::Twine &message) {
  errors_.push_back({line, column, message.str()});
}

llvm::Error Reader::take() {
  if (errors_.empty())
    return llvm::Error::success();
  llvm::sort(errors_, [](const Complaint &a, const Complaint &b) {
    return std::tie(a.line, a.column, a.text) < std::tie(b.line, b.column, b.text);
  });
  std::string all;
  for (const Complaint &error : llvm::ArrayRef(errors_).take_front(kMaxErrors)) {
    all += all.empty() ? "" : "\n";
    all += file_ + ":" + std::to_string(error.line) + ":" + std::to_string(error.column) + ": " + error.text;
  }
  if (errors_.size() > kMaxErrors)
    all += "\n" + file_ + ": and " + std::to_string(errors_.size() - kMaxErrors) + " more errors";
  errors_.clear();
  return makeError(all);
}

Keys::Keys(Reader &in, const YamlNode &map, llvm::StringRef what) : in_(in), map_(map), what_(what) {
  if (map.kind != YamlNode::Map)
    in.error(map, what + " must be a map of keys");
}

Keys::~Keys() {
  if (map_.kind != YamlNode::Map)
    return;
  for (size_t i = 0; i + 1 < map_.items.size(); i += 2)
    if (const YamlNode &key = map_.items[i]; !llvm::is_contained(known_, key.text))
      unknownWord(in_, key, "key", known_);
}

const YamlNode *Keys::find(llvm::StringRef key) {
  known_.push_back(key);
  if (map_.kind != YamlNode::Map)
    return nullptr;
  for (size_t i = 0; i + 1 < map_.items.size(); i += 2)
    if (map_.items[i].text == key)
      return &map_.items[i + 1];
  return nullptr;
}

void Keys::missing(llvm::StringRef key) {
  if (map_.kind == YamlNode::Map) // Otherwise that is the mistake.
    in_.error(map_, what_ + " needs the key '" + key + "'");
}

bool expectScalar(Reader &in, const YamlNode &node, llvm::StringRef what) {
  if (node.kind == YamlNode::Scalar)
    return true;
  in.error(node, "expected " + what);
  return false;
}

void unknownWord(Reader &in, const YamlNode &node, llvm::StringRef what,
                 llvm::ArrayRef<llvm::StringRef> words) {
  std::string message = ("unknown " + what + " " + quoted(node.text)).str();
  if (std::optional<std::string> near = in.isFull() ? std::nullopt : suggest(node.text, words))
    message += ", did you mean '" + *near + "'?";
  in.error(node, message);
}

void read(Reader &in, const YamlNode &node, std::string &out) {
  if (expectScalar(in, node, "a text"))
    out = node.text;
}

void read(Reader &in, const YamlNode &node, bool &out) {
  readWord<bool>(in, node, "truth value", {{"true", true}, {"false", false}}, out);
}

void read(Reader &in, const YamlNode &node, unsigned &out) {
  if (expectScalar(in, node, "a whole number") && llvm::StringRef(node.text).getAsInteger(10, out))
    in.error(node, "expected a whole number, not " + quoted(node.text));
}

} // namespace opex::rules
