#include "analysis/calls/writes.h"

#include "analysis/body/answer_values.h"
#include "analysis/body/region.h"
#include "analysis/conventions/presence_words.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// Methods that put more places than this are no setters.
constexpr size_t kMaxSettings = 12;

Place joined(const Place &object, llvm::ArrayRef<Place::Step> part) {
  llvm::SmallVector<Place::Step, 6> steps(object.steps());
  steps.append(part.begin(), part.end());
  return Place(steps);
}

const Type *typeAt(const LinkedFunction &function, Index<Value> value) {
  return value && (*function.body)[value].type ? &(*function.unit)[(*function.body)[value].type] : nullptr;
}

size_t writtenArguments(const Call &call) {
  return call.arguments.size() - std::min<size_t>(call.defaultArguments, call.arguments.size());
}

/// Of the language's classes: what replaces the whole of its object.
bool replaces(const Call &call) {
  llvm::StringRef name = unqualified(call.name);
  return name == "operator=" || (call.name.starts_with("std::") && (name == "store" || name == "assign" || name == "reset" ||
                                                                    name == "emplace") && !namesInsertion(name)) ||
         call.name == "std::optional::emplace";
}

} // namespace

std::optional<Fixed> fixedOf(const Program &program, const LinkedFunction &function, Index<Value> index) {
  const Function &body = *function.body;
  index = withoutCopies(body, index);
  if (!index)
    return std::nullopt;
  const Value &value = body[index];
  if (value.kind == ValueKind::Enumerator)
    return Fixed{Fixed::Enumerator, 0, value.entity};
  if (value.constant) {
    bool isTruth = value.type && (*function.unit)[value.type].kind == TypeClass::Bool;
    return Fixed{isTruth ? Fixed::Truth : Fixed::Number, *value.constant};
  }
  if (value.kind == ValueKind::String && !value.text.empty())
    return Fixed{Fixed::Text, 0, {}, value.text};
  switch (AnswerValues(program, function).shapeOf(index)) {
  case Shape::Absent: return Fixed{Fixed::Absent};
  case Shape::Empty: return Fixed{Fixed::Empty};
  default: return std::nullopt;
  }
}

/// Members and globals whose value the function asks for.
static void addRead(const Function &body, std::set<EntityId> &read) {
  std::vector<uint8_t> isTarget(body.values.size());
  for (const Assign &assign : body.assigns)
    if (assign.target && assign.op == "=")
      isTarget[assign.target.value] = 1;
  for (size_t i = 0; i < body.values.size(); ++i)
    if (const Value &value = body.values[i];
        !isTarget[i] && (value.kind == ValueKind::Field || value.kind == ValueKind::Global))
      read.insert(value.entity);
}

Writes::Writes(const Program &program) : program_(program), components_(CallComponents::calleesFirst(program)) {
  known_ = settle(components_, Settings(), [&](uint32_t function, const std::vector<Settings> &known) {
    return settingsOf(known, program_.functions[function]);
  });
  for (const LinkedFunction &function : program.functions) {
    addRead(*function.body, read_);
    if (function.body->kind == FunctionKind::Constructor)
      constructors_[function.body->record].push_back(function.position);
  }
}

/// What a library declares it may ask for itself.
bool Writes::isRead(EntityId variable) const {
  auto declared = program_.declarations.find(variable);
  if (declared == program_.declarations.end())
    return true;
  const auto &[declaration, unit] = declared->second;
  return read_.contains(variable) || !declaration->file || !(*unit)[declaration->file].inProject;
}

std::vector<Write> Writes::of(const LinkedFunction &function) const { return read(known_, function); }

