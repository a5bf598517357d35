#include "sarif/writer.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/JSON.h"

#include <algorithm>

namespace sarif {

std::string encodeUriPath(llvm::StringRef path) {
  static constexpr llvm::StringLiteral kUnescaped = "-._~/!$&'()*+,;=@";
  std::string uri;
  for (char c : path) {
    if (llvm::isAlnum(c) || kUnescaped.contains(c)) {
      uri += c;
      continue;
    }
    uri += '%';
    uri += llvm::hexdigit(static_cast<unsigned char>(c) >> 4);
    uri += llvm::hexdigit(static_cast<unsigned char>(c) & 15);
  }
  return uri;
}

/// Length of the well-formed character that begins at `at`, or 1.
static size_t characterLength(llvm::StringRef text, size_t at) {
  const auto *bytes = reinterpret_cast<const llvm::UTF8 *>(text.data());
  return std::max(1u, llvm::getUTF8SequenceSize(bytes + at, bytes + text.size()));
}

/// `at`, or the start of the character that `at` lies in.
static size_t characterStart(llvm::StringRef text, size_t at) {
  for (size_t back = 1; back <= std::min<size_t>(3, at); ++back)
    if (characterLength(text, at - back) > back)
      return at - back;
  return at;
}

uint32_t utf16Column(llvm::StringRef line, uint32_t byteColumn) {
  if (byteColumn <= 1)
    return byteColumn;
  size_t known = std::min<size_t>(byteColumn - 1, line.size());
  size_t beyond = byteColumn - 1 - known;
  if (known < line.size())
    known = characterStart(line, known);
  std::string prefix = llvm::json::fixUTF8(line.take_front(known));
  size_t units = 0;
  for (size_t at = 0; at < prefix.size();) {
    size_t length = characterLength(prefix, at);
    units += length == 4 ? 2 : 1;
    at += length;
  }
  return static_cast<uint32_t>(units + beyond + 1);
}

std::string plainText(llvm::StringRef text) {
  std::string result;
  for (size_t at = 0; at < text.size(); ++at) {
    result += text[at];
    // "[](int)" would be read as a link to "int".
    if (text[at] == ']' && at + 1 < text.size() && text[at + 1] == '(')
      result += ' ';
  }
  return result;
}

} // namespace sarif
