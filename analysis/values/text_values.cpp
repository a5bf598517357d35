#include "analysis/values/text_values.h"

namespace opex {
namespace {

constexpr unsigned kMaxDepth = 16;
constexpr size_t kMaxLength = 4096;
constexpr unsigned kMaxSteps = 500;
constexpr char kGap = '\x01';

struct Collector {
  const Program &program;
  Provenance &provenance;
  Constants &constants;
  std::string text;
  unsigned steps = 0;

  void gap() {
    if (text.empty() || text.back() != kGap)
      text += kGap;
  }

  void collect(const Frame &from, Index<Value> start, unsigned depth) {
    auto [frame, index] = constants.atCaller(from, start);
    if (!index || depth > kMaxDepth || ++steps > kMaxSteps || text.size() > kMaxLength)
      return gap();
    const LinkedFunction &function = program.functions[frame.function];
    const Value &value = (*function.body)[index];
    switch (value.kind) {
    case ValueKind::String: return void(text += value.text);
    case ValueKind::Constant: return value.constant ? void(text += std::to_string(*value.constant)) : gap();
    case ValueKind::AddressOf:
    case ValueKind::Deref:
    case ValueKind::Cast:
    case ValueKind::Binary:
    case ValueKind::List:
      for (Index<Value> operand : value.operands)
        collect(frame, operand, depth + 1);
      return value.operands.empty() ? gap() : void();
    case ValueKind::Local:
      return collectIncoming(frame, provenance.assignedTo(frame.function, value.index), depth, [&](const Value &target) {
        return target.kind == ValueKind::Local && target.index == value.index;
      });
    case ValueKind::Field:
    case ValueKind::Global:
      return collectIncoming(frame, provenance.assignedTo(value.entity), depth, [&](const Value &target) {
        return target.kind == value.kind && target.entity == value.entity;
      });
    case ValueKind::Call: return collectCall(frame, function, Index<Call>(value.index), depth);
    default: return gap();
    }
  }

  void collectIncoming(const Frame &frame, const std::vector<Provenance::Incoming> &incoming, unsigned depth,
                       llvm::function_ref<bool(const Value &)> isTarget) {
    if (incoming.empty())
      gap();
    for (const Provenance::Incoming &in : incoming)
      collect(in.function == frame.function ? frame : Frame{in.function, {}}, in.value, depth + 1);
    // `text += piece` in the same function.
    const Function &body = *program.functions[frame.function].body;
    for (const Assign &assign : body.assigns)
      if (assign.op == "+=" && isTarget(body[assign.target]))
        collect(frame, assign.value, depth + 1);
    for (const Call &call : body.calls) {
      llvm::StringRef name = unqualified(call.name);
      bool appends = name == "operator+=" || name == "append" || name == "operator<<";
      if (appends && call.object && isTarget(body[call.object]))
        for (Index<Value> argument : call.arguments)
          collect(frame, argument, depth + 1);
    }
  }

  void collectCall(const Frame &frame, const LinkedFunction &function, Index<Call> index, unsigned depth) {
    const Call &call = (*function.body)[index];
    auto callees = program.calleesAt(function, index);
    if (callees.empty()) {
      // Constructors, operator+, c_str(), format functions: whatever texts go in may come out.
      if (call.object)
        collect(frame, call.object, depth + 1);
      for (Index<Value> argument : call.arguments)
        collect(frame, argument, depth + 1);
      if (!call.object && call.arguments.empty())
        gap();
      return;
    }
    for (const CallEdge &edge : callees) {
      Frame callee{edge.callee, {{frame.function, index}}};
      callee.path.insert(callee.path.end(), frame.path.begin(), frame.path.end());
      for (Index<Value> returned : provenance.returned(edge.callee))
        collect(callee, returned, depth + 1);
    }
  }
};

} // namespace

TextValue textOf(const Program &program, Provenance &provenance, Constants &constants, const Frame &frame,
                 Index<Value> value) {
  Collector collector{program, provenance, constants, {}, 0};
  collector.collect(frame, value, 0);
  TextValue result;
  result.literals = std::move(collector.text);
  result.hasGaps = result.literals.find(kGap) != std::string::npos;
  result.isOpaque = result.literals.find_first_not_of(kGap) == std::string::npos && result.hasGaps;
  return result;
}

} // namespace opex
