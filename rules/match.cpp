#include "rules/match.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

namespace opex::rules {

/// Whether the name has what stands between the stars, one after the other: what most names fail.
static bool holdsInOrder(llvm::StringRef pattern, llvm::StringRef name) {
  while (!pattern.empty()) {
    auto [piece, rest] = pattern.split('*');
    size_t at = name.find(piece);
    if (at == llvm::StringRef::npos)
      return false;
    name = name.drop_front(at + piece.size());
    pattern = rest;
  }
  return true;
}

bool matchesGlob(llvm::StringRef pattern, llvm::StringRef name) {
  // Nearly all patterns are plain names, nearly all others differ before the first star.
  llvm::StringRef plain = pattern.take_until([](char c) { return c == '*'; });
  if (plain.size() == pattern.size())
    return name == pattern;
  llvm::StringRef tail = pattern.substr(pattern.rfind('*') + 1);
  if (!name.consume_front(plain) || !name.consume_back(tail))
    return false;
  pattern = pattern.drop_front(plain.size()).drop_back(tail.size());
  if (!holdsInOrder(pattern, name))
    return false;
  // reachable[i]: the pattern so far matches the first i characters. Linear in pattern × name, whatever
  // the stars.
  llvm::SmallBitVector reachable(static_cast<unsigned>(name.size() + 1));
  reachable.set(0);
  for (size_t p = 0; p < pattern.size(); ++p) {
    bool isStar = pattern[p] == '*';
    bool isDouble = isStar && pattern.substr(p).starts_with("**");
    p += isDouble;
    bool before = reachable[0];
    if (!isStar)
      reachable.reset(0u);
    for (unsigned i = 1; i <= name.size(); ++i) {
      bool here = reachable[i];
      if (!isStar)
        reachable[i] = before && name[i - 1] == pattern[p];
      else
        reachable[i] = here || (reachable[i - 1] && (isDouble || name[i - 1] != ':'));
      before = here;
    }
  }
  return reachable[static_cast<unsigned>(name.size())];
}

bool matchesName(const Matcher &match, llvm::StringRef qualifiedName) {
  auto fits = [&](llvm::StringRef pattern) { return matchesGlob(pattern, qualifiedName); };
  return llvm::any_of(match.names, fits) && llvm::none_of(match.exceptNames, fits);
}

bool isHeaderOf(const Pack &pack, llvm::StringRef header) {
  return llvm::any_of(pack.headers, [&](const std::string &glob) { return matchesGlob(glob, header); });
}

static llvm::StringRef lastComponent(llvm::StringRef name) { return name.substr(name.rfind(':') + 1); }

void NameIndex::add(const Matcher &match, unsigned row) {
  Table &table = match.isMacro ? macros_ : functions_;
  for (llvm::StringRef name : match.names) {
    if (!name.contains('*'))
      table.exact[name].push_back(row);
    else if (llvm::StringRef last = lastComponent(name); !last.contains('*'))
      table.globsByLast[last].push_back({name.str(), row});
    else
      table.globs.push_back({name.str(), row});
  }
  if (!match.exceptNames.empty())
    exceptions_.emplace_back(row, match);
}

llvm::SmallVector<unsigned, 4> NameIndex::Table::find(llvm::StringRef name) const {
  llvm::SmallVector<unsigned, 4> rows;
  if (auto found = exact.find(name); found != exact.end())
    rows.append(found->second.begin(), found->second.end());
  auto tryAll = [&](const std::vector<Glob> &list) {
    for (const Glob &glob : list)
      if (matchesGlob(glob.pattern, name))
        rows.push_back(glob.row);
  };
  if (auto found = globsByLast.find(lastComponent(name)); found != globsByLast.end())
    tryAll(found->second);
  tryAll(globs);
  llvm::sort(rows);
  rows.erase(llvm::unique(rows), rows.end());
  return rows;
}

llvm::SmallVector<unsigned, 4> NameIndex::find(llvm::StringRef qualifiedName) const {
  llvm::SmallVector<unsigned, 4> rows = functions_.find(qualifiedName);
  llvm::erase_if(rows, [&](unsigned row) {
    return llvm::any_of(exceptions_, [&](const auto &entry) {
      return entry.first == row && !entry.second.isMacro && !matchesName(entry.second, qualifiedName);
    });
  });
  return rows;
}

llvm::SmallVector<unsigned, 4> NameIndex::findMacro(llvm::StringRef name) const {
  llvm::SmallVector<unsigned, 4> rows = macros_.find(name);
  llvm::erase_if(rows, [&](unsigned row) {
    return llvm::any_of(exceptions_, [&](const auto &entry) {
      return entry.first == row && entry.second.isMacro && !matchesName(entry.second, name);
    });
  });
  return rows;
}

std::vector<unsigned> versionIn(llvm::StringRef text) {
  std::vector<unsigned> version;
  text = text.trim("\" ");
  for (llvm::StringRef rest = text; !rest.empty();) {
    unsigned number = 0;
    if (rest.consumeInteger(10, number))
      break;
    version.push_back(number);
    if (!rest.consume_front("."))
      break;
  }
  return version;
}

bool isWithin(const VersionRange &range, const std::vector<unsigned> &version) {
  if (version.empty())
    return true;
  bool isBefore = !range.from.empty() && version < range.from;
  bool isAfter = !range.to.empty() && version >= range.to;
  return !isBefore && !isAfter;
}

int64_t nanoseconds(Unit unit) {
  switch (unit) {
  case Unit::Nanoseconds: return 1;
  case Unit::Microseconds: return 1'000;
  case Unit::Milliseconds: return 1'000'000;
  case Unit::Seconds: return 1'000'000'000;
  case Unit::Minutes: return 60'000'000'000;
  case Unit::None:
  case Unit::Count:
  case Unit::Chrono:
  case Unit::Timeval:
  case Unit::Timespec: return 0;
  }
  return 0;
}

/// The text behind the assignment that `rest` begins with; empty optional if it is none.
static std::optional<llvm::StringRef> assignedText(llvm::StringRef rest) {
  rest = rest.ltrim();
  if (!rest.consume_front("=")) {
    llvm::StringRef word = rest.take_while([](char c) { return llvm::isAlpha(c); });
    if (!word.equals_insensitive("to"))
      return std::nullopt;
    rest = rest.drop_front(word.size());
  }
  return rest.ltrim(" \t\n'\"");
}

static TextValue readTextValue(const TextSetting::Key &key, llvm::StringRef text) {
  TextValue value;
  bool isNegative = text.consume_front("-");
  llvm::StringRef digits = text.take_while([](char c) { return llvm::isDigit(c); });
  uint64_t number = 0;
  if (digits.empty() || digits.getAsInteger(10, number)) {
    llvm::StringRef word = text.take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
    auto isWord = [&](llvm::StringRef name) { return name.equals_insensitive(word); };
    value.isInfinite = llvm::any_of(key.infinite.names, isWord);
    return value;
  }
  value.isInfinite = (isNegative && key.infinite.negative) || (number == 0 && key.infinite.zero);
  llvm::StringRef suffix = text.drop_front(digits.size()).ltrim(' ');
  suffix = suffix.take_while([](char c) { return llvm::isAlpha(c); });
  int64_t scale = llvm::StringSwitch<int64_t>(suffix)
                      .Case("us", 1'000)
                      .Case("ms", 1'000'000)
                      .Case("s", 1'000'000'000)
                      .Case("min", 60'000'000'000)
                      .Default(nanoseconds(key.unit));
  if (!value.isInfinite && scale != 0 && number <= static_cast<uint64_t>(INT64_MAX / scale))
    value.valueNs = (isNegative ? -1 : 1) * static_cast<int64_t>(number) * scale;
  return value;
}

/// `%3D` and its like, as in URIs.
static std::string undoPercentEncoding(llvm::StringRef text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    bool isCode = text[i] == '%' && i + 2 < text.size() && llvm::isHexDigit(text[i + 1]) &&
                  llvm::isHexDigit(text[i + 2]);
    out += isCode ? static_cast<char>(llvm::hexFromNibbles(text[i + 1], text[i + 2])) : text[i];
    i += isCode ? 2 : 0;
  }
  return out;
}

std::optional<TextValue> findTextSetting(const TextSetting::Key &key, llvm::StringRef encoded) {
  if (key.key.empty())
    return std::nullopt;
  std::string decoded = undoPercentEncoding(encoded);
  llvm::StringRef text = decoded;
  auto isWordChar = [](char c) { return llvm::isAlnum(c) || c == '_'; };
  std::optional<TextValue> found;
  for (size_t at = text.find_insensitive(key.key); at != llvm::StringRef::npos;
       at = text.find_insensitive(key.key, at + 1)) {
    llvm::StringRef rest = text.substr(at + key.key.size());
    if ((at > 0 && isWordChar(text[at - 1])) || (!rest.empty() && isWordChar(rest.front())))
      continue;
    if (std::optional<llvm::StringRef> value = assignedText(rest))
      found = readTextValue(key, *value);
  }
  return found;
}

} // namespace opex::rules
