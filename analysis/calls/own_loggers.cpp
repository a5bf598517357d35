#include "analysis/calls/own_loggers.h"

#include "analysis/body/order.h"
#include "analysis/body/places.h"
#include "analysis/body/region.h"
#include "analysis/conventions/log_names.h"
#include "analysis/execution/call_components.h"
#include "analysis/values/text_flow.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

namespace opex {
namespace {

/// The level that the enumerator or macro is named after.
std::optional<LogLevel> levelNamedBy(const Program &program, const LinkedFunction &function, const Call &call,
                                     Index<Value> index) {
  index = withoutCasts(*function.body, index);
  if (!index)
    return std::nullopt;
  const Value &value = (*function.body)[index];
  if (value.kind == ValueKind::Enumerator)
    if (const Declaration *enumerator = program.declaration(value.entity))
      return levelInName(enumerator->name);
  if (value.kind == ValueKind::Constant && value.site.expansion &&
      value.site.expansion != call.site.expansion)
    return levelInName((*function.unit)[value.site.expansion].macro);
  return std::nullopt;
}

/// What the text of one function goes through and where it ends.
class LoggerBody {
public:
  LoggerBody(const Program &program, const RoleIndex &roles, const ByCall<LogStatement> &logs,
             llvm::ArrayRef<OwnLogger> known, llvm::ArrayRef<uint8_t> leaves, const LinkedFunction &function)
      : program_(program), roles_(roles), logs_(logs), known_(known), leaves_(leaves), function_(function),
        body_(*function.body), text_(program, function) {}

  /// What it is, as far as that of its callees is known.
  LoggerKind kind() const {
    LoggerKind result;
    if (text_.isEmpty() || !givesNothingBack() || throwsItself() || !areAllHarmless(/*isStrict=*/false))
      return result;
    auto any = [&](auto test) { return llvm::any_of(llvm::seq<uint32_t>(0, body_.calls.size()), test); };
    result.reachesLog =
        any([&](uint32_t call) { return isSink(call) && ends(call, &LoggerKind::reachesLog); });
    result.reachesOutput =
        any([&](uint32_t call) { return isSink(call) && ends(call, &LoggerKind::reachesOutput); });
    result.writesFile = any([&](uint32_t call) { return isKeptFile(call); });
    bool isWhole = text_.isFormatting()
                       ? result.reachesLog || result.reachesOutput
                       : any([&](uint32_t call) { return isSink(call) && isLog(startOf(call)); });
    bool isOnlyLog = text_.isFormatting() || areAllHarmless(/*isStrict=*/true);
    result.isLogger = isOnlyLog && (isWhole || (result.writesFile && isAboutLevels()));
    return result;
  }

  /// What its lines are, when all that it calls is known. In a recursion only what stands in it counts.
  void describe(OwnLogger &logger, bool isRecursive) const {
    llvm::SmallVector<uint32_t, 4> sinks;
    for (uint32_t i = 0; i < body_.calls.size(); ++i)
      if (isSink(i))
        sinks.push_back(i);
    logger.level = levelOf(sinks, isRecursive);
    for (uint32_t sink : llvm::reverse(sinks))
      if (std::string rule = ruleOf(sink); !rule.empty())
        logger.rule = rule;
  }

private:
  /// A row's log statement or a call of an own logger.
  bool isLog(uint32_t index) const {
    CallRef call{function_.position, Index<Call>(index)};
    return logs_.at(call) || ownLoggerAt(program_, known_, call);
  }

  bool mayRun(uint32_t index, bool LoggerKind::*what) const {
    return llvm::any_of(program_.calleesAt(function_, Index<Call>(index)), [&](const CallEdge &edge) {
      return edge.kind != EdgeKind::Passed && known_[edge.callee].kind.*what;
    });
  }

  /// Of `log << a << text`, the call that takes `log`; others are it themselves.
  uint32_t startOf(uint32_t index) const {
    while (unqualified(body_.calls[index].name) == "operator<<") {
      Index<Value> left = withoutCasts(body_, targetOf(body_.calls[index]));
      if (!left || body_[left].kind != ValueKind::Call)
        break;
      index = body_[left].index;
    }
    return index;
  }

  /// The text goes into a log here.
  bool isSink(uint32_t index) const {
    if (!text_.carries(body_.calls[index]))
      return false;
    return isLog(index) || rowAt(index) || mayRun(index, &LoggerKind::reachesLog) ||
           mayRun(index, &LoggerKind::reachesOutput);
  }

  /// Of a sink: in a log, or on a standard stream.
  bool ends(uint32_t sink, bool LoggerKind::*where) const {
    if (const LogStatement *row = rowAt(sink))
      return where == (row->isProgramOutput ? &LoggerKind::reachesOutput : &LoggerKind::reachesLog);
    return mayRun(sink, where);
  }

