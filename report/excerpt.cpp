#include "report/excerpt.h"

#include "report/text_report.h"

#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Unicode.h"

#include <algorithm>
#include <vector>

namespace opex {
namespace {

constexpr unsigned kTabStop = 8;
constexpr unsigned kMaxWidth = 120; ///< Longer lines are cut; a minified line must not fill the screen.
constexpr unsigned kBefore = 40;    ///< Columns kept before the range when a line is cut.

/// What one character of the source looks like on the screen.
struct Glyph {
  std::string text;
  unsigned byte = 0;              ///< Where it begins in the line.
  unsigned column = 0, width = 0; ///< On the screen, from 0.
};

std::vector<Glyph> layOut(llvm::StringRef line) {
  std::vector<Glyph> glyphs;
  const auto *bytes = reinterpret_cast<const llvm::UTF8 *>(line.data());
  unsigned column = 0;
  for (size_t at = 0; at < line.size();) {
    size_t length = std::max(1u, llvm::getUTF8SequenceSize(bytes + at, bytes + line.size()));
    llvm::StringRef character = line.substr(at, length);
    Glyph glyph{printable(character), static_cast<unsigned>(at), column, 0};
    if (character == "\t")
      glyph.text = std::string(kTabStop - column % kTabStop, ' ');
    glyph.width = static_cast<unsigned>(std::max(0, llvm::sys::unicode::columnWidthUTF8(glyph.text)));
    column += glyph.width;
    at += length;
    glyphs.push_back(std::move(glyph));
  }
  return glyphs;
}

} // namespace

Excerpt makeExcerpt(llvm::StringRef line, unsigned column, unsigned endColumn) {
  std::vector<Glyph> glyphs = layOut(line);
  unsigned width = glyphs.empty() ? 0 : glyphs.back().column + glyphs.back().width;
  unsigned firstByte = column == 0 ? 0 : column - 1;
  unsigned endByte = std::max(endColumn == 0 ? 0 : endColumn - 1, firstByte + 1);
  unsigned begin = width, end = width;
  for (const Glyph &glyph : llvm::reverse(glyphs)) {
    if (glyph.byte >= endByte)
      end = glyph.column;
    // A range that begins inside a character is shown from its start.
    if (glyph.byte > firstByte)
      continue;
    begin = glyph.byte == firstByte || firstByte < line.size() ? glyph.column : width;
    break;
  }
  end = std::max(end, begin + 1);

  unsigned from = 0, to = width;
  if (width > kMaxWidth) {
    from = begin > kBefore + 1 ? begin - kBefore : 0;
    to = std::min(width, from + kMaxWidth);
    end = std::min(end, to);
  }
  Excerpt excerpt;
  if (from > 0)
    excerpt.text = "...";
  unsigned shift = static_cast<unsigned>(excerpt.text.size());
  unsigned start = 0;
  bool isFirst = true;
  for (const Glyph &glyph : glyphs) {
    if (glyph.column < from || glyph.column + glyph.width > to)
      continue;
    if (isFirst)
      start = glyph.column;
    isFirst = false;
    excerpt.text += glyph.text;
  }
  if (to < width)
    excerpt.text += "...";
  excerpt.marker = std::string(shift + std::max(begin, start) - start, ' ') + '^';
  if (end > begin + 1)
    excerpt.marker.append(end - begin - 1, '~');
  return excerpt;
}

} // namespace opex
