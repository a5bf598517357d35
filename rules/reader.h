// From a YAML tree to typed values, with every complaint at its place. A row type is read by a function
//
//   void read(Reader &in, const YamlNode &node, Holder &row) {
//     Keys keys(in, node, "holder");
//     keys.required("held", row.held);
//     keys.optional("says", row.says);
//   }
//
// Whatever key it did not ask for is reported as unknown, with the nearest one it did ask for. New value
// types need one more `read` overload.
#pragma once

#include "rules/yaml.h"

#include <initializer_list>
#include <optional>
#include <utility>

namespace opex::rules {

/// Collects the errors of one file.
class Reader {
public:
  explicit Reader(llvm::StringRef file) : file_(file) {}

  void error(const YamlNode &at, const llvm::Twine &message) { error(at.line, at.column, message); }
  void error(unsigned line, unsigned column, const llvm::Twine &message);
  bool failed() const { return !errors_.empty(); }
  /// So many that no more are shown: looking for what was meant is not worth it any more.
  bool isFull() const;
  llvm::StringRef file() const { return file_; }

  /// All errors in the order of their positions, one per line; success if there are none.
  llvm::Error take();

private:
  struct Complaint {
    unsigned line, column;
    std::string text;
  };
  std::string file_;
  std::vector<Complaint> errors_;
};

/// The keys of one map. Unknown ones are reported when it goes out of scope.
class Keys {
public:
  Keys(Reader &in, const YamlNode &map, llvm::StringRef what);
  Keys(const Keys &) = delete;
  ~Keys();

  /// The value of `key`, which is thereby known; null if it is not given.
  const YamlNode *find(llvm::StringRef key);
  template <class T> bool optional(llvm::StringRef key, T &out);
  template <class T> bool required(llvm::StringRef key, T &out);
  void missing(llvm::StringRef key);

  Reader &in() { return in_; }
  const YamlNode &map() const { return map_; }

private:
  Reader &in_;
  const YamlNode &map_;
  std::string what_;
  std::vector<llvm::StringRef> known_;
};

/// Text from the file as a message may show it: short, one line, no control characters, in quotation marks.
std::string quoted(llvm::StringRef text);

/// True if `node` is a scalar; otherwise complains that `what` was expected.
bool expectScalar(Reader &in, const YamlNode &node, llvm::StringRef what);
/// Complains about a word that is none of `words`, with the nearest.
void unknownWord(Reader &in, const YamlNode &node, llvm::StringRef what,
                 llvm::ArrayRef<llvm::StringRef> words);

void read(Reader &in, const YamlNode &node, std::string &out);
void read(Reader &in, const YamlNode &node, bool &out);
void read(Reader &in, const YamlNode &node, unsigned &out);

template <class T> void read(Reader &in, const YamlNode &node, std::optional<T> &out) {
  read(in, node, out.emplace());
}

/// One value, or a list of them.
template <class T> void read(Reader &in, const YamlNode &node, std::vector<T> &out) {
  if (node.kind != YamlNode::Sequence)
    return read(in, node, out.emplace_back());
  for (const YamlNode &item : node.items)
    read(in, item, out.emplace_back());
}

/// A list of rows; a single row without the list is a mistake.
template <class T> void readRows(Keys &keys, llvm::StringRef key, std::vector<T> &out) {
  const YamlNode *node = keys.find(key);
  if (!node)
    return;
  if (node->kind != YamlNode::Sequence)
    return keys.in().error(*node, "'" + key + "' must be a list of rows");
  read(keys.in(), *node, out);
}

template <class E>
void readWord(Reader &in, const YamlNode &node, llvm::StringRef what,
              std::initializer_list<std::pair<llvm::StringRef, E>> words, E &out) {
  if (!expectScalar(in, node, what))
    return;
  std::vector<llvm::StringRef> known;
  for (const auto &[word, value] : words) {
    if (node.text == word) {
      out = value;
      return;
    }
    known.push_back(word);
  }
  unknownWord(in, node, what, known);
}

template <class T> bool Keys::optional(llvm::StringRef key, T &out) {
  const YamlNode *node = find(key);
  if (node)
    read(in_, *node, out);
  return node != nullptr;
}

template <class T> bool Keys::required(llvm::StringRef key, T &out) {
  bool given = optional(key, out);
  if (!given)
    missing(key);
  return given;
}

} // namespace opex::rules
