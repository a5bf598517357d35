#include "analysis/values/text_values.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace opex {
namespace {

constexpr unsigned kMaxDepth = 16;
constexpr size_t kMaxLength = 4096;
constexpr unsigned kMaxSteps = 500;
constexpr char kGap = '\x01';

/// Where a value is written into a format: `%s`, `%-5d`, `{}`, `{:x}`. Its length, 0 where the text is none.
size_t placeholderLength(llvm::StringRef text) {
  if (text.starts_with("{")) {
    size_t end = text.find('}');
    return end == llvm::StringRef::npos ? 0 : end + 1;
  }
  if (!text.starts_with("%") || text.starts_with("%%"))
    return 0;
  size_t end = text.find_first_not_of("0123456789.-+# *lhzjt", 1);
  return end != llvm::StringRef::npos && llvm::isAlnum(text[end]) ? end + 1 : 0;
}

struct Collector {
  const Program &program;
  Provenance &provenance;
  Constants &constants;
  std::string text;
  unsigned steps = 0;
  bool isOpen = false;
  std::set<std::pair<uint32_t, Index<Value>>> open; ///< Being collected: texts made from themselves end here.

  void gap(bool isNumber = false) {
    // Behind one of these stands a value; anywhere else more than that may be left out.
    llvm::StringRef before = llvm::StringRef(text).rtrim(" ");
    bool isValue =
        before.ends_with("=") || (!text.empty() && !llvm::StringRef(" \t\n;&?").contains(text.back()));
    isOpen |= !isValue && !isNumber;
    if (text.empty() || text.back() != kGap)
      text += kGap;
  }

  void collect(const Frame &from, Index<Value> start, unsigned depth) {
    auto [frame, index] = constants.atCaller(from, start);
    if (!index || depth > kMaxDepth || ++steps > kMaxSteps || text.size() > kMaxLength)
      return gap();
    const LinkedFunction &function = program.functions[frame.function];
    if (!open.insert({frame.function, index}).second)
      return;
    collectValue(frame, function, index, depth);
    open.erase({frame.function, index});
  }

  void collectValue(const Frame &frame, const LinkedFunction &function, Index<Value> index, unsigned depth) {
    const Value &value = (*function.body)[index];
    if (value.constant && value.kind != ValueKind::String)
      return void(text += std::to_string(*value.constant));
    switch (value.kind) {
    case ValueKind::String: return void(text += value.text);
    case ValueKind::AddressOf:
    case ValueKind::Deref:
    case ValueKind::Cast:
    case ValueKind::Binary:
    case ValueKind::List:
      for (Index<Value> operand : value.operands)
        collect(frame, operand, depth + 1);
      return value.operands.empty() ? gap() : void();
    case ValueKind::Local:
      return collectIncoming(frame, provenance.assignedTo(frame.function, value.index),
                             isNumber(function, value), depth, [&](const Value &target) {
                               return target.kind == ValueKind::Local && target.index == value.index;
                             });
    case ValueKind::Field:
    case ValueKind::Global:
      return collectIncoming(
          frame, provenance.assignedTo(value.entity), isNumber(function, value), depth,
          [&](const Value &target) { return target.kind == value.kind && target.entity == value.entity; });
    case ValueKind::Call: return collectCall(frame, function, Index<Call>(value.index), depth);
    default: return gap(isNumber(function, value));
    }
  }

  static bool isNumber(const LinkedFunction &function, const Value &value) {
    TypeClass kind = value.type ? (*function.unit)[value.type].kind : TypeClass::Other;
    return kind == TypeClass::Integer || kind == TypeClass::Float || kind == TypeClass::Bool ||
           kind == TypeClass::Enumeration;
  }

  using IsTarget = llvm::function_ref<bool(const Value &)>;

  void collectIncoming(const Frame &frame, const std::vector<Provenance::Incoming> &incoming, bool isNumber,
                       unsigned depth, IsTarget isTarget) {
    for (const Provenance::Incoming &in : incoming)
      collect(in.function == frame.function ? frame : Frame{in.function, {}}, in.value, depth + 1);
    bool isChanged = !isNumber && collectChanges(frame, depth, isTarget);
    if (incoming.empty() && !isChanged)
      gap(isNumber);
  }

  /// What the function writes into the text after its start: `text += piece`, `stream << piece`,
  /// `format_to(text, …)`.
  bool collectChanges(const Frame &frame, unsigned depth, IsTarget isTarget) {
    const LinkedFunction &function = program.functions[frame.function];
    const Function &body = *function.body;
    bool isChanged = false;
    for (const Assign &assign : body.assigns)
      if (assign.op == "+=" && assign.value && isTarget(body[assign.target])) {
        collect(frame, assign.value, depth + 1);
        isChanged = true;
      }
    for (uint32_t i = 0; i < body.calls.size(); ++i)
      isChanged |= collectWritten(frame, function, Index<Call>(i), depth, isTarget);
    return isChanged;
  }

