#include "analysis/annotate.h"

#include "analysis/bounds.h"
#include "analysis/constructions.h"
#include "analysis/reach.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

namespace opex {
namespace {

const char *nameOf(rules::DependencyKind kind) {
  switch (kind) {
  case rules::DependencyKind::Http: return "http";
  case rules::DependencyKind::Rpc: return "rpc";
  case rules::DependencyKind::Database: return "database";
  case rules::DependencyKind::Cache: return "cache";
  case rules::DependencyKind::Broker: return "broker";
  case rules::DependencyKind::Dns: return "dns";
  case rules::DependencyKind::Socket: return "socket";
  case rules::DependencyKind::Subprocess: return "subprocess";
  case rules::DependencyKind::Pool: return "pool";
  case rules::DependencyKind::LocalWait: return "local wait";
  }
  llvm_unreachable("unknown kind");
}

const char *nameOf(rules::LogLevel level) {
  switch (level) {
  case rules::LogLevel::Trace: return "trace";
  case rules::LogLevel::Debug: return "debug";
  case rules::LogLevel::Info: return "info";
  case rules::LogLevel::Warning: return "warning";
  case rules::LogLevel::Error: return "error";
  case rules::LogLevel::Fatal: return "fatal";
  }
  llvm_unreachable("unknown level");
}

/// Whether the object comes from a spawn whose work is visible; looks through variables it is kept in.
bool isSpawned(const Program &program, Subjects &subjects, const Origin &origin, unsigned depth) {
  if (origin.kind == Origin::Creation) {
    const SpawnUse *spawn = program.annotations.spawn({origin.function, Index<Call>(origin.index)});
    return spawn && !spawn->entries.empty();
  }
  std::vector<HeldSubject> held = depth < 4 ? subjects.heldBy(origin) : std::vector<HeldSubject>();
  return !held.empty() && llvm::all_of(held, [&](const HeldSubject &in) {
    const std::vector<Arrival> &arrivals = subjects.provenance().resolve(in.function, in.value);
    return !arrivals.empty() && llvm::all_of(arrivals, [&](const Arrival &arrival) {
      return isSpawned(program, subjects, arrival.origin, depth + 1);
    });
  });
}

/// The waited-for work is visible: what it waits for is judged there, not at the wait.
bool hasVisibleProducer(const Program &program, Subjects &subjects, const rules::DependencyCall &row, CallRef ref) {
  const LinkedFunction &function = program.functions[ref.function];
  Index<Value> value = valueAt(function, (*function.body)[ref.call], row.subject);
  if (!value)
    return false;
  const std::vector<Arrival> &arrivals = subjects.provenance().resolve(ref.function, value);
  return !arrivals.empty() && llvm::all_of(arrivals, [&](const Arrival &arrival) {
    return isSpawned(program, subjects, arrival.origin, 0);
  });
}

void annotateDependencies(Program &program, const RoleIndex &roles, Subjects &subjects) {
  for (const LinkedFunction &function : program.functions)
    for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
      const Call &call = function.body->calls[i];
      for (const rules::DependencyCall *row : roles.of(call.callee).calls) {
        DependencyUse use;
        use.call = {function.position, Index<Call>(i)};
        use.rule = row->id;
        use.callee = call.name.str();
        use.kind = nameOf(row->kind);
        use.isLocalWait = row->kind == rules::DependencyKind::LocalWait;
        use.isIdleWait = row->isIdleWait;
        use.onRequestPath = program.annotations.onRequestPath[function.position] > 0;
        use.isPossiblePath = program.annotations.onRequestPath[function.position] == 1;
        use.defaultText = row->defaultText;
        use.advice = row->advice;
        if (use.isLocalWait && hasVisibleProducer(program, subjects, *row, use.call))
          continue;
        if (!evaluateBounds(program, roles, subjects, *row, use))
          continue;
        program.annotations.dependencies.push_back(std::move(use));
        break; // Rows stand in order of precedence.
      }
    }
}

std::string levelOf(const Program &program, const LinkedFunction &function, const rules::Logger &row, const Call *call,
                    const Expansion *expansion) {
  if (row.level)
    return nameOf(*row.level);
  for (const auto &[spelling, level] : row.levels) {
    if (call) {
      rules::ArgumentIs condition{row.levelFrom, {spelling}, true};
      if (namesOneOf(program, function, valueAt(function, *call, row.levelFrom), condition))
        return nameOf(level);
    } else if (row.levelFrom.kind == rules::Place::Argument && row.levelFrom.index < expansion->arguments.size() &&
               expansion->arguments[row.levelFrom.index].trim() == spelling) {
      return nameOf(level);
    }
  }
  return {};
}

/// The row that applies to this very call; null if none does.
const rules::Logger *loggerRow(const Program &program, const LinkedFunction &function, const Roles &roles, const Call &call) {
  for (const rules::Logger *row : roles.loggers)
    if (llvm::all_of(row->when, [&](const rules::ArgumentIs &condition) {
          return namesOneOf(program, function, valueAt(function, call, condition.place), condition);
        }))
      return row;
  return nullptr;
}

/// Rows of the macro the call comes out of, the outermost one first.
const Roles *macroRoles(const RoleIndex &roles, const LinkedFunction &function, const Call &call) {
  if (!call.site.expansion)
    return nullptr;
  const Expansion &expansion = (*function.unit)[call.site.expansion];
  if (const Roles &outer = roles.ofMacro(expansion.macro); !outer.loggers.empty() || !outer.aborts.empty())
    return &outer;
  for (llvm::StringRef nested : expansion.nested)
    if (const Roles &inner = roles.ofMacro(nested); !inner.loggers.empty() || !inner.aborts.empty())
      return &inner;
  return nullptr;
}

void annotateStatements(Program &program, const RoleIndex &roles) {
  Annotations &notes = program.annotations;
  for (const LinkedFunction &function : program.functions) {
    std::set<uint32_t> offsets; // A macro is one statement however many calls it makes.
    for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
      const Call &call = function.body->calls[i];
      CallRef ref{function.position, Index<Call>(i)};
      const Roles &own = roles.of(call.callee);
      const Roles *macro = macroRoles(roles, function, call);
      if (macro && !offsets.insert(call.site.offset).second)
        macro = nullptr;
      const Expansion *expansion = macro ? &(*function.unit)[call.site.expansion] : nullptr;
      if (macro && !macro->loggers.empty())
        notes.logs.push_back({ref, levelOf(program, function, *macro->loggers[0], nullptr, expansion), macro->loggers[0]->isRateLimited});
      else if (const rules::Logger *row = loggerRow(program, function, own, call);
               row && !(call.site.expansion && offsets.contains(call.site.offset)))
        notes.logs.push_back({ref, levelOf(program, function, *row, &call, nullptr), row->isRateLimited});
      if (macro && !macro->aborts.empty())
        notes.aborts.push_back({ref, macro->aborts[0]->isAssertion});
      else if (!own.aborts.empty())
        notes.aborts.push_back({ref, own.aborts[0]->isAssertion});
      if (!own.errorReports.empty())
        notes.errorReports.push_back({ref});
    }
  }
}

} // namespace

void annotate(Program &program, const rules::RuleSet &rules) {
  program.annotations = {};
  RoleIndex roles(program, rules);
  linkConstructions(program, roles);
  Subjects subjects(program, roles);
  annotateReach(program, roles, subjects);
  annotateStatements(program, roles);
  annotateDependencies(program, roles, subjects);
}

} // namespace opex
