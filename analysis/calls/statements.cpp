#include "analysis/calls/statements.h"

#include "analysis/calls/own_loggers.h"
#include "analysis/entries/reach.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

#include <map>
#include <set>

namespace opex {
namespace {

std::optional<LogLevel> levelOf(const Program &program, const LinkedFunction &function, const rules::Logger &row, const Call *call,
                    const Expansion *expansion) {
  if (row.level)
    return row.level;
  for (const auto &[spelling, level] : row.levels) {
    if (call) {
      rules::ArgumentIs condition{row.levelFrom, {spelling}, true};
      if (namesOneOf(program, function, valueAt(function, *call, row.levelFrom), condition))
        return level;
    } else if (row.levelFrom.kind == rules::Place::Argument && row.levelFrom.index < expansion->arguments.size() &&
               expansion->arguments[row.levelFrom.index].trim() == spelling) {
      return level;
    }
  }
  return std::nullopt;
}

/// `(isError ? std::cerr : std::cout) << …`: both are.
bool namesOneOnBothArms(const Program &program, const LinkedFunction &function, Index<Value> index, const rules::ArgumentIs &condition) {
  index = withoutCasts(*function.body, index);
  if (index && (*function.body)[index].kind == ValueKind::Choice) {
    llvm::ArrayRef<Index<Value>> operands = (*function.body)[index].operands;
    return operands.size() == 3 && llvm::all_of(operands.drop_front(), [&](Index<Value> arm) { return namesOneOf(program, function, arm, condition); });
  }
  return namesOneOf(program, function, index, condition);
}

/// The row that applies to this very call; null if none does.
const rules::Logger *loggerRow(const Program &program, const LinkedFunction &function, const Roles &roles, const Call &call) {
  for (const rules::Logger *row : roles.loggers)
    if (llvm::all_of(row->when, [&](const rules::ArgumentIs &condition) {
          return namesOneOnBothArms(program, function, valueAt(function, call, condition.place), condition);
        }))
      return row;
  return nullptr;
}

/// The macro was given one of these words.
bool isWritten(const Expansion &expansion, const rules::ArgumentIs &condition) {
  return condition.place.kind == rules::Place::Argument && condition.place.index < expansion.arguments.size() &&
         llvm::is_contained(condition.anyOf, expansion.arguments[condition.place.index].trim());
}

/// The first row of aborts whose conditions hold.
const rules::Abort *abortRow(const Roles &roles, llvm::function_ref<bool(const rules::ArgumentIs &)> holds) {
  auto row = llvm::find_if(roles.aborts, [&](const rules::Abort *abort) { return llvm::all_of(abort->when, holds); });
  return row == roles.aborts.end() ? nullptr : *row;
}

/// Rows of the macro the call comes out of, the outermost one first.
const Roles *macroRoles(const RoleIndex &roles, const LinkedFunction &function, const Call &call) {
  if (!call.site.expansion)
    return nullptr;
  const Expansion &expansion = (*function.unit)[call.site.expansion];
  const File *definedIn = expansion.definedIn ? &(*function.unit)[expansion.definedIn] : nullptr;
  if (const Roles &outer = roles.ofMacro(expansion.macro, definedIn); !outer.loggers.empty() || !outer.aborts.empty())
    return &outer;
  for (llvm::StringRef nested : expansion.nested)
    if (const Roles &inner = roles.ofMacro(nested); !inner.loggers.empty() || !inner.aborts.empty())
      return &inner;
  return nullptr;
}

GuardKind kindOf(rules::Guard::Kind kind) {
  switch (kind) {
  case rules::Guard::Limiter: return GuardKind::Limiter;
  case rules::Guard::Breaker: return GuardKind::Breaker;
  case rules::Guard::RetryBudget: return GuardKind::RetryBudget;
  case rules::Guard::SingleFlight: return GuardKind::SingleFlight;
  }
  llvm_unreachable("unknown guard");
}

/// Where each macro expansion begins: calls of its arguments stand further on.
std::map<Index<Expansion>, uint32_t> beginnings(const Function &body) {
  std::map<Index<Expansion>, uint32_t> result;
  auto add = [&](const Site &site) {
    if (!site.expansion)
      return;
    auto [known, isNew] = result.try_emplace(site.expansion, site.offset);
    if (!isNew)
      known->second = std::min(known->second, site.offset);
  };
  for (const Call &call : body.calls)
    add(call.site);
  for (const Branch &branch : body.branches)
    add(branch.site);
  for (const Loop &loop : body.loops)
    add(loop.site);
  return result;
}

} // namespace

void Statements::addLogGuards(const Program &program, const RoleIndex &roles, const LinkedFunction &function) {
  const Function &body = *function.body;
  auto saysHowMuch = [&](const Value &value) {
    if (value.kind == ValueKind::Local)
      return roles.isLogGuard(body.locals[value.index].name);
    if (value.kind == ValueKind::Call)
      return roles.isLogGuard(body.calls[value.index].name);
    const Declaration *declaration = value.entity ? program.declaration(value.entity) : nullptr;
    return declaration && roles.isLogGuard(declaration->name);
  };
  for (uint32_t i = 0; i < body.branches.size(); ++i)
    if (Index<Value> condition = body.branches[i].condition; condition && mentions(body, condition, saysHowMuch))
      logGuards.push_back({function.position, i});
}

void Statements::addLogsAndAborts(const Program &program, const RoleIndex &roles, const LinkedFunction &function) {
  std::map<Index<Expansion>, uint32_t> begins = beginnings(*function.body);
  std::set<uint32_t> offsets; // A macro is one statement however many calls it makes.
  for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
    const Call &call = function.body->calls[i];
    CallRef ref{function.position, Index<Call>(i)};
    const Roles &own = roles.of(call.callee);
    const Roles *macro = macroRoles(roles, function, call);
    if (macro && (call.site.offset != begins[call.site.expansion] || !offsets.insert(call.site.offset).second))
      macro = nullptr;
    const Expansion *expansion = macro ? &(*function.unit)[call.site.expansion] : nullptr;
    if (macro && !macro->loggers.empty())
      logs.add({ref, levelOf(program, function, *macro->loggers[0], nullptr, expansion), macro->loggers[0]->isRateLimited, macro->loggers[0]->isProgramOutput, true, false, macro->loggers[0]->fullId()});
    else if (const rules::Logger *row = loggerRow(program, function, own, call);
             row && !(call.site.expansion && offsets.contains(call.site.offset)))
      logs.add({ref, levelOf(program, function, *row, &call, nullptr), row->isRateLimited, row->isProgramOutput, false, false, row->fullId()});
    const rules::Abort *abort = macro ? abortRow(*macro, [&](const rules::ArgumentIs &is) { return isWritten(*expansion, is); }) : nullptr;
    if (!abort)
      abort = abortRow(own, [&](const rules::ArgumentIs &is) { return namesOneOf(program, function, valueAt(function, call, is.place), is); });
    if (abort)
      aborts.add({ref, abort->isAssertion});
    if (!own.errorReports.empty())
      errorReports.add({ref});
  }
}