  /// What the call writes into the text, if it does.
  bool collectWritten(const Frame &frame, const LinkedFunction &function, Index<Call> index, unsigned depth,
                      IsTarget isTarget) {
    const Function &body = *function.body;
    const Call &call = body[index];
    auto isText = [&](Index<Value> value) { return value && isTarget(body[targetOf(body, value)]); };
    const Declaration *callee = program.declaration(call.callee);
    bool isMethod = isText(call.object) && call.kind != CallKind::Constructor && !(callee && callee->isConst);
    auto written = llvm::find_if(
        call.arguments, [&](Index<Value> argument) { return isText(argument) && mayWrite(call, argument); });
    if (!isMethod && written == call.arguments.end())
      return false;
    uint32_t parameter = written - call.arguments.begin();
    if (!isMethod && !program.calleesAt(function, index).empty()) {
      for (const CallEdge &edge : program.calleesAt(function, index)) {
        Frame inside{edge.callee, {{frame.function, index}}};
        inside.path.insert(inside.path.end(), frame.path.begin(), frame.path.end());
        if (depth < kMaxDepth && ++steps < kMaxSteps)
          collectChanges(inside, depth + 1, [&](const Value &target) {
            return target.kind == ValueKind::Local && target.index == parameter;
          });
      }
      return true;
    }
    std::vector<Index<Value>> pieces;
    for (Index<Value> argument : givenArguments(call))
      if (!isText(argument))
        pieces.push_back(argument);
    collectPieces(frame, pieces, depth);
    return !pieces.empty();
  }

  /// The variable at the left end of `stream << one << two`, behind addresses and casts.
  static Index<Value> targetOf(const Function &body, Index<Value> value) {
    while (true) {
      const Value &at = body[value];
      if ((at.kind == ValueKind::AddressOf || at.kind == ValueKind::Cast || at.kind == ValueKind::Deref) &&
          !at.operands.empty()) {
        value = at.operands[0];
        continue;
      }
      if (at.kind != ValueKind::Call || unqualified(body.calls[at.index].name) != "operator<<")
        return value;
      const Call &call = body.calls[at.index];
      Index<Value> left = call.object              ? call.object
                          : call.arguments.empty() ? Index<Value>()
                                                   : call.arguments[0];
      if (!left)
        return value;
      value = left;
    }
  }

  bool mayWrite(const Call &call, Index<Value> argument) const {
    // Some streams take what they are given by a reference that is not const.
    if (unqualified(call.name) == "operator<<" && argument != call.arguments.front())
      return false;
    const Type *type =
        program.parameterType(call.callee, llvm::find(call.arguments, argument) - call.arguments.begin());
    return type && !type->isConst && (type->kind == TypeClass::Reference || type->kind == TypeClass::Pointer);
  }

  static llvm::ArrayRef<Index<Value>> givenArguments(const Call &call) {
    return llvm::ArrayRef(call.arguments)
        .drop_back(std::min<size_t>(call.defaultArguments, call.arguments.size()));
  }

  /// The values one after the other; behind a format, at their places in it.
  void collectPieces(const Frame &frame, llvm::ArrayRef<Index<Value>> pieces, unsigned depth) {
    const Function &body = *program.functions[frame.function].body;
    for (size_t i = 0; i < pieces.size(); ++i) {
      auto [at, index] = constants.atCaller(frame, pieces[i]);
      const Value *value = index ? &(*program.functions[at.function].body)[index] : nullptr;
      if (!value || value->kind != ValueKind::String || i + 1 == pieces.size()) {
        bool isFormatBehind = llvm::any_of(pieces.drop_front(i + 1), [&](Index<Value> next) {
          return next && body[next].kind == ValueKind::String;
        });
        if (value && value->constant && isFormatBehind)
          continue; // The size of a buffer.
        collect(frame, pieces[i], depth + 1);
        continue;
      }
      llvm::StringRef format = value->text;
      while (!format.empty()) {
        size_t length = i + 1 < pieces.size() ? placeholderLength(format) : 0;
        if (length)
          collect(frame, pieces[++i], depth + 1);
        else
          text += format.front();
        format = format.drop_front(length ? length : 1);
      }
    }
  }

  void collectCall(const Frame &frame, const LinkedFunction &function, Index<Call> index, unsigned depth) {
    const Call &call = (*function.body)[index];
    auto callees = program.calleesAt(function, index);
    if (callees.empty() || call.kind == CallKind::Constructor) {
      // Constructors, operator+, c_str(), format functions: whatever texts go in may come out.
      if (call.object && call.kind != CallKind::Constructor)
        collect(frame, call.object, depth + 1);
      collectPieces(frame, givenArguments(call), depth);
      if (!call.object && call.arguments.empty() && call.kind != CallKind::Constructor)
        gap(isNumber(function, {.type = call.type}));
      return;
    }
    for (const CallEdge &edge : callees) {
      Frame callee{edge.callee, {{frame.function, index}}};
      callee.path.insert(callee.path.end(), frame.path.begin(), frame.path.end());
      if (provenance.returned(edge.callee).empty())
        gap();
      for (Index<Value> returned : provenance.returned(edge.callee))
        collect(callee, returned, depth + 1);
    }
  }
};

} // namespace

TextValue textOf(const Program &program, Provenance &provenance, Constants &constants, const Frame &frame,
                 Index<Value> value) {
  Collector collector{program, provenance, constants, {}, 0, false, {}};
  collector.collect(frame, value, 0);
  TextValue result;
  result.literals = std::move(collector.text);
  result.hasGaps = result.literals.find(kGap) != std::string::npos;
  result.isOpaque = result.literals.find_first_not_of(kGap) == std::string::npos && result.hasGaps;
  result.isOpen = collector.isOpen;
  return result;
}

} // namespace opex