  /// The text is written to a file that is kept in a member or global: where rows know a log if it is a
  /// standard stream, or by a function that does so.
  bool isKeptFile(uint32_t index) const {
    const Call &call = body_.calls[index];
    if (!text_.carries(call))
      return false;
    if (mayRun(index, &LoggerKind::writesFile))
      return !call.object || !localOf(body_, call.object);
    return llvm::any_of(roles_.of(call.callee).loggers, [&](const rules::Logger *row) {
      return llvm::any_of(row->when, [&](const rules::ArgumentIs &condition) {
        Index<Value> file = withoutCasts(body_, valueAt(function_, call, condition.place));
        if (!file || !body_[file].type || (*function_.unit)[body_[file].type].kind != TypeClass::Pointer)
          return false;
        return body_[file].kind == ValueKind::Field || body_[file].kind == ValueKind::Global;
      });
    });
  }

  /// Nothing, or a number: how many characters.
  bool givesNothingBack() const {
    if (!body_.result)
      return true;
    TypeClass kind = (*function_.unit)[body_.result].kind;
    return kind == TypeClass::Void || (kind == TypeClass::Integer && text_.isFormatting());
  }

  bool throwsItself() const {
    return llvm::any_of(body_.exits, [&](const Exit &exit) {
      return exit.kind == ExitKind::Throw || exit.kind == ExitKind::Rethrow;
    });
  }

  bool areAllHarmless(bool isStrict) const {
    return llvm::all_of(body_.assigns, [&](const Assign &assign) { return isHarmless(assign, isStrict); }) &&
           llvm::all_of(llvm::seq<uint32_t>(0, body_.calls.size()), [&](uint32_t call) {
             return isSink(call) || isKeptFile(call) || isHarmless(call, isStrict);
           });
  }

  bool isHarmless(const Assign &assign, bool isStrict) const {
    if (text_.isOwn(assign.target))
      return true;
    if (isStrict || text_.carries(assign.value))
      return false;
    // `failed_ = true` tells somebody; that a time or a number of lines is kept does not.
    return !assign.value || !body_[assign.value].constant;
  }

  /// The call is part of how a line gets into a log. Strictly, what is done beside must have no effect that
  /// is seen.
  bool isHarmless(uint32_t index, bool isStrict) const {
    const Call &call = body_.calls[index];
    const bool hasBody = !program_.calleesAt(function_, Index<Call>(index)).empty();
    const bool hasCarried = text_.carries(call);
    if ((hasCarried || isStrict) && leavesAt(index))
      return false;
    const bool isMaking = call.result == ResultUse::Used || call.kind == CallKind::Constructor ||
                          call.kind == CallKind::Destructor || text_.isOwn(call.object);
    if (!hasCarried)
      return !isStrict || !hasBody || isMaking;
    if (isMaking || (!hasBody && llvm::any_of(call.arguments,
                                              [&](Index<Value> argument) { return text_.isOwn(argument); })))
      return true;
    return !isStrict && (hasBody || call.calleeValue);
  }

  bool leavesAt(uint32_t index) const {
    if (!roles_.of(body_.calls[index].callee).calls.empty())
      return true;
    return llvm::any_of(program_.calleesAt(function_, Index<Call>(index)), [&](const CallEdge &edge) {
      // Who is told of each line by a hook is no part of the logger.
      return edge.kind != EdgeKind::Callable && leaves_[edge.callee];
    });
  }

  /// A parameter is of a type with levels for names, or a level goes along with the text.
  bool isAboutLevels() const {
    for (uint32_t i = 0; i < body_.parameterCount; ++i)
      if (body_.locals[i].type && hasLevels((*function_.unit)[body_.locals[i].type]))
        return true;
    return llvm::any_of(body_.calls, [&](const Call &call) {
      return text_.carries(call) && levelInArguments(program_, function_, call);
    });
  }

  bool hasLevels(const Type &type) const {
    auto found = program_.enumerations.find(type.record);
    if (found == program_.enumerations.end())
      return false;
    std::set<LogLevel> levels;
    for (EntityId enumerator : found->second->enumerators)
      if (const Declaration *declaration = program_.declaration(enumerator))
        if (std::optional<LogLevel> level = levelInName(declaration->name))
          levels.insert(*level);
    return levels.size() >= 3;
  }

  std::optional<OwnLogger> ownAt(uint32_t index) const {
    return ownLoggerAt(program_, known_, {function_.position, Index<Call>(index)});
  }

  /// The row's statement that the call, the chain of `<<` or the macro is.
  const LogStatement *rowAt(uint32_t index) const {
    if (const LogStatement *log = logs_.at({function_.position, Index<Call>(startOf(index))}))
      return log;
    const Site &site = body_.calls[index].site;
    for (const LogStatement &log : logs_.of(function_.position))
      if (site.expansion && log.isMacro && body_[log.call.call].site.offset == site.offset)
        return &log;
    return nullptr;
  }

