#include "analysis/entries/reach.h"
#include "analysis/retries/finder.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

namespace opex {
namespace {

/// What the callables do that can fail.
std::vector<CallRef> workOf(const RetryFinder &finder, const std::vector<uint32_t> &callables,
                            bool &isCertain) {
  std::vector<CallRef> work;
  for (uint32_t callable : callables) {
    const LinkedFunction &function = finder.program.functions[callable];
    for (uint32_t i = 0; i < function.body->calls.size(); ++i)
      if (WorkReach reach = finder.work.reach({callable, Index<Call>(i)}); reach.reaches()) {
        work.push_back({callable, Index<Call>(i)});
        isCertain |= reach.isCertain;
      }
  }
  return work;
}

/// `again(mysql_query, …)`: a function of a library, by its name.
bool isDependencyNamed(const RetryFinder &finder, const Function &body, Index<Value> argument) {
  while (argument && (body[argument].kind == ValueKind::Cast || body[argument].kind == ValueKind::AddressOf))
    argument = body[argument].operands.front();
  return argument && body[argument].kind == ValueKind::Function && !finder.roles.of(body[argument].entity).calls.empty();
}

void addEvidence(RetryFinder &finder, RetryUse &use, const LinkedFunction &function, llvm::StringRef name) {
  std::string what = "`" + unqualified(name).str() + "` does what it is given again when it fails";
  if (use.form == RetryForm::Library)
    what = "`" + unqualified(name).str() + "` tries again by itself when it fails";
  use.evidence.push_back({finder.program.location(function, use.site), what});
}

void findHelperCalls(RetryFinder &finder, const RetryFinder::HelperLoop &helper) {
  const LinkedFunction &target = finder.program.functions[helper.function];
  for (const CallEdge &edge : target.callers) {
    if (!edge.isCertain())
      continue;
    const LinkedFunction &caller = finder.program.functions[edge.caller];
    const Call &call = (*caller.body)[edge.call];
    if (helper.parameter >= call.arguments.size())
      continue;
    RetryUse use;
    use.form = RetryForm::Helper;
    use.function = caller.position;
    use.site = call.site;
    use.call = edge.call;
    bool isCertain = false;
    use.work = workOf(finder, callablesHeld(finder.program, finder.subjects, caller, call.arguments[helper.parameter]), isCertain);
    if (use.work.empty() && isDependencyNamed(finder, *caller.body, call.arguments[helper.parameter])) {
      use.work = {{edge.caller, edge.call}};
      isCertain = true;
    }
    if (use.work.empty())
      continue;
    use.confidence = isCertain ? Confidence::High : Confidence::Medium;
    use.doubt = kUncertainWork;
    use.attempts = helper.attempts;
    if (helper.limit) {
      Attempts symbol{Attempts::Symbol, 0, spell(finder.program, *target.body, helper.limit)};
      auto [frame, value] =
          finder.subjects.constants().atCaller({helper.function, {{edge.caller, edge.call}}}, helper.limit);
      if (frame.function != helper.function)
        symbol.text = spell(finder.program, *finder.program.functions[frame.function].body, value);
      if (helper.attempts.kind != Attempts::Known || frame.function != helper.function)
        use.attempts = symbol;
      // What the call says; the helper may count it down.
      if (std::optional<int64_t> written = (*finder.program.functions[frame.function].body)[value].constant;
          written && frame.function != helper.function)
        use.attempts = {Attempts::Known, *written + helper.offset, {}};
      else
        resolveLimit(finder, {helper.function, {{edge.caller, edge.call}}}, helper.limit, helper.offset,
                     use.attempts);
    }
    use.pauses = helper.pauses;
    use.isGuarded = helper.isGuarded;
    addEvidence(finder, use, caller, call.name);
    finder.found.push_back(std::move(use));
  }
}

/// What the setting of the object, or of one that it was made from, says. None: nothing was set.
std::optional<Attempts> settingOf(RetryFinder &finder, const Origin &origin, const rules::Retry &row,
                                  std::set<ObjectId> &asked) {
  if (!asked.insert(origin.object()).second)
    return std::nullopt;
  for (const SettingEvent *event : finder.subjects.eventsOf(origin)) {
    if (event->isReset || event->isCleared || event->isUncertain ||
        !llvm::is_contained(event->settings, row.setting))
      continue;
    Attempts attempts;
    if (event->limit.kind == LimitValue::Infinite)
      attempts.kind = Attempts::Unbounded;
    else if (event->limit.kind == LimitValue::Finite && event->limit.ns && !event->isPossible)
      attempts = {Attempts::Known, *event->limit.ns + (row.countsExtra ? 1 : 0), {}};
    return attempts;
  }
  for (const HeldSubject &held : finder.subjects.heldBy(origin))
    for (const Arrival &arrival : finder.subjects.provenance().resolve(held.function, held.value))
      if (std::optional<Attempts> attempts = settingOf(finder, arrival.origin, row, asked))
        return attempts;
  return std::nullopt;
}

struct RowAttempts {
  Attempts attempts;
  bool isChosen = false; ///< By the program, not by the library.
};

RowAttempts attemptsOfRow(RetryFinder &finder, const LinkedFunction &function, const Call &call,
                          const rules::Retry &row) {
  if (Index<Value> value = row.amount ? valueAt(function, call, row.amount->from) : Index<Value>()) {
    Frame frame{function.position, {}};
    LimitValue limit = limitOf(finder.program, finder.subjects.constants(), finder.subjects.provenance(),
                               frame, call.block, value, *row.amount);
    if (limit.kind == LimitValue::Infinite)
      return {{Attempts::Unbounded, 0, {}}, true};
    Attempts attempts{Attempts::Symbol, 0, spell(finder.program, *function.body, value)};
    resolveLimit(finder, frame, value, row.countsExtra ? 1 : 0, attempts);
    return {attempts, true};
  }
  if (Index<Value> subject = row.setting.empty() ? Index<Value>() : valueAt(function, call, row.subject))
    for (const Arrival &arrival : finder.subjects.provenance().resolve(function.position, subject)) {
      std::set<ObjectId> asked;
      if (std::optional<Attempts> attempts = settingOf(finder, arrival.origin, row, asked))
        return {*attempts, true};
    }
  if (row.count)
    return {{Attempts::Known, *row.count + (row.countsExtra ? 1 : 0), {}}, false};
  return {};
}

void findRows(RetryFinder &finder) {
  for (const LinkedFunction &function : finder.program.functions)
    for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
      const Call &call = function.body->calls[i];
      CallRef ref{function.position, Index<Call>(i)};
      for (const rules::Retry *row : finder.roles.of(call.callee).retries) {
        Frame frame{function.position, {}};
        if (!llvm::all_of(row->when, [&](const rules::ArgumentIs &condition) {
              return finder.subjects.holds(frame, call, condition);
            }))
          continue;
        RetryUse use;
        bool takesWork = row->work.kind != rules::Place::None, isCertain = true;
        use.form = takesWork ? RetryForm::Helper : RetryForm::Library;
        use.function = function.position;
        use.site = call.site;
        use.call = ref.call;
        use.work = {ref};
        if (takesWork)
          use.work =
              workOf(finder, callablesHeld(finder.program, finder.subjects, function, valueAt(function, call, row->work)), isCertain);
        RowAttempts read = attemptsOfRow(finder, function, call, *row);
        use.attempts = read.attempts;
        use.isChosen = read.isChosen;
        bool mayBeOff = read.isChosen && read.attempts.kind == Attempts::Unknown;
        if (use.work.empty() || mayBeOff || (use.attempts.kind == Attempts::Known && use.attempts.count < 2))
          break;
        use.confidence = isCertain ? Confidence::High : Confidence::Medium;
        use.doubt = kUncertainWork;
        use.pauses = row->pauses;
        use.rule = row->fullId();
        addEvidence(finder, use, function, call.name);
        finder.found.push_back(std::move(use));
        break;
      }
    }
}

} // namespace

void findRetryCalls(RetryFinder &finder) {
  for (const RetryFinder::HelperLoop &helper : finder.helpers)
    findHelperCalls(finder, helper);
  findRows(finder);
}

} // namespace opex
