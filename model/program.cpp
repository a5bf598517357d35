#include "model/program.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace opex {

const Declaration *Program::declaration(EntityId id) const {
  auto found = declarations.find(id);
  return found == declarations.end() ? nullptr : found->second.first;
}

const Type *Program::parameterType(EntityId function, size_t parameter) const {
  auto found = declarations.find(function);
  if (found == declarations.end())
    return nullptr;
  auto [declaration, unit] = found->second;
  bool isKnown = parameter < declaration->parameters.size() && declaration->parameters[parameter];
  return isKnown ? &(*unit)[declaration->parameters[parameter]] : nullptr;
}

const Record *Program::record(EntityId id) const {
  auto found = records.find(id);
  return found == records.end() ? nullptr : found->second;
}

const Type *Program::typeOf(EntityId variable) const {
  auto found = declarations.find(variable);
  if (found == declarations.end() || !found->second.first->type)
    return nullptr;
  return &(*found->second.second)[found->second.first->type];
}

std::vector<const Record *> Program::withBases(EntityId start) const {
  std::vector<const Record *> result;
  std::set<EntityId> seen;
  std::vector<EntityId> queue = {start};
  for (size_t next = 0; next < queue.size(); ++next) {
    if (!queue[next] || !seen.insert(queue[next]).second)
      continue;
    if (const Record *found = record(queue[next])) {
      result.push_back(found);
      queue.insert(queue.end(), found->bases.begin(), found->bases.end());
    }
  }
  return result;
}

bool Program::derivesFrom(EntityId start, llvm::function_ref<bool(llvm::StringRef)> test) const {
  return llvm::any_of(withBases(start), [&](const Record *record) { return test(record->name); });
}

const LinkedFunction *Program::directCallee(const LinkedFunction &caller, Index<Call> call) const {
  const LinkedFunction *only = nullptr;
  for (const CallEdge &edge : calleesAt(caller, call)) {
    if (only || !edge.isCertain())
      return nullptr;
    only = &functions[edge.callee];
  }
  return only;
}

void Program::addEdges(llvm::ArrayRef<CallEdge> edges) {
  for (const CallEdge &edge : edges)
    functions[edge.caller].callees.push_back(edge);
  for (LinkedFunction &function : functions) {
    function.callers.clear();
    auto order = [](const CallEdge &e) { return std::tuple(e.call, e.callee, e.kind); };
    llvm::sort(function.callees, [&](const CallEdge &a, const CallEdge &b) { return order(a) < order(b); });
    auto same = [](const CallEdge &a, const CallEdge &b) { return a.call == b.call && a.callee == b.callee; };
    function.callees.erase(std::unique(function.callees.begin(), function.callees.end(), same), function.callees.end());
  }
  for (const LinkedFunction &caller : functions)
    for (const CallEdge &edge : caller.callees)
      functions[edge.callee].callers.push_back(edge);
}

llvm::ArrayRef<CallEdge> Program::calleesAt(const LinkedFunction &caller, Index<Call> call) const {
  auto before = [](const CallEdge &edge, Index<Call> c) { return edge.call < c; };
  auto after = [](Index<Call> c, const CallEdge &edge) { return c < edge.call; };
  auto first = std::lower_bound(caller.callees.begin(), caller.callees.end(), call, before);
  auto last = std::upper_bound(first, caller.callees.end(), call, after);
  return llvm::ArrayRef<CallEdge>(caller.callees).slice(first - caller.callees.begin(), last - first);
}

const LinkedFunction *Program::enclosing(const LinkedFunction &function) const {
  auto found = bodies.find(function.body->enclosing);
  if (!function.body->enclosing || found == bodies.end())
    return nullptr;
  // The variant that the lambda was seen in: same TU and instance.
  for (uint32_t position : found->second)
    if (functions[position].unit == function.unit &&
        functions[position].body->instance == function.body->enclosingInstance)
      return &functions[position];
  return nullptr;
}

