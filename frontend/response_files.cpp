// Command lines as text: splitting them, and what `@file` arguments stand for.
#include "frontend/arguments.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

namespace opex {
namespace {

constexpr size_t kMaxResponseFile = 4 << 20;
constexpr unsigned kMaxNesting = 8;
constexpr size_t kMaxArguments = 1 << 16;

bool liesUnder(llvm::StringRef file, llvm::ArrayRef<std::string> roots) {
  for (const std::string &root : roots) {
    llvm::SmallString<256> real;
    if (root.empty() || llvm::sys::fs::real_path(root, real))
      continue;
    llvm::StringRef rest = file;
    if (rest.consume_front(llvm::StringRef(real).rtrim('/')) && rest.starts_with("/"))
      return true;
  }
  return false;
}

class Expander {
public:
  Expander(llvm::StringRef directory, llvm::ArrayRef<std::string> roots, std::vector<std::string> &notices)
      : directory_(directory), roots_(roots), notices_(notices) {}

  void expand(llvm::ArrayRef<std::string> arguments, unsigned depth);

  std::vector<std::string> result;

private:
  void expandFile(llvm::StringRef name, unsigned depth);
  void refuse(llvm::StringRef name, llvm::StringRef reason) {
    notices_.push_back("response file '@" + name.str() + "' is ignored: " + reason.str());
  }

  llvm::StringRef directory_;
  llvm::ArrayRef<std::string> roots_;
  std::vector<std::string> &notices_;
};

void Expander::expandFile(llvm::StringRef name, unsigned depth) {
  llvm::SmallString<256> file(name), real;
  llvm::sys::path::make_absolute(directory_, file);
  if (depth > kMaxNesting)
    return refuse(name, "nested too deeply");
  if (llvm::sys::fs::real_path(file, real))
    return refuse(name, "it does not exist");
  if (!liesUnder(real, roots_))
    return refuse(name, "it lies outside the source root and the build directory");
  llvm::sys::fs::file_status status;
  if (llvm::sys::fs::status(real, status) || !llvm::sys::fs::is_regular_file(status))
    return refuse(name, "it is no regular file");
  if (status.getSize() > kMaxResponseFile)
    return refuse(name, "it is too large");
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> text = llvm::MemoryBuffer::getFile(real);
  if (!text)
    return refuse(name, "it cannot be read");
  expand(splitCommandLine((*text)->getBuffer()), depth);
}

void Expander::expand(llvm::ArrayRef<std::string> arguments, unsigned depth) {
  for (const std::string &argument : arguments) {
    if (result.size() == kMaxArguments)
      return;
    if (argument.size() > 1 && argument[0] == '@')
      expandFile(llvm::StringRef(argument).drop_front(), depth + 1);
    else
      result.push_back(argument);
  }
}

} // namespace

std::vector<std::string> splitCommandLine(llvm::StringRef text) {
  std::vector<std::string> words;
  std::string word;
  bool isWord = false; // A quoted empty string is a word.
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '\'' || (quote == '"' && c == '"')) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '\\' && i + 1 < text.size()) {
      // Between double quotes a backslash is itself, but before what would end or expand the string.
      const char next = text[++i];
      if (quote == '"' && !llvm::StringRef("\"\\$`\n").contains(next))
        word += c;
      if (next != '\n')
        word += next;
      isWord = true;
    } else if (!quote && (c == '"' || c == '\'')) {
      quote = c;
      isWord = true;
    } else if (!quote && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
      if (isWord)
        words.push_back(std::move(word));
      word.clear();
      isWord = false;
    } else {
      word += c;
      isWord = true;
    }
  }
  if (isWord)
    words.push_back(std::move(word));
  return words;
}

std::vector<std::string> expandResponseFiles(llvm::ArrayRef<std::string> arguments, llvm::StringRef directory,
                                             llvm::ArrayRef<std::string> roots,
                                             std::vector<std::string> &notices) {
  Expander expander(directory, roots, notices);
  expander.expand(arguments, 0);
  return std::move(expander.result);
}

} // namespace opex
