#include "analysis/suggestions.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <set>

namespace opex {
namespace {

constexpr unsigned kWeakest = 4; ///< Less evidence is not shown.
constexpr unsigned kLikely = 5;  ///< Enough to say that a library is not known.
constexpr unsigned kStrong = 6;  ///< Comes before what is reached from more places.

using WordList = std::vector<std::string>;

/// The first of `words` that `known` has; empty if none.
std::string firstOf(const WordList &words, const WordList &known) {
  for (const std::string &word : words)
    if (llvm::is_contained(known, word))
      return word;
  return {};
}

/// "a::b::C" of "a::b::C::get".
llvm::StringRef scopeOf(llvm::StringRef name) {
  size_t at = name.rfind("::");
  return at == llvm::StringRef::npos ? llvm::StringRef() : name.take_front(at);
}

class Suggester {
public:
  Suggester(const Inputs<RoleIndex, Entries> &in, const rules::Words &words)
      : program_(in.program()), words_(words), roles_(in.get<RoleIndex>()) {
    for (const EntryPointUse &entry : in.get<Entries>().entryPoints)
      entryPoints_.insert(entry.function);
    for (const LinkedFunction &function : program_.functions) {
      if (function.body->isMain)
        entryPoints_.insert(function.position);
      overridden_.insert(function.body->overrides.begin(), function.body->overrides.end());
    }
  }

  std::vector<Suggestion> run() {
    countAll();
    std::vector<Suggestion> result;
    for (auto &[name, candidate] : candidates_) {
      if (candidate.suggestion.strength < kWeakest)
        continue;
      addReach(candidate);
      result.push_back(std::move(candidate.suggestion));
    }
    auto key = [](const Suggestion &s) {
      return std::tuple(s.strength < kStrong, -static_cast<int64_t>(s.entryPoints),
                        -static_cast<int64_t>(s.reach), -static_cast<int64_t>(s.calls),
                        llvm::StringRef(s.name));
    };
    llvm::sort(result, [&](const Suggestion &a, const Suggestion &b) { return key(a) < key(b); });
    return result;
  }

  std::vector<UnknownLibrary> libraries() {
    countAll();
    struct Library {
      UnknownLibrary known;
      size_t callsOfExample = 0;
    };
    std::map<std::string, Library> byHeader;
    for (const auto &[name, candidate] : candidates_) {
      const Suggestion &each = candidate.suggestion;
      if (each.strength < kLikely || !candidate.isForeign || each.section != "calls")
        continue;
      const size_t slash = each.header.find('/');
      auto &[library, most] = byHeader[each.header.substr(0, slash == std::string::npos ? slash : slash + 1)];
      library.calls += each.calls;
      if (each.calls > most) {
        most = each.calls;
        library.example = name;
        library.first = each.first;
      }
    }
    std::vector<UnknownLibrary> result;
    for (auto &[header, library] : byHeader) {
      result.push_back(std::move(library.known));
      result.back().header = header;
    }
    llvm::stable_sort(result,
                      [](const UnknownLibrary &a, const UnknownLibrary &b) { return a.calls > b.calls; });
    return result;
  }

private:
  void countAll() {
    for (const LinkedFunction &function : program_.functions)
      for (const Call &call : function.body->calls)
        count(function, call);
  }

  struct Candidate {
    Suggestion suggestion;
    std::set<uint32_t> callers;
    bool isForeign = false; ///< Declared outside the project.
  };

  void count(const LinkedFunction &function, const Call &call) {
    auto entry = program_.declarations.find(call.callee);
    if (entry == program_.declarations.end() || program_.bodies.count(call.callee) ||
        overridden_.count(call.callee))
      return;
    const auto &[declaration, unit] = entry->second;
    if (!isNewToPacks(call.callee, *declaration) || isOutOfKnownMacro(function, call))
      return;
    auto [at, isNew] = candidates_.try_emplace(declaration->name.str());
    Candidate &candidate = at->second;
    if (isNew) {
      candidate.suggestion = judge(*declaration, *unit);
      candidate.isForeign = declaration->file && !(*unit)[declaration->file].inProject;
    }
    auto placeOf = [](const Location &where) { return std::tie(where.path, where.line, where.column); };
    Location here = program_.location(function, call.site);
    if (candidate.callers.empty() || placeOf(here) < placeOf(candidate.suggestion.first))
      candidate.suggestion.first = std::move(here);
    ++candidate.suggestion.calls;
    candidate.callers.insert(function.position);
  }

  /// Who wrote the pack of a library has looked at its other functions, too.
  bool isNewToPacks(EntityId id, const Declaration &declaration) const {
    bool isCallable = declaration.kind == EntityKind::Function || declaration.kind == EntityKind::Method;
    const Roles &roles = roles_.of(id);
    return isCallable && roles.all.empty() && roles.libraries.empty() &&
           !unqualified(declaration.name).starts_with("operator") && !declaration.name.contains('(') &&
           !declaration.name.starts_with("__");
  }

  bool isOutOfKnownMacro(const LinkedFunction &function, const Call &call) const {
    if (!call.site.expansion)
      return false;
    const Expansion &expansion = (*function.unit)[call.site.expansion];
    return !roles_.ofMacro(expansion.macro).all.empty() ||
           llvm::any_of(expansion.nested,
                        [&](llvm::StringRef name) { return !roles_.ofMacro(name).all.empty(); });
  }

