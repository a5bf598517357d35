#include "analysis/values/text_flow.h"

#include "analysis/body/places.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

bool isText(const Type &type) {
  if (type.kind == TypeClass::Pointer && type.canonical.contains("char"))
    return true;
  llvm::StringRef name = type.recordName;
  return name == "std::basic_string" || name == "std::basic_string_view" || name.ends_with("format_string");
}

bool isArgumentList(const Type &type) { return type.canonical.contains("__va_list_tag"); }

} // namespace

TextFlow::TextFlow(const Program &program, const LinkedFunction &function)
    : function_(function), body_(*function.body) {
  seed(program);
  if (!text_.empty())
    spread();
}

void TextFlow::seed(const Program &program) {
  const uint32_t pack = firstOfPack(program);
  isFormatting_ = pack != UINT32_MAX || (function_.declaration && function_.declaration->isVariadic);
  for (uint32_t i = 0; i < body_.parameterCount; ++i) {
    if (!body_.locals[i].type)
      continue;
    const Type &type = (*function_.unit)[body_.locals[i].type];
    isFormatting_ |= isArgumentList(type);
    if (i >= pack || isText(type) || isArgumentList(type))
      text_.insert(i);
  }
}

/// Where the elements of a parameter pack begin, of which an instance may have none.
uint32_t TextFlow::firstOfPack(const Program &program) const {
  const size_t declared = function_.declaration ? function_.declaration->parameters.size() : 0;
  const Type *last = declared ? program.parameterType(body_.id, declared - 1) : nullptr;
  return last && last->spelled.ends_with("...") ? declared - 1 : UINT32_MAX;
}

bool TextFlow::carries(Index<Value> value) const {
  return mentions(body_, value,
                  [&](const Value &v) { return v.kind == ValueKind::Local && text_.contains(v.index); });
}

bool TextFlow::carries(const Call &call) const {
  return carries(call.object) ||
         llvm::any_of(call.arguments, [&](Index<Value> argument) { return carries(argument); });
}

bool TextFlow::isOwn(uint32_t local) const {
  LocalKind kind = body_.locals[local].kind;
  return kind == LocalKind::Automatic || kind == LocalKind::Range || kind == LocalKind::Binding;
}

bool TextFlow::isOwn(Index<Value> value) const {
  std::optional<uint32_t> local = localOf(body_, value);
  return local && isOwn(*local);
}

void TextFlow::spread() {
  for (size_t before = SIZE_MAX; before != text_.size();) {
    before = text_.size();
    for (uint32_t i = body_.parameterCount; i < body_.locals.size(); ++i)
      if (isOwn(i) && carries(body_.locals[i].init))
        text_.insert(i);
    for (const Assign &assign : body_.assigns)
      if (isOwn(assign.target) && carries(assign.value))
        text_.insert(*localOf(body_, assign.target));
    for (const Call &call : body_.calls)
      if (carries(call))
        addTargets(call);
  }
}

void TextFlow::addTargets(const Call &call) {
  auto add = [&](Index<Value> value) {
    if (isOwn(value))
      text_.insert(*localOf(body_, value));
  };
  add(call.object);
  for (Index<Value> argument : call.arguments)
    add(argument);
}

} // namespace opex