Location Program::location(const LinkedFunction &function, const Site &site) const {
  Location location;
  if (!site.valid() || !site.file)
    return location;
  const File &file = (*function.unit)[site.file];
  location.path = file.path.str();
  location.line = site.line;
  location.column = site.column;
  location.endLine = site.endLine;
  location.endColumn = site.endColumn;
  location.function = function.body->name.str();
  auto line = llvm::lower_bound(file.lines, site.line,
                                [](const SourceLine &l, uint32_t number) { return l.number < number; });
  if (line != file.lines.end() && line->number == site.line) {
    location.lineText = line->text.str();
    location.lineHash = line->hash;
    location.lineOccurrence = line->occurrence;
  }
  return location;
}

Index<Value> argumentOf(const Program &program, const CallEdge &edge, uint32_t parameter) {
  const Function &caller = *program.functions[edge.caller].body, &callee = *program.functions[edge.callee].body;
  const Call &call = caller[edge.call];
  if (edge.kind != EdgeKind::Passed)
    return parameter < call.arguments.size() ? call.arguments[parameter] : Index<Value>();
  for (size_t place = 0; place < call.arguments.size(); ++place) {
    Index<Value> callable = call.arguments[place];
    while (callable && !caller[callable].operands.empty() &&
           (caller[callable].kind == ValueKind::Cast || caller[callable].kind == ValueKind::AddressOf))
      callable = caller[callable].operands[0];
    bool isIt = callable && (caller[callable].kind == ValueKind::Function || caller[callable].kind == ValueKind::Lambda) &&
                caller[callable].entity == callee.id;
    if (!isIt)
      continue;
    bool hasObject = callee.kind == FunctionKind::Method && !callee.isStatic;
    size_t first = place + 1 + hasObject;
    bool isWhole = call.arguments.size() - call.defaultArguments == first + callee.parameterCount;
    return isWhole && parameter < callee.parameterCount ? call.arguments[first + parameter] : Index<Value>();
  }
  return {};
}

std::vector<Index<Block>> enclosingBlocks(const Function &function, Index<Block> block) {
  std::vector<Index<Block>> result;
  for (; block && result.size() < function.blocks.size(); block = function[block].parent)
    result.push_back(block);
  return result;
}

llvm::StringRef unqualified(llvm::StringRef name) {
  // Asked of nearly every name, and much faster than a search for a text of two characters.
  for (size_t colon = name.rfind(':'); colon != llvm::StringRef::npos && colon > 0; colon = name.rfind(':', colon))
    if (name[colon - 1] == ':')
      return name.substr(colon + 1);
  return name;
}

namespace {

/// Prints expressions the way they are written; gives up on detail when `limit` is reached.
class Speller {
public:
  Speller(const Program &program, const Function &function, unsigned limit)
      : program_(program), function_(function), limit_(limit) {}

  void print(Index<Value> index, unsigned depth = 0) {
    if (!index || depth > 6 || out.size() > limit_)
      return void(out += "…");
    const Value &value = function_[index];
    switch (value.kind) {
    case ValueKind::Constant:
    case ValueKind::SizeOf:
      if (value.text.empty() && value.constant)
        out += std::to_string(*value.constant);
      else
        out += value.text;
      return;
    case ValueKind::String: return void(out += '"' + value.text.substr(0, 24).str() + '"');
    case ValueKind::Null: return void(out += "nullptr");
    case ValueKind::Enumerator:
    case ValueKind::Global:
    case ValueKind::Function: return void(out += nameOf(value.entity));
    case ValueKind::Local: return void(out += function_.locals[value.index].name);
    case ValueKind::This: return void(out += "this");
    case ValueKind::Field: return printField(value, depth);
    case ValueKind::Element: return printElement(value, depth);
    case ValueKind::Deref: return printUnary("*", value, depth);
    case ValueKind::AddressOf: return printUnary("&", value, depth);
    case ValueKind::Call: return printCall(function_.calls[value.index], depth);
    case ValueKind::Lambda: return void(out += "[…] {…}");
    case ValueKind::Unary: return printUnary(value.text, value, depth);
    case ValueKind::Binary:
      print(operand(value, 0), depth + 1);
      out += " " + value.text.str() + " ";
      return print(operand(value, 1), depth + 1);
    case ValueKind::Choice:
      print(operand(value, 0), depth + 1);
      out += " ? … : …";
      return;
    case ValueKind::Cast: return print(operand(value, 0), depth + 1);
    case ValueKind::List: return void(out += "{…}");
    case ValueKind::Await: return printUnary("co_await ", value, depth);
    case ValueKind::Float:
    case ValueKind::Unknown: return void(out += value.text.substr(0, limit_));
    }
  }