  Suggestion judge(const Declaration &declaration, const TuFacts &unit) const {
    Suggestion out;
    out.name = declaration.name.str();
    const File *file = declaration.file ? &unit[declaration.file] : nullptr;
    out.header = file ? file->path.str() : "";
    WordList own = rules::wordsOf(unqualified(out.name)), around = rules::wordsOf(scopeOf(out.name));
    WordList classWords = declaration.parent ? rules::wordsOf(unqualified(scopeOf(out.name)))
                                             : firstParameterWords(declaration, unit);
    auto weigh = [&](unsigned points, const std::string &why) {
      out.strength += points;
      out.evidence.push_back(why);
    };
    std::string client = firstOf(classWords, words_.clients), verb = firstOf(own, words_.verbs);
    if (!verb.empty())
      weigh(3, "called '" + verb + "'");
    else if (verb = firstOf(endsOf(own, declaration), words_.verbsOfClients);
             !verb.empty() && !client.empty())
      weigh(3, "'" + verb + "' of a '" + client + "'");
    else
      verb.clear();
    if (!client.empty() && out.evidence.size() == 1)
      weigh(1, "works on a '" + client + "'");
    if (out.limit = limitOf(declaration, unit); out.limit)
      weigh(3, "parameter " + std::to_string(out.limit->index) + " is a limit");
    if (verb.empty() && !out.limit) {
      out.strength = 0;
      return out;
    }
    if (file && !file->inProject)
      weigh(1, "no pack knows " + out.header);
    else if (file)
      weigh(1, "its body is not in sight");
    chooseGroup(out, own, around, classWords);
    if (!firstOf(own, words_.harmless).empty())
      out.strength -= std::min(out.strength, 3u);
    if (declaration.isConst || declaration.isNoexcept)
      out.strength -= std::min(out.strength, 2u);
    return out;
  }

  /// Where a verb stands: at the end, in methods also in front. `SSL_read` reads; `SSL_get_error` only looks.
  static WordList endsOf(const WordList &own, const Declaration &declaration) {
    if (own.empty())
      return {};
    return declaration.parent ? WordList{own.front(), own.back()} : WordList{own.back()};
  }

  /// C libraries hand over first what a method would be called on.
  WordList firstParameterWords(const Declaration &declaration, const TuFacts &unit) const {
    if (declaration.parameters.empty() || !declaration.parameters[0])
      return {};
    return rules::wordsOf(unqualified(unit[declaration.parameters[0]].recordName));
  }

  std::optional<LimitParameter> limitOf(const Declaration &declaration, const TuFacts &unit) const {
    for (size_t i = 0; i < declaration.parameters.size(); ++i) {
      if (!declaration.parameters[i])
        continue;
      const Type &type = unit[declaration.parameters[i]];
      WordList name =
          i < declaration.parameterNames.size() ? rules::wordsOf(declaration.parameterNames[i]) : WordList();
      WordList typeWords = rules::wordsOf(unqualified(type.recordName));
      bool isTime = type.kind == TypeClass::Duration || type.kind == TypeClass::TimePoint;
      bool isNamed = !firstOf(name, words_.limits).empty();
      bool isCount = type.kind == TypeClass::Integer || type.kind == TypeClass::Float;
      if (isTime || (isNamed && isCount) || !firstOf(typeWords, words_.limits).empty())
        return LimitParameter{i, unitOf(type, name, typeWords)};
    }
    return std::nullopt;
  }

  static std::string unitOf(const Type &type, const WordList &name, const WordList &typeWords) {
    if (type.kind == TypeClass::Duration || type.kind == TypeClass::TimePoint)
      return "chrono";
    for (const char *word : {"timeval", "timespec"})
      if (llvm::is_contained(typeWords, word))
        return word;
    const std::pair<const char *, WordList> units[] = {
        {"ms", {"ms", "msec", "msecs", "millis", "milliseconds"}},
        {"us", {"us", "usec", "micros", "microseconds"}},
        {"s", {"s", "sec", "secs", "seconds"}}};
    for (const auto &[unit, words] : units)
      if (!firstOf(name, words).empty())
        return unit;
    return {};
  }

  /// The function's own name says more than its class, that more than the namespaces.
  void chooseGroup(Suggestion &out, const WordList &own, const WordList &around,
                   const WordList &classWords) const {
    for (const WordList *words : {&own, &classWords, &around})
      for (const rules::WordGroup &group : words_.groups) {
        bool isLast = words == &around && group.words.empty();
        std::string word = firstOf(*words, group.words);
        if (word.empty() && !isLast)
          continue;
        out.section = group.section;
        out.kind = group.kind;
        return;
      }
  }

  void addReach(Candidate &candidate) const {
    std::vector<uint32_t> todo(candidate.callers.begin(), candidate.callers.end());
    std::vector<bool> seen(program_.functions.size());
    for (uint32_t function : todo)
      seen[function] = true;
    for (size_t i = 0; i < todo.size(); ++i) {
      candidate.suggestion.entryPoints += entryPoints_.count(todo[i]);
      for (const CallEdge &edge : program_.functions[todo[i]].callers)
        if (!seen[edge.caller]) {
          seen[edge.caller] = true;
          todo.push_back(edge.caller);
        }
    }
    candidate.suggestion.reach = todo.size();
    candidate.suggestion.callers = candidate.callers.size();
  }

  const Program &program_;
  const rules::Words &words_;
  const RoleIndex &roles_;
  std::set<uint32_t> entryPoints_;
  std::set<EntityId> overridden_; ///< By methods with a body: what they do is in sight.
  std::map<std::string, Candidate> candidates_;
};

} // namespace

std::vector<Suggestion> suggestRows(const Inputs<RoleIndex, Entries> &in, const rules::Words &words) {
  return Suggester(in, words).run();
}

std::vector<UnknownLibrary> unknownLibraries(const Inputs<RoleIndex, Entries> &in,
                                             const rules::Words &words) {
  return Suggester(in, words).libraries();
}

} // namespace opex
