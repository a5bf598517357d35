#include "driver/why_not.h"

#include "analysis/bounds/dependencies.h"
#include "analysis/calls/statements.h"
#include "analysis/handlers/text.h"
#include "analysis/queues/queues.h"
#include "analysis/retries/retries.h"
#include "checks/registry.h"
#include "checks/run.h"
#include "driver/options.h"
#include "model/error.h"
#include "model/suggest.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <map>
#include <set>

namespace opex {
namespace {

/// Things near the line are named, at most so many lines.
constexpr size_t kNearest = 2;

std::string joined(llvm::ArrayRef<std::string> words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return text;
}

std::string nameOf(const Call &call) { return "`" + call.name.str() + "`"; }

/// Not one that the language makes: of a destructor, or to go through a range.
bool isWritten(const Function &body, const Call &call) {
  auto isHead = [&](const Loop &loop) { return loop.site == call.site; };
  return call.kind != CallKind::Destructor && (call.site.expansion || llvm::none_of(body.loops, isHead));
}

/// What counts as something on a line.
void forEachSite(const Function &body, llvm::function_ref<void(const Site &, llvm::StringRef)> visit) {
  for (const Call &call : body.calls)
    if (isWritten(body, call))
      visit(call.site, call.name);
  for (const Loop &loop : body.loops)
    visit(loop.site, "a loop");
  for (const Handler &handler : body.handlers)
    visit(handler.site, "a handler");
}

} // namespace

llvm::Expected<LinePlace> parsePlace(llvm::StringRef word) {
  auto [rest, last] = word.rsplit(':');
  auto [file, middle] = rest.rsplit(':');
  unsigned line = 0, column = 0;
  if (!file.empty() && !middle.getAsInteger(10, line) && line > 0 && !last.getAsInteger(10, column))
    return LinePlace{file.str(), line};
  if (rest.empty() || last.getAsInteger(10, line) || line == 0)
    return makeError("--why-not '" + word + "' is not of the form FILE:LINE, as in --why-not src/client.cpp:42");
  return LinePlace{rest.str(), line};
}

const Check &checkOf(const Finding &finding) {
  return **llvm::find_if(allChecks(), [&](const Check *check) { return check->info.id == finding.check; });
}

std::string shownText(const Finding &finding, const ExplainedProgram &explained) {
  const CheckInfo &check = checkOf(finding).info;
  std::vector<std::string> profiles, hiding;
  for (llvm::StringRef profile : {"ci", "ide", "audit"})
    if (isShown(std::min(check.precision, finding.confidence), profile))
      profiles.push_back(profile.str());
    else
      hiding.push_back(profile.str());
  std::string text = "shown in profile" + std::string(profiles.size() > 1 ? "s " : " ") + joined(profiles);
  if (!hiding.empty())
    text += ", not in " + joined(hiding);
  if (!explained.checkIsOn(check))
    text += "; the check is switched off by the options of this run";
  return text;
}

ExplainedProgram::ExplainedProgram(std::string root, Program linked, const rules::RuleSet &rules,
                                   std::map<std::string, OptionValues> options)
    : root(std::move(root)), program(std::move(linked)), analysis(program, rules), checkOptions(std::move(options)),
      findings(runChecks(
          analysis, allChecks(), checkOptions, [](Finding &) { return true; }, nullptr,
          [&](const Check &check, Rejection rejection) { rejections.push_back({&check, std::move(rejection)}); })) {}

WhyNot::WhyNot(const ExplainedProgram &explained)
    : explained_(explained), program_(explained.program), roles_(explained.analysis.get<RoleIndex>()) {
  for (const rules::Pack &pack : roles_.rules().packs)
    rules::forEachSection(pack, [&](llvm::StringRef section, const auto &list) {
      for (const rules::Row &row : list)
        sections_[&row] = section;
    });
  llvm::append_range(candidates_, explained.analysis.get<Dependencies>().rejections);
  llvm::append_range(candidates_, explained.analysis.get<Queues>().rejections);
  llvm::append_range(candidates_, explained.analysis.get<Retries>().rejections);
}

/// The file as the program calls it: named from the root, absolute, or by its end if only one ends so.
llvm::Expected<std::string> WhyNot::pathOf(const LinePlace &place) const {
  llvm::StringRef wanted = place.file;
  if (!explained_.root.empty() && wanted.consume_front(explained_.root))
    wanted.consume_front("/");
  while (wanted.consume_front("./")) {
  }
  std::set<std::string> paths, ending;
  for (const TuFacts &unit : program_.units)
    for (const File &file : unit.files)
      if (file.inProject)
        paths.insert(file.path.str());
  if (paths.contains(wanted.str()))
    return wanted.str();
  for (const std::string &path : paths)
    if (llvm::StringRef(path).ends_with(("/" + wanted).str()) || wanted.ends_with("/" + path))
      ending.insert(path);
  if (ending.size() == 1)
    return *ending.begin();
  if (!ending.empty())
    return makeError("several files of the program are called '" + wanted + "': " +
                     joined(std::vector<std::string>(ending.begin(), ending.end())));
  std::vector<llvm::StringRef> known(paths.begin(), paths.end());
  std::optional<std::string> meant = suggest(wanted, known);
  return makeError("no file of the program is called '" + wanted + "'" + (meant ? "; did you mean '" + *meant + "'?" : ""));
}

bool WhyNot::isAt(const LinkedFunction &function, const Site &site) const {
  return site.line == line_ && site.file && (*function.unit)[site.file].path == path_;
}

void WhyNot::addFindings(const Site &site, std::vector<Remark> &remarks) const {
  for (const Finding &finding : explained_.findings) {
    std::string name = finding.check + " " + finding.fingerprint;
    auto isHere = [&](const Location &where) {
      return where.path == path_ && where.line == line_ && where.column == site.column;
    };
    if (isHere(finding.where)) {
      std::string text = "reported by " + name + ": " + finding.message;
      remarks.push_back({text, {}});
      remarks.push_back({"  " + std::string(toString(finding.confidence)) + " confidence" +
                             (finding.doubt.empty() ? "" : " (" + finding.doubt + ")") + ", " +
                             shownText(finding, explained_),
                         {}});
    } else if (llvm::any_of(finding.chain, [&](const ChainStep &step) { return isHere(step.where); }) ||
               llvm::any_of(finding.related, [&](const Related &related) { return isHere(related.where); })) {
      remarks.push_back({"part of " + name + " at " + finding.where.path + ":" + std::to_string(finding.where.line), {}});
    }
  }
}

void WhyNot::addRejections(const Site &site, PlaceItem &item) const {
  for (const auto &[check, rejection] : explained_.rejections) {
    if (rejection.where.path != path_ || rejection.where.line != line_ || rejection.where.column != site.column)
      continue;
    std::string about = llvm::StringRef(item.what).ends_with(rejection.what) ? "" : rejection.what + ": ";
    item.remarks.push_back({"not reported by " + check->info.id.str() + ": " + about + rejection.reason, rejection.evidence});
  }
}

void WhyNot::addCandidates(CallRef call, std::vector<Remark> &remarks) const {
  for (const RejectedCandidate &passed : candidates_)
    if (passed.call && CallRef{passed.function, passed.call} == call)
      remarks.push_back({"not counted: " + passed.reason.str(), {}});
}

/// Which rows mean the call; if none does, where one would belong.
void WhyNot::addRows(const LinkedFunction &function, const Call &call, std::vector<Remark> &remarks) const {
  const Roles &roles = roles_.of(call.callee);
  std::vector<std::string> rows;
  for (const rules::Row *row : roles.all) {
    auto section = sections_.find(row);
    std::string name = row->fullId() + (section == sections_.end() ? "" : " (" + section->second.str() + ")");
    if (!llvm::is_contained(rows, name))
      rows.push_back(name);
  }
  if (!rows.empty())
    return remarks.push_back({"meant by row" + std::string(rows.size() > 1 ? "s " : " ") + joined(rows), {}});
  if (auto bodies = program_.bodies.find(call.callee); bodies != program_.bodies.end() && !bodies->second.empty()) {
    const LinkedFunction &body = program_.functions[bodies->second.front()];
    Location where = program_.location(body, body.body->site);
    return remarks.push_back({"no row of a pack means it; its body is in the program (" + where.path + ":" +
                                  std::to_string(where.line) + "), and what that does is judged there",
                              {}});
  }
  std::string text = "no row of a pack means it";
  auto declared = program_.declarations.find(call.callee);
  if (declared == program_.declarations.end())
    return remarks.push_back({text + ", and what it calls is decided at run time or by a template argument", {}});
  const auto &[declaration, unit] = declared->second;
  if (!roles.libraries.empty())
    return remarks.push_back({text + ", though its header belongs to pack " + roles.libraries.front()->name, {}});
  if (declaration->file && !(*unit)[declaration->file].inProject)
    text += "; its header <" + (*unit)[declaration->file].path.str() + "> belongs to no pack";
  else
    text += "; its body is not seen";
  remarks.push_back({text + ". If it waits, logs or queues, a row says so: docs/rules.md, `opex-tidy rules suggest`", {}});
}

/// A push by a row that the analysis has found no object for.
bool WhyNot::isLonePush(CallRef ref) const {
  const Call &call = (*program_.functions[ref.function].body)[ref.call];
  auto isPush = [](const QueueRole &role) { return role.call->does == rules::QueueCall::Push; };
  auto isKnown = [&](const QueueUse &queue) { return llvm::is_contained(queue.pushes, ref); };
  auto isPassed = [&](const RejectedCandidate &passed) { return passed.call && CallRef{passed.function, passed.call} == ref; };
  return llvm::any_of(roles_.of(call.callee).queues, isPush) && llvm::none_of(explained_.analysis.get<Queues>().queues, isKnown) &&
         llvm::none_of(candidates_, isPassed);
}

void WhyNot::addCall(const LinkedFunction &function, Index<Call> index, std::vector<PlaceItem> &items) const {
  const Call &call = (*function.body)[index];
  PlaceItem item{call.site.column, "call of " + nameOf(call), {}};
  addFindings(call.site, item.remarks);
  const DependencyUse *use = explained_.analysis.get<Dependencies>().at({function.position, index});
  if (use)
    llvm::append_range(item.remarks, remarksOn(*use));
  const LogStatement *log = explained_.analysis.get<Statements>().logs.at({function.position, index});
  if (log)
    item.remarks.push_back({"a log" + (log->level ? " at level " + std::string(toString(*log->level)) : "") +
                                (log->isOwn ? " by the body of what is called" : " by row " + log->rule), {}});
  if (!use && !log)
    addRows(function, call, item.remarks);
  addRejections(call.site, item);
  addCandidates({function.position, index}, item.remarks);
  if (isLonePush({function.position, index}))
    item.remarks.push_back({"not counted: only this function has what is added to, or which object it is, is out of sight", {}});
  items.push_back(std::move(item));
}

void WhyNot::addLoop(const LinkedFunction &function, Index<Loop> index, std::vector<PlaceItem> &items) const {
  const Site &site = function.body->loops[index.value].site;
  PlaceItem item{site.column, "loop", {}};
  addFindings(site, item.remarks);
  addRejections(site, item);
  for (const RejectedCandidate &passed : candidates_)
    if (passed.loop == index && passed.function == function.position)
      item.remarks.push_back({"no retry: " + passed.reason.str(), {}});
  items.push_back(std::move(item));
}

void WhyNot::addFunction(const LinkedFunction &function, std::vector<PlaceItem> &items) const {
  const Function &body = *function.body;
  if (isAt(function, body.site)) { // Of itself only what checks make of it counts.
    PlaceItem item{body.site.column, "function `" + body.name.str() + "`", {}};
    addFindings(body.site, item.remarks);
    addRejections(body.site, item);
    if (!item.remarks.empty())
      items.push_back(std::move(item));
  }
  for (uint32_t i = 0; i < body.calls.size(); ++i)
    if (isAt(function, body.calls[i].site) && isWritten(body, body.calls[i]))
      addCall(function, Index<Call>(i), items);
  for (uint32_t i = 0; i < body.loops.size(); ++i)
    if (isAt(function, body.loops[i].site))
      addLoop(function, Index<Loop>(i), items);
  for (uint32_t i = 0; i < body.handlers.size(); ++i)
    if (const Site &site = body.handlers[i].site; isAt(function, site)) {
      PlaceItem item{site.column, "handler `" + spellCatch(program_, function, Index<Handler>(i)) + "`", {}};
      addFindings(site, item.remarks);
      addRejections(site, item);
      items.push_back(std::move(item));
    }
}

/// Nothing is there: why, and where the next thing is.
std::string WhyNot::otherwise() const {
  for (const TuFacts &unit : program_.units)
    for (const File &file : unit.files)
      if (file.path == path_)
        for (const LineRange &range : file.skipped)
          if (line_ >= range.first && line_ <= range.last)
            return "the preprocessor leaves this line out, so nothing here is judged";
  std::map<uint32_t, std::string> lines;
  for (const LinkedFunction &function : program_.functions)
    forEachSite(*function.body, [&](const Site &site, llvm::StringRef what) {
      if (site.file && (*function.unit)[site.file].path == path_)
        lines.try_emplace(site.line, what.starts_with("a ") ? what.str() : "`" + what.str() + "`");
    });
  std::vector<std::pair<uint32_t, std::string>> nearest(lines.begin(), lines.end());
  auto distance = [&](uint32_t line) { return line > line_ ? line - line_ : line_ - line; };
  llvm::sort(nearest, [&](const auto &a, const auto &b) {
    return std::pair(distance(a.first), a.first) < std::pair(distance(b.first), b.first);
  });
  std::vector<std::string> names;
  for (const auto &[line, what] : llvm::ArrayRef(nearest).take_front(kNearest))
    names.push_back("line " + std::to_string(line) + " (" + what + ")");
  return "no call, loop or handler begins on this line" +
         (names.empty() ? ", and none in this file" : "; the nearest are on " + joined(names));
}

llvm::Expected<PlaceStory> WhyNot::at(const LinePlace &place) {
  llvm::Expected<std::string> path = pathOf(place);
  if (!path)
    return path.takeError();
  path_ = *path;
  line_ = place.line;
  PlaceStory story{path_, line_, {}, {}, {}};
  for (const LinkedFunction &function : program_.functions)
    addFunction(function, story.items);
  for (const TuFacts &unit : program_.units)
    for (const File &file : unit.files)
      if (file.path == path_ && story.lineText.empty())
        for (const SourceLine &line : file.lines)
          if (line.number == line_)
            story.lineText = line.text.str();
  llvm::sort(story.items);
  // Instantiations of a template, and units that see a header, say the same.
  auto same = [](const PlaceItem &a, const PlaceItem &b) {
    return a.column == b.column && a.what == b.what &&
           llvm::equal(a.remarks, b.remarks, [](const Remark &x, const Remark &y) { return x.text == y.text; });
  };
  story.items.erase(std::unique(story.items.begin(), story.items.end(), same), story.items.end());
  if (story.items.empty())
    story.otherwise = otherwise();
  return story;
}

} // namespace opex