std::vector<Write> Writes::read(const std::vector<Settings> &known, const LinkedFunction &function) const {
  const Function &body = *function.body;
  std::vector<Write> writes;
  auto add = [&](Place place, Moment moment, Index<Value> value, const Type *type) {
    if (!place || !moment.valid())
      return;
    Index<Value> bare = withoutCopies(body, value);
    Write write{std::move(place), moment, fixedOf(program_, function, value), {}, type};
    if (bare && body[bare].kind == ValueKind::Local && body[bare].index < body.parameterCount)
      write.parameter = body[bare].index;
    writes.push_back(std::move(write));
  };
  for (uint32_t i = body.parameterCount; i < body.locals.size(); ++i) {
    const Local &local = body.locals[i];
    if (local.kind == LocalKind::Automatic && !local.byReference && local.block)
      add(Place::ofLocal(i), momentOf(body, local.block, {StepKind::Declare, i}), local.init,
          local.type ? &(*function.unit)[local.type] : nullptr);
  }
  for (const Assign &assign : body.assigns)
    if (assign.op == "=")
      add(placeOf(body, assign.target), momentOf(body, assign), assign.value, typeAt(function, assign.target));
  for (uint32_t i = 0; i < body.calls.size(); ++i) {
    const Call &call = body.calls[i];
    Index<Value> target = targetOf(call);
    if (replaces(call) && target) {
      size_t first = call.object ? 0 : 1;
      add(placeOf(body, target), momentOf(body, Index<Call>(i)),
          writtenArguments(call) > first ? call.arguments[first] : Index<Value>(), typeAt(function, target));
      if (!writes.empty() && writtenArguments(call) <= first && unqualified(call.name) == "reset")
        writes.back().fixed = Fixed{Fixed::Absent};
    } else if (target) {
      addCall(known, function, Index<Call>(i), writes);
    }
  }
  return writes;
}

void Writes::addCall(const std::vector<Settings> &known, const LinkedFunction &function, Index<Call> index,
                     std::vector<Write> &writes) const {
  const Function &body = *function.body;
  const Call &call = body[index];
  if (call.kind != CallKind::Method)
    return;
  Place object = placeOf(body, call.object);
  Moment moment = momentOf(body, index);
  if (!object || !moment.valid())
    return;
  if (call.name.starts_with("std::")) {
    if (unqualified(call.name) == "clear")
      writes.push_back({object, moment, Fixed{Fixed::Empty}, {}, typeAt(function, call.object)});
    return;
  }
  const LinkedFunction *callee = program_.directCallee(function, index);
  if (callee) {
    if (components_.componentOf(callee->position) == components_.componentOf(function.position))
      return;
    for (const Write &setting : known[callee->position]) {
      Write write = setting;
      write.place = joined(object, setting.place.steps().drop_front());
      write.moment = moment;
      write.parameter = {};
      if (setting.parameter && *setting.parameter < call.arguments.size()) {
        Index<Value> value = withoutCopies(body, call.arguments[*setting.parameter]);
        write.fixed = fixedOf(program_, function, value);
        if (value && body[value].kind == ValueKind::Local && body[value].index < body.parameterCount)
          write.parameter = body[value].index;
      }
      writes.push_back(std::move(write));
    }
    return;
  }
  const Declaration *declared = program_.declaration(call.callee);
  if (!declared || declared->isConst || call.result == ResultUse::Used || writtenArguments(call) != 1 ||
      namesInsertion(unqualified(call.name)) || namesRemoval(unqualified(call.name)))
    return;
  Write write{joined(object, Place::Step{Place::Member, call.callee.hash}), moment, fixedOf(program_, function, call.arguments.front()), {}, {}};
  write.isUnseen = true;
  writes.push_back(std::move(write));
}

/// What stands in the body itself, and so is put there by every call; the last of each place.
Writes::Settings Writes::settingsOf(const std::vector<Settings> &known, const LinkedFunction &function) const {
  const Function &body = *function.body;
  if (!body.record || body.isStatic || body.blocks.empty())
    return {};
  Settings settings;
  for (Write &write : read(known, function)) {
    if (!write.place.isIn(Place::This) || write.place.isWhole())
      continue;
    bool isSure = write.moment.block == Index<Block>(0);
    auto same = llvm::find_if(settings, [&](const Write &other) { return other.place == write.place; });
    if (!isSure) {
      // What only some calls put there is nothing that one can rely on.
      write.fixed = {};
      write.parameter = {};
    }
    if (same == settings.end())
      settings.push_back(std::move(write));
    else if (!isSure || standsBefore(body, same->moment, write.moment))
      *same = std::move(write);
  }
  if (settings.size() > kMaxSettings && body.kind != FunctionKind::Constructor)
    return {};
  return settings;
}

std::optional<Fixed> Writes::madeWith(EntityId record, llvm::ArrayRef<Place::Step> part) const {
  auto made = constructors_.find(record);
  if (made == constructors_.end())
    return std::nullopt;
  std::optional<Fixed> common;
  for (uint32_t constructor : made->second) {
    auto found = llvm::find_if(known_[constructor], [&](const Write &write) {
      return write.place.steps().drop_front() == part;
    });
    if (found == known_[constructor].end() || !found->fixed || (common && *common != *found->fixed))
      return std::nullopt;
    common = found->fixed;
  }
  return common;
}

} // namespace opex
