#include "analysis/apis/roles.h"

#include "analysis/apis/versions.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"

namespace opex {
namespace {

/// Calls `visit` with every row of the pack: which declarations it means, and what puts it into their Roles.
void forEachRow(const rules::Pack &pack,
                llvm::function_ref<void(const rules::Row &, std::function<void(Roles &)>)> visit) {
  auto rows = [&](const auto &list, auto Roles::*roles) {
    for (const auto &row : list)
      visit(row, [&row, roles](Roles &to) {
        (to.*roles).push_back(&row);
        to.all.push_back(&row);
      });
  };
  rows(pack.makers, &Roles::makers);
  rows(pack.setters, &Roles::setters);
  rows(pack.textSettings, &Roles::textSettings);
  rows(pack.holders, &Roles::holders);
  rows(pack.borrowers, &Roles::borrowers);
  rows(pack.calls, &Roles::calls);
  rows(pack.deadlines, &Roles::deadlines);
  rows(pack.cancellations, &Roles::cancellations);
  rows(pack.passages, &Roles::passages);
  rows(pack.loggers, &Roles::loggers);
  rows(pack.metrics, &Roles::metrics);
  rows(pack.entryPoints, &Roles::entryPoints);
  rows(pack.spawns, &Roles::spawns);
  rows(pack.loopCallbacks, &Roles::loopCallbacks);
  rows(pack.aborts, &Roles::aborts);
  rows(pack.errorReports, &Roles::errorReports);
  rows(pack.locks, &Roles::locks);
  rows(pack.retries, &Roles::retries);
  rows(pack.pauses, &Roles::pauses);
  rows(pack.guards, &Roles::guards);
  rows(pack.levers, &Roles::levers);
  rows(pack.iterations, &Roles::iterations);
  rows(pack.stores, &Roles::stores);
  for (const rules::Queue &queue : pack.queues)
    for (const rules::QueueCall &call : queue.calls)
      visit(call, [&](Roles &to) {
        to.queues.push_back({&queue, &call});
        to.all.push_back(&call);
      });
}

bool typeMatches(const TuFacts &unit, Index<Type> index, llvm::StringRef pattern) {
  if (pattern == "*" || !index)
    return true;
  const Type &type = unit[index];
  auto plain = [](llvm::StringRef text) {
    std::string result;
    for (char c : text)
      if (c != ' ')
        result += c;
    return result;
  };
  std::string wanted = plain(pattern);
  return plain(type.canonical) == wanted || plain(type.spelled) == wanted || type.recordName == pattern;
}

/// A copy of the library in the project's own tree counts: `third_party/spdlog/spdlog.h`.
bool isFileOf(const rules::Pack &pack, const File &file) {
  return rules::isHeaderOf(pack, file.path) || (file.inProject && llvm::any_of(pack.headers, [&](const std::string &glob) {
           return rules::matchesGlob("**/" + glob, file.path);
         }));
}

/// The packs whose library the header belongs to.
llvm::SmallVector<const rules::Pack *, 1> librariesOf(const rules::RuleSet &rules, const File &header) {
  llvm::SmallVector<const rules::Pack *, 1> packs;
  for (const rules::Pack &pack : rules.packs)
    if (isFileOf(pack, header))
      packs.push_back(&pack);
  return packs;
}

} // namespace

RoleIndex RoleIndex::run(const Needs &in) {
  auto own = std::make_unique<const rules::RuleSet>(rulesFor(in.program(), in.rules()));
  const rules::RuleSet &rules = *own;
  return RoleIndex(in.program(), std::move(own), rules);
}

RoleIndex::RoleIndex(const Program &program, const rules::RuleSet &rules) : RoleIndex(program, nullptr, rules) {}

RoleIndex::RoleIndex(const Program &program, std::unique_ptr<const rules::RuleSet> own, const rules::RuleSet &rules)
    : program_(program), own_(std::move(own)), rules_(rules) {
  for (const rules::Pack &pack : rules_.packs)
    forEachRow(pack, [&](const rules::Row &row, std::function<void(Roles &)> addTo) {
      names_.add(row.match, rows_.size());
      rows_.push_back({&pack, &row, std::move(addTo)});
    });
  for (const rules::Pack &pack : rules_.packs)
    for (const rules::Subject &subject : pack.subjects) {
      subjectsById_.emplace(subject.id, &subject);
      packs_.emplace(&subject, &pack);
      if (!subject.isHandle)
        for (const std::string &type : subject.types)
          subjectsByType_.emplace(type, &subject);
    }
  llvm::StringMap<llvm::SmallVector<const rules::Pack *, 1>> librariesOfHeader; // TUs see much the same headers.
  // Declarations carry indexes into their own TU's tables, so they are matched TU by TU, each id once.
  for (const TuFacts &unit : program.units) {
    for (const File &file : unit.files) {
      auto [known, isNew] = librariesOfHeader.try_emplace(file.path);
      if (isNew)
        known->second = librariesOf(rules_, file);
    }
    for (const Declaration &declaration : unit.declarations) {
      if (program.declaration(declaration.id) != &declaration)
        continue;
      Roles roles;
      for (unsigned row : names_.find(declaration.name))
        if (means(rows_[row].row->match, declaration, unit))
          rows_[row].addTo(roles);
      if (declaration.file)
        roles.libraries = librariesOfHeader.lookup(unit[declaration.file].path);
      roles_.emplace(declaration.id, std::move(roles));
    }
  }
  for (auto [id, name] : program.namedAtRunTime)
    roles_.emplace(id, ofName(name));
}

bool RoleIndex::means(const rules::Matcher &matcher, const Declaration &declaration, const TuFacts &unit) const {
  for (size_t i = 0; i < matcher.parameters.size(); ++i)
    if (i >= declaration.parameters.size() || !typeMatches(unit, declaration.parameters[i], matcher.parameters[i]))
      return false;
  if (matcher.arity && declaration.parameters.size() != *matcher.arity)
    return false;
  auto isReturned = [&](const std::string &glob) {
    const Type &type = unit[declaration.type];
    return rules::matchesGlob(glob, type.recordName) || rules::matchesGlob(glob, type.canonical);
  };
  if (!matcher.returns.empty() && !(declaration.type && llvm::any_of(matcher.returns, isReturned)))
    return false;
  if (matcher.subtypeOf.empty())
    return true;
  return program_.derivesFrom(declaration.parent, [&](llvm::StringRef name) {
    return llvm::any_of(matcher.subtypeOf, [&](const std::string &glob) { return rules::matchesGlob(glob, name); });
  });
}

const Roles &RoleIndex::of(EntityId declaration) const {
  static const Roles none;
  auto found = roles_.find(declaration);
  return found == roles_.end() ? none : found->second;
}

const Roles &RoleIndex::ofMacro(llvm::StringRef name, const File *definedIn) const {
  llvm::SmallString<128> key = name;
  key += '\0';
  if (definedIn)
    key += definedIn->path;
  auto [entry, isNew] = macros_.try_emplace(key);
  Roles &roles = entry->second;
  if (!isNew)
    return roles;
  llvm::SmallVector<unsigned, 4> rows = names_.findMacro(name), ofLibrary;
  if (definedIn) {
    llvm::copy_if(rows, std::back_inserter(ofLibrary), [&](unsigned row) { return isFileOf(*rows_[row].pack, *definedIn); });
    llvm::erase_if(rows, [&](unsigned row) { return !rows_[row].pack->headers.empty(); });
  }
  for (unsigned row : ofLibrary.empty() ? rows : ofLibrary)
    rows_[row].addTo(roles);
  return roles;
}

/// Whether a glob of such rows means the name.
template <class Row>
static bool isNamedBy(const rules::RuleSet &rules, std::vector<Row> rules::Pack::*rows, llvm::StringRef name) {
  return llvm::any_of(rules.packs, [&](const rules::Pack &pack) {
    return llvm::any_of(pack.*rows, [&](const Row &row) {
      return llvm::any_of(row.names, [&](const std::string &glob) { return rules::matchesGlob(glob, name); });
    });
  });
}

bool RoleIndex::isLogGuard(llvm::StringRef name) const {
  auto found = logGuards_.find(name);
  if (found == logGuards_.end())
    found = logGuards_.emplace(name.str(), isNamedBy(rules_, &rules::Pack::logGuards, name)).first;
  return found->second;
}

bool RoleIndex::makesTestCases(llvm::StringRef name) const {
  auto found = testCases_.find(name);
  if (found == testCases_.end())
    found = testCases_.emplace(name.str(), isNamedBy(rules_, &rules::Pack::testCases, name)).first;
  return found->second;
}

const Roles &RoleIndex::ofName(llvm::StringRef name) const {
  auto found = named_.find(name);
  if (found != named_.end())
    return found->second;
  Roles roles;
  for (unsigned row : names_.find(name))
    rows_[row].addTo(roles);
  return named_.emplace(name.str(), std::move(roles)).first->second;
}

const Roles &RoleIndex::ofConstructor(llvm::StringRef className) const {
  return ofName((className + "::" + unqualified(className)).str());
}

const rules::Subject *RoleIndex::subjectOf(const Type &type) const {
  auto found = subjectsByType_.find(type.recordName);
  if (found != subjectsByType_.end())
    return found->second;
  if (!type.record)
    return nullptr;
  for (const Record *base : program_.withBases(type.record))
    if (auto byBase = subjectsByType_.find(base->name); byBase != subjectsByType_.end())
      return byBase->second;
  return nullptr;
}

const rules::Subject *RoleIndex::subjectHeldBy(const TuFacts &unit, const Type &type) const {
  if (const rules::Subject *subject = subjectOf(type))
    return subject;
  for (Index<Type> argument : type.arguments)
    if (const rules::Subject *subject = subjectOf(unit[argument]))
      return subject;
  return nullptr;
}

const rules::Subject *RoleIndex::subjectById(llvm::StringRef id) const {
  auto found = subjectsById_.find(id);
  return found == subjectsById_.end() ? nullptr : found->second;
}

bool RoleIndex::readsLibraryOf(const rules::Subject &subject, const TuFacts &unit) const {
  const rules::Pack *pack = packOf(subject);
  return !pack || pack->headers.empty() || llvm::any_of(unit.files, [&](const File &file) { return isFileOf(*pack, file); });
}

const rules::Pack *RoleIndex::packOf(const rules::Subject &subject) const {
  auto found = packs_.find(&subject);
  return found == packs_.end() ? nullptr : found->second;
}

std::string RoleIndex::nameOfSetter(const rules::Setter &setter) {
  if (!setter.when.empty() && !setter.when.back().anyOf.empty())
    return unqualified(setter.when.back().anyOf.front()).str();
  return setter.match.names.empty() ? std::string() : unqualified(setter.match.names.front()).str();
}

std::string RoleIndex::nameOfSetting(const rules::Subject &subject, llvm::StringRef setting) const {
  for (const rules::Setting &known : subject.settings)
    if (known.name == setting && !known.called.empty())
      return known.called;
  const rules::Pack *pack = packOf(subject);
  for (const rules::Setter &setter : pack->setters) {
    if (!llvm::is_contained(setter.settings, setting.str()))
      continue;
    if (std::string name = nameOfSetter(setter); !name.empty())
      return name;
  }
  for (const rules::TextSetting &text : pack->textSettings)
    for (const rules::TextSetting::Key &key : text.keys)
      if (key.setting == setting)
        return key.key;
  return setting.str();
}

Index<Value> valueAt(const LinkedFunction &function, const Call &call, const rules::Place &place) {
  switch (place.kind) {
  case rules::Place::Argument:
    return place.index < call.arguments.size() ? call.arguments[place.index] : Index<Value>();
  case rules::Place::This: return call.object;
  case rules::Place::ArgumentOfType:
    for (Index<Value> argument : call.arguments)
      if (Index<Type> type = argument ? (*function.body)[argument].type : Index<Type>())
        if ((*function.unit)[type].recordName == place.type || (*function.unit)[type].canonical == place.type)
          return argument;
    return {};
  case rules::Place::None:
  case rules::Place::Return:
  case rules::Place::TemplateArgument:
  case rules::Place::Member: return {};
  }
  llvm_unreachable("unknown place");
}

bool namesOneOf(const Program &program, const LinkedFunction &function, Index<Value> index,
                const rules::ArgumentIs &condition) {
  if (!index)
    return false;
  const Value &value = (*function.body)[index];
  if (value.kind == ValueKind::Null)
    return llvm::is_contained(condition.anyOf, "nullptr");
  auto named = [&](llvm::StringRef name) {
    return llvm::any_of(condition.anyOf, [&](const std::string &wanted) {
      return name == wanted || unqualified(name) == wanted || name == unqualified(wanted);
    });
  };
  // SO_RCVTIMEO and its like are macros: what the author wrote is the expansion's name.
  if (value.site.expansion) {
    const Expansion &expansion = (*function.unit)[value.site.expansion];
    if (named(expansion.macro) || llvm::any_of(expansion.nested, named))
      return true;
  }
  if (value.entity)
    if (const Declaration *declaration = program.declaration(value.entity); declaration && named(declaration->name))
      return true;
  if (!value.text.empty() && value.kind != ValueKind::Binary && named(value.text))
    return true;
  if (condition.isPrefix && value.kind == ValueKind::String)
    return llvm::any_of(condition.anyOf, [&](llvm::StringRef prefix) { return value.text.ltrim().starts_with_insensitive(prefix); });
  if (value.constant && llvm::is_contained(condition.anyOf, std::to_string(*value.constant)))
    return true;
  bool looksInside = value.kind == ValueKind::Cast ||
                     (condition.hasFlag && value.kind == ValueKind::Binary && value.text == "|");
  return looksInside && llvm::any_of(value.operands, [&](Index<Value> operand) {
           return namesOneOf(program, function, operand, condition);
         });
}

} // namespace opex
