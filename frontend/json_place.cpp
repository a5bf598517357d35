#include "frontend/json_place.h"

namespace opex {
namespace {

/// Walks well-formed JSON.
class Cursor {
public:
  explicit Cursor(llvm::StringRef text) : text_(text) { skipSpace(); }

  size_t position() const { return at_; }

  /// Moves to the value at `step` of the container here; false (and anywhere) if there is none.
  bool enter(const JsonStep &step) {
    const size_t *wanted = std::get_if<size_t>(&step);
    const char open = peek();
    if (open != (wanted ? '[' : '{'))
      return false;
    take();
    for (size_t i = 0; peek() != ']' && peek() != '}' && at_ < text_.size(); ++i) {
      bool isHere = wanted && *wanted == i;
      if (!wanted) {
        const size_t begin = at_ + 1;
        skipString();
        isHere = text_.slice(begin, text_.rfind('"', at_)) == std::get<llvm::StringRef>(step);
        take(); // The colon.
      }
      if (isHere)
        return true;
      skipValue();
      if (peek() == ',')
        take();
    }
    return false;
  }

private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void take() {
    ++at_;
    skipSpace();
  }
  void skipSpace() {
    while (at_ < text_.size() && llvm::StringRef(" \t\r\n").contains(text_[at_]))
      ++at_;
  }
  void skipString() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\')
        ++at_;
    take();
  }
  /// Containers are skipped by counting brackets outside strings.
  void skipValue() {
    size_t depth = 0;
    do {
      const char c = peek();
      if (c == '"') {
        skipString();
        continue;
      }
      if (c == '[' || c == '{')
        ++depth;
      if ((c == ']' || c == '}') && depth > 0)
        --depth;
      if (llvm::StringRef("[]{},:").contains(c)) {
        take();
        continue;
      }
      while (at_ < text_.size() && !llvm::StringRef("[]{},:\" \t\r\n").contains(text_[at_]))
        ++at_;
      skipSpace();
    } while (depth > 0 && at_ < text_.size());
  }

  llvm::StringRef text_;
  size_t at_ = 0;
};

} // namespace

std::string jsonPlace(llvm::StringRef text, llvm::ArrayRef<JsonStep> steps) {
  Cursor cursor(text);
  size_t found = cursor.position();
  for (const JsonStep &step : steps) {
    if (!cursor.enter(step))
      break;
    found = cursor.position();
  }
  const llvm::StringRef before = text.take_front(found);
  const size_t lineStart = before.rfind('\n');
  const size_t column = lineStart == llvm::StringRef::npos ? found : found - lineStart - 1;
  return std::to_string(before.count('\n') + 1) + ":" + std::to_string(column + 1);
}

} // namespace opex
