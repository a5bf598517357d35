#include "frontend/comments.h"

#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/StringExtras.h"

namespace opex {

std::string commentText(llvm::StringRef token) {
  bool isBlock = token.consume_front("/*");
  if (isBlock) {
    token.consume_back("*/");
    token = token.ltrim('*').rtrim('*');
  } else {
    token = token.ltrim('/');
  }
  token.consume_front("!");
  token.consume_front("<");
  std::string text;
  while (!token.empty()) {
    auto [line, rest] = token.split('\n');
    line = line.trim();
    if (isBlock && line.consume_front("*"))
      line = line.ltrim();
    if (!line.empty()) {
      if (!text.empty())
        text += '\n';
      text += line;
    }
    token = rest;
  }
  return text;
}

std::vector<Comment> readComments(clang::FileID file, const clang::SourceManager &sources,
                                  const clang::LangOptions &language, TuFacts &facts) {
  std::optional<llvm::StringRef> buffer = sources.getBufferDataOrNone(file);
  if (!buffer)
    return {};
  std::vector<Comment> comments;
  clang::Lexer lexer(sources.getLocForStartOfFile(file), language, buffer->begin(), buffer->begin(),
                     buffer->end());
  lexer.SetCommentRetentionState(true);
  clang::Token token;
  bool atEnd = false;
  while (!atEnd) {
    atEnd = lexer.LexFromRawLexer(token);
    if (token.isNot(clang::tok::comment))
      continue;
    unsigned offset = sources.getFileOffset(token.getLocation());
    llvm::StringRef spelled = buffer->substr(offset, token.getLength());
    size_t lineStart = buffer->substr(0, offset).rfind('\n') + 1;
    Comment &comment = comments.emplace_back();
    comment.offset = offset;
    comment.line = sources.getLineNumber(file, offset);
    comment.column = static_cast<uint32_t>(offset - lineStart + 1);
    comment.endLine = comment.line + static_cast<uint32_t>(spelled.rtrim("\r\n").count('\n'));
    comment.isAlone = buffer->slice(lineStart, offset).trim().empty();
    comment.text = facts.save(commentText(spelled));
  }
  return comments;
}

} // namespace opex
