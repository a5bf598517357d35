#include "model/facts_text.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

namespace opex {

std::string quoted(llvm::StringRef text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      (result += '\\') += c;
    else if (c == '\n')
      result += "\\n";
    else if (c == '\t')
      result += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      result += "\\x" + llvm::utohexstr(static_cast<unsigned char>(c), /*LowerCase=*/true, 2);
    else
      result += c;
  }
  return result += '"';
}

FactText::FactText(const TuFacts &facts) : facts_(facts) {
  for (const Declaration &declaration : facts.declarations)
    names_.try_emplace(declaration.id, declaration.name);
  for (const Record &record : facts.records) {
    names_.try_emplace(record.id, record.name);
    for (const FieldFact &member : record.members)
      names_.try_emplace(member.id, member.name);
  }
  for (const Enumeration &enumeration : facts.enumerations)
    names_.try_emplace(enumeration.id, enumeration.name);
  for (const Function &function : facts.functions)
    names_.try_emplace(function.id, function.name);
}

std::string FactText::name(EntityId id) const {
  const auto found = names_.find(id);
  if (found != names_.end() && !found->second.empty())
    return found->second.str();
  return "#" + llvm::utohexstr(id.hash, /*LowerCase=*/true, 16);
}

std::string FactText::type(Index<Type> type) const {
  if (type.value >= facts_.types.size())
    return "?";
  const Type &entry = facts_[type];
  return (entry.spelled.empty() ? entry.canonical : entry.spelled).str();
}

/// Appends to one string, within a budget of depth and length.
class FactText::Renderer {
public:
  Renderer(const FactText &text, const Function &function) : text_(text), function_(function) {}

  void value(Index<Value> index);
  void call(const Call &call);
  std::string take() { return std::move(out_); }

private:
  static constexpr unsigned kMaxDepth = 24;
  static constexpr size_t kMaxLength = 1000;

  void expression(const Value &value);
  /// The operands, in order, with the pieces before, between and behind them.
  void around(const Value &value, std::initializer_list<llvm::StringRef> pieces) {
    for (size_t i = 0; i < pieces.size(); ++i) {
      if (i > 0)
        operand(value, i - 1);
      out_ += pieces.begin()[i];
    }
  }
  void operand(const Value &value, size_t position) {
    if (position < value.operands.size())
      this->value(value.operands[position]);
    else
      out_ += '?';
  }
  template <class List> void list(const List &values) {
    bool first = true;
    for (Index<Value> element : values) {
      if (!first)
        out_ += ", ";
      first = false;
      value(element);
    }
  }
  void object(Index<Value> index);
  void noteConstant(const Value &value) {
    if (value.constant)
      out_ += " /*=" + std::to_string(*value.constant) + "*/";
  }
  static llvm::StringRef lastName(llvm::StringRef qualified) {
    const size_t at = qualified.rfind("::");
    return at == llvm::StringRef::npos ? qualified : qualified.drop_front(at + 2);
  }

  const FactText &text_;
  const Function &function_;
  std::string out_;
  unsigned depth_ = 0;
};

void FactText::Renderer::value(Index<Value> index) {
  if (!index)
    return;
  if (index.value >= function_.values.size()) {
    out_ += "%" + std::to_string(index.value) + "?";
    return;
  }
  if (depth_ == kMaxDepth || out_.size() > kMaxLength) {
    out_ += "…";
    return;
  }
  ++depth_;
  expression(function_[index]);
  --depth_;
}

/// `object.` or `object->`, by whether it is a pointer.
void FactText::Renderer::object(Index<Value> index) {
  value(index);
  const Value *object = index.value < function_.values.size() ? &function_[index] : nullptr;
  bool isPointer = object && object->kind == ValueKind::This;
  if (object && object->type.value < text_.facts_.types.size())
    isPointer = isPointer || text_.facts_[object->type].kind == TypeClass::Pointer;
  out_ += isPointer ? "->" : ".";
}

void FactText::Renderer::expression(const Value &value) {
  switch (value.kind) {
  case ValueKind::Unknown: out_ += "?{" + value.text.str() + "}"; break;
  case ValueKind::Constant: out_ += value.constant ? std::to_string(*value.constant) : value.text.str(); return;
  case ValueKind::Float: out_ += value.text; return;
  case ValueKind::String: out_ += quoted(value.text); return;
  case ValueKind::Null: out_ += "nullptr"; return;
  case ValueKind::Local:
    if (value.index < function_.locals.size() && !function_.locals[value.index].name.empty())
      out_ += function_.locals[value.index].name;
    else
      out_ += "local#" + std::to_string(value.index);
    break;
  case ValueKind::Enumerator:
  case ValueKind::Global:
  case ValueKind::Function: out_ += text_.name(value.entity); break;
  case ValueKind::This: out_ += "this"; break;
  case ValueKind::Field:
    if (!value.operands.empty())
      object(value.operands[0]);
    out_ += lastName(text_.name(value.entity));
    break;
  case ValueKind::Element: around(value, {"", "[", "]"}); break;
  case ValueKind::Deref: around(value, {"*", ""}); break;
  case ValueKind::AddressOf: around(value, {"&", ""}); break;
  case ValueKind::Call:
    if (value.index < function_.calls.size())
      call(function_.calls[value.index]);
    else
      out_ += "call#" + std::to_string(value.index);
    break;
  case ValueKind::Lambda: out_ += "[lambda " + text_.name(value.entity) + "]"; break;
  case ValueKind::Unary: around(value, {value.text, ""}); break;
  case ValueKind::Binary: around(value, {"(", " " + value.text.str() + " ", ")"}); break;
  case ValueKind::Choice: around(value, {"(", " ? ", " : ", ")"}); break;
  case ValueKind::Cast: around(value, {"(" + text_.type(value.type) + ")", ""}); break;
  case ValueKind::List:
    out_ += '{';
    list(value.operands);
    out_ += '}';
    break;
  case ValueKind::Await: around(value, {"co_await ", ""}); break;
  case ValueKind::SizeOf: out_ += "sizeof"; break;
  }
  noteConstant(value);
}

void FactText::Renderer::call(const Call &call) {
  if (depth_ == kMaxDepth || out_.size() > kMaxLength) {
    out_ += "…";
    return;
  }
  ++depth_;
  const llvm::StringRef name = call.name;
  const bool isConstruction = call.kind == CallKind::Constructor;
  if (isConstruction && call.isHeap)
    out_ += "new ";
  if (call.kind == CallKind::Indirect && call.calleeValue) {
    value(call.calleeValue);
  } else if (call.object && !isConstruction) {
    object(call.object);
    out_ += lastName(name);
  } else if (isConstruction && call.type) {
    out_ += text_.type(call.type);
  } else {
    out_ += name.empty() && call.callee ? text_.name(call.callee) : name.str();
  }
  out_ += '(';
  list(call.arguments);
  out_ += ')';
  --depth_;
}

std::string FactText::expression(const Function &function, Index<Value> value) const {
  Renderer renderer(*this, function);
  renderer.value(value);
  return renderer.take();
}

std::string FactText::call(const Function &function, const Call &call) const {
  Renderer renderer(*this, function);
  renderer.call(call);
  return renderer.take();
}

} // namespace opex