/// Calls of loggers of the program's own, where no row means the macro that they come out of.
void Statements::addOwnLogs(const Program &program, const RoleIndex &roles) {
  const std::vector<OwnLogger> loggers = findOwnLoggers(program, roles, logs);
  std::vector<LogStatement> all(logs.begin(), logs.end());
  for (const LinkedFunction &function : program.functions) {
    std::set<uint32_t> offsets;
    for (const LogStatement &log : logs.of(function.position))
      offsets.insert((*function.body)[log.call.call].site.offset);
    for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
      const Call &call = function.body->calls[i];
      CallRef ref{function.position, Index<Call>(i)};
      std::optional<OwnLogger> logger = ownLoggerAt(program, loggers, ref);
      if (!logger || !offsets.insert(call.site.offset).second)
        continue;
      std::optional<LogLevel> named = levelInArguments(program, function, call);
      // What has a level is no output of a tool.
      all.push_back({ref, named ? named : logger->level, false, !named && logger->kind.isProgramOutput(), bool(call.site.expansion), true, logger->rule});
    }
  }
  llvm::sort(all, [](const LogStatement &left, const LogStatement &right) { return left.call < right.call; });
  logs = {};
  for (LogStatement &log : all)
    logs.add(std::move(log));
}

const rules::Store *storeRowOf(const Subjects &subjects, const RoleIndex &roles, const Frame &frame, const Call &call) {
  for (const rules::Store *row : roles.of(call.callee).stores)
    if (llvm::all_of(row->when, [&](const rules::ArgumentIs &condition) { return subjects.holds(frame, call, condition); }))
      return row;
  return nullptr;
}

/// `poll(0)`: it comes back at once.
static bool isNoTime(const LinkedFunction &function, const Call &call, const rules::Pause &row) {
  Index<Value> value = row.amount ? valueAt(function, call, row.amount->from) : Index<Value>();
  return value && (*function.body)[value].constant == 0;
}

void Statements::addWork(const Program &program, const RoleIndex &roles, const Subjects &subjects, const LinkedFunction &function) {
  for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
    const Call &call = function.body->calls[i];
    CallRef ref{function.position, Index<Call>(i)};
    const Roles &own = roles.of(call.callee);
    if (!own.pauses.empty() && !isNoTime(function, call, *own.pauses.front()))
      pauses.push_back(ref);
    if (!own.guards.empty()) {
      const rules::Guard &row = *own.guards.front();
      guards.add({ref, kindOf(row.kind), callablesIn(program, subjects, function, valueAt(function, call, row.work))});
    }
    if (!own.iterations.empty())
      iterations.add({ref, callablesIn(program, subjects, function, valueAt(function, call, own.iterations.front()->work))});
    if (const rules::Store *row = storeRowOf(subjects, roles, {function.position, {}}, call))
      stores.add({ref, row->fullId()});
  }
}

bool Statements::isPause(CallRef call) const { return std::binary_search(pauses.begin(), pauses.end(), call); }

llvm::ArrayRef<CallRef> Statements::pausesOf(uint32_t function) const {
  llvm::ArrayRef<CallRef> all = pauses;
  auto first = std::partition_point(all.begin(), all.end(), [&](const CallRef &call) { return call.function < function; });
  auto last = std::partition_point(first, all.end(), [&](const CallRef &call) { return call.function == function; });
  return {first, last};
}

Statements Statements::run(const Needs &in) {
  Statements result;
  for (const LinkedFunction &function : in.program().functions) {
    result.addLogGuards(in.program(), in.get<RoleIndex>(), function);
    result.addLogsAndAborts(in.program(), in.get<RoleIndex>(), function);
    result.addWork(in.program(), in.get<RoleIndex>(), in.get<Subjects>(), function);
  }
  result.addOwnLogs(in.program(), in.get<RoleIndex>());
  return result;
}

} // namespace opex