  std::string out;

private:
  Index<Value> operand(const Value &value, unsigned position) const {
    return position < value.operands.size() ? value.operands[position] : Index<Value>();
  }

  std::string nameOf(EntityId id) const {
    const Declaration *declaration = program_.declaration(id);
    return declaration ? unqualified(declaration->name).str() : "…";
  }

  void printField(const Value &value, unsigned depth) {
    if (Index<Value> base = operand(value, 0); base && function_[base].kind != ValueKind::This) {
      print(base, depth + 1);
      out += '.';
    }
    out += nameOf(value.entity);
  }

  void printElement(const Value &value, unsigned depth) {
    print(operand(value, 0), depth + 1);
    out += '[';
    print(operand(value, 1), depth + 1);
    out += ']';
  }

  void printUnary(llvm::StringRef op, const Value &value, unsigned depth) {
    out += op;
    print(operand(value, 0), depth + 1);
  }

  /// `a->b`, `a[i]`, `a == b` and `f(x)` as they are written, not as the operators' calls they are.
  void printOperator(const Call &call, unsigned depth) {
    llvm::StringRef op = unqualified(call.name).drop_front(sizeof("operator") - 1).trim();
    llvm::SmallVector<Index<Value>, 4> operands;
    if (call.object)
      operands.push_back(call.object);
    operands.append(call.arguments.begin(), call.arguments.end());
    if (operands.empty())
      return void(out += op);
    if (op == "->")
      return print(operands[0], depth + 1);
    if (op == "()" || op == "[]") {
      print(operands[0], depth + 1);
      out += op[0];
      for (size_t i = 1; i < operands.size(); ++i) {
        out += i > 1 ? ", " : "";
        print(operands[i], depth + 1);
      }
      return void(out += op[1]);
    }
    if (operands.size() == 1) {
      out += op;
      return print(operands[0], depth + 1);
    }
    print(operands[0], depth + 1);
    out += " " + op.str() + " ";
    print(operands[1], depth + 1);
  }

  void printCall(const Call &call, unsigned depth) {
    if (call.kind == CallKind::Operator && unqualified(call.name).starts_with("operator"))
      return printOperator(call, depth);
    bool isConversion = call.kind == CallKind::Constructor && !call.isHeap && call.arguments.size() == 1;
    if (isConversion)
      return print(call.arguments[0], depth);
    if (call.kind == CallKind::Method && call.object && function_[call.object].kind != ValueKind::This) {
      print(call.object, depth + 1);
      out += '.';
    }
    out += unqualified(call.name);
    out += '(';
    size_t written = call.arguments.size() - std::min<size_t>(call.defaultArguments, call.arguments.size());
    for (size_t i = 0; i < written; ++i) {
      if (i)
        out += ", ";
      print(call.arguments[i], depth + 1);
    }
    out += ')';
  }

  const Program &program_;
  const Function &function_;
  unsigned limit_;
};

} // namespace

std::string spell(const Program &program, const Function &function, Index<Value> value, unsigned limit) {
  Speller speller(program, function, limit);
  speller.print(value);
  return std::move(speller.out);
}

} // namespace opex