  std::string ruleOf(uint32_t sink) const {
    if (const LogStatement *row = rowAt(sink))
      return row->rule;
    std::optional<OwnLogger> own = ownAt(sink);
    return own ? own->rule : "";
  }

  /// The one that goes along with the text in all calls; else that of sinks which nothing stands before.
  std::optional<LogLevel> levelOf(llvm::ArrayRef<uint32_t> sinks, bool isRecursive) const {
    std::set<LogLevel> named, fixed;
    for (const Call &call : body_.calls)
      if (text_.carries(call))
        if (std::optional<LogLevel> level = levelInArguments(program_, function_, call))
          named.insert(*level);
    if (!named.empty())
      return named.size() == 1 ? std::optional(*named.begin()) : std::nullopt;
    for (uint32_t sink : sinks) {
      if (isRecursive)
        return std::nullopt;
      std::optional<OwnLogger> own = ownAt(sink);
      const LogStatement *row = rowAt(sink);
      std::optional<LogLevel> level = own ? own->level : row ? row->level : std::nullopt;
      if (!level || !isAlways(Index<Call>(sink)))
        return std::nullopt;
      fixed.insert(*level);
    }
    return fixed.size() == 1 ? std::optional(*fixed.begin()) : std::nullopt;
  }

  bool isAlways(Index<Call> call) const {
    bool mayReturn = llvm::any_of(body_.exits, [&](const Exit &exit) {
      return exit.kind == ExitKind::Return && exit.site.offset < body_[call].site.offset;
    });
    return !mayReturn && !conditionalArm(body_, momentOf(body_, call), Index<Block>(0));
  }

  const Program &program_;
  const RoleIndex &roles_;
  const ByCall<LogStatement> &logs_;
  llvm::ArrayRef<OwnLogger> known_;
  llvm::ArrayRef<uint8_t> leaves_; ///< By position: it leads to a call that leaves the process.
  const LinkedFunction &function_;
  const Function &body_;
  const TextFlow text_;
};

std::vector<uint8_t> leavingFunctions(const Program &program, const RoleIndex &roles,
                                      const CallComponents &order) {
  return settle(order, uint8_t(0), [&](uint32_t position, const std::vector<uint8_t> &known) {
    const LinkedFunction &function = program.functions[position];
    bool itself = llvm::any_of(function.body->calls,
                               [&](const Call &call) { return !roles.of(call.callee).calls.empty(); });
    bool leaves = itself || llvm::any_of(function.callees, [&](const CallEdge &edge) {
                    return edge.isCertain() && known[edge.callee];
                  });
    return uint8_t(leaves);
  });
}

} // namespace

std::vector<OwnLogger> findOwnLoggers(const Program &program, const RoleIndex &roles,
                                      const ByCall<LogStatement> &logs) {
  const CallComponents order = CallComponents::calleesFirst(program);
  const std::vector<uint8_t> leaves = leavingFunctions(program, roles, order);
  std::vector<OwnLogger> result =
      settle(order, OwnLogger(), [&](uint32_t position, const std::vector<OwnLogger> &known) {
        const LinkedFunction &function = program.functions[position];
        if (function.body->isUninstantiated || function.body->isNoReturn)
          return OwnLogger();
        return OwnLogger{LoggerBody(program, roles, logs, known, leaves, function).kind()};
      });
  for (size_t component = 0; component < order.size(); ++component)
    for (uint32_t position : order.members(component))
      if (result[position].kind.isLogger)
        LoggerBody(program, roles, logs, result, leaves, program.functions[position])
            .describe(result[position], order.isRecursive(component));
  return result;
}

std::optional<OwnLogger> ownLoggerAt(const Program &program, llvm::ArrayRef<OwnLogger> known, CallRef call) {
  std::optional<OwnLogger> found;
  for (const CallEdge &edge : program.calleesAt(program.functions[call.function], call.call)) {
    const OwnLogger &logger = known[edge.callee];
    if (!logger.kind.isLogger || edge.kind == EdgeKind::Passed)
      return std::nullopt;
    if (!found) {
      found = logger;
      continue;
    }
    if (found->level != logger.level)
      found->level.reset();
    found->kind.reachesLog |= logger.kind.reachesLog;
    found->kind.reachesOutput |= logger.kind.reachesOutput;
    found->kind.writesFile |= logger.kind.writesFile;
  }
  return found;
}

std::optional<LogLevel> levelInArguments(const Program &program, const LinkedFunction &function,
                                         const Call &call) {
  std::optional<LogLevel> least;
  for (Index<Value> argument : call.arguments)
    if (std::optional<LogLevel> level = levelNamedBy(program, function, call, argument);
        level && (!least || *level < *least))
      least = level;
  return least;
}

} // namespace opex
