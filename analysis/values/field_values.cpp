#include "analysis/values/field_values.h"

#include "analysis/body/order.h"
#include "analysis/body/places.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

bool isInside(const Site &place, const Site &around) {
  return place.file == around.file && place.offset >= around.offset &&
         place.offset < around.offset + around.length;
}

class FieldReader {
public:
  FieldReader(const Program &program, const Provenance &provenance, const LinkedFunction &function,
              Index<Value> field)
      : program_(program), provenance_(provenance), function_(function), body_(*function.body),
        field_(body_[field]), place_(placeOf(body_, field)) {}

  FieldSources run() {
    if (std::optional<FieldSources> own = ofOwnObject())
      return std::move(*own);
    FieldSources all{provenance_.assignedTo(field_.entity), false};
    llvm::erase_if(all.incoming, [&](const Provenance::Incoming &in) { return isAssignedOver(in); });
    return all;
  }

private:
  /// Of a variable of this function, which nobody else can change.
  std::optional<FieldSources> ofOwnObject() const {
    const Value *base = field_.operands.empty() ? nullptr : &body_[field_.operands[0]];
    if (!base || base->kind != ValueKind::Local || !place_)
      return std::nullopt;
    const Local &local = body_.locals[base->index];
    const Type *type = local.type ? &(*function_.unit)[local.type] : nullptr;
    bool isOwn = local.kind == LocalKind::Automatic && type && type->kind == TypeClass::Record &&
                 type->indirections == 0;
    if (!isOwn || provenance_.isTouched(function_.position, base->index) || isHandedOut(base->index))
      return std::nullopt;
    std::optional<FieldSources> sources = startOf(local);
    if (!sources)
      return std::nullopt;
    for (const Assign &assign : body_.assigns)
      addAssign(assign, *sources);
    return sources;
  }

  /// What the member starts with; none if that cannot be told.
  std::optional<FieldSources> startOf(const Local &local) const {
    FieldSources start{{}, true};
    for (const Provenance::Incoming &in : provenance_.assignedTo(field_.entity))
      if (program_.functions[in.function].body->kind == FunctionKind::FieldInitializers)
        start.incoming.push_back(in);
    if (!local.init)
      return start;
    const Value &init = body_[local.init];
    if (init.kind == ValueKind::List)
      return ofBraces(init);
    const Call *call = init.kind == ValueKind::Call ? &body_.calls[init.index] : nullptr;
    if (!call || call->kind != CallKind::Constructor || call->arguments.size() > call->defaultArguments)
      return std::nullopt;
    for (const CallEdge &edge : program_.calleesAt(function_, Index<Call>(init.index)))
      for (const Provenance::Incoming &in : provenance_.assignedTo(field_.entity))
        if (in.function == edge.callee && !isAssignedOver(in))
          start.incoming.push_back(in);
    return start;
  }

  std::optional<FieldSources> ofBraces(const Value &list) const {
    const Record *record = list.type ? program_.record((*function_.unit)[list.type].record) : nullptr;
    if (!record || record->members.size() != list.operands.size())
      return std::nullopt;
    for (size_t i = 0; i < record->members.size(); ++i)
      if (record->members[i].id == field_.entity)
        return FieldSources{{{function_.position, list.operands[i], {}, {}}}, true};
    return std::nullopt;
  }

  void addAssign(const Assign &assign, FieldSources &sources) const {
    const Value &target = body_[assign.target];
    bool isBefore = assign.site.file == field_.site.file && assign.site.offset < field_.site.offset;
    if (target.kind != ValueKind::Field || target.entity != field_.entity ||
        !(placeOf(body_, assign.target) == place_))
      return;
    if (assign.op != "=" || !assign.value)
      return void(sources.isComplete = false);
    Index<Block> arm = conditionalArm(body_, momentOf(body_, assign), {});
    if (!isBefore && !arm)
      return;
    if (!arm || isInside(field_.site, body_[arm].site))
      sources.incoming.clear();
    sources.incoming.push_back({function_.position, assign.value, {}, {}, assign.block});
  }

  /// Its address or a reference to it is given to somebody, or a method is called on it that may change it.
  bool isHandedOut(uint32_t local) const {
    auto isIt = [&](Index<Value> value) { return value && localOf(body_, value) == local; };
    for (const Call &call : body_.calls) {
      const Declaration *callee = program_.declaration(call.callee);
      if (isIt(call.object) && call.kind != CallKind::Constructor && !(callee && callee->isConst))
        return true;
      for (uint32_t i = 0; i < call.arguments.size(); ++i) {
        const Type *parameter = program_.parameterType(call.callee, i);
        bool isReference = parameter && parameter->kind == TypeClass::Reference;
        if (isIt(call.arguments[i]) && (isReference || isAddress(call.arguments[i])) &&
            !(parameter && parameter->isConst))
          return true;
      }
    }
    return llvm::any_of(body_.values, [&](const Value &value) {
      auto lambdas =
          value.kind == ValueKind::Lambda ? program_.bodies.find(value.entity) : program_.bodies.end();
      return lambdas != program_.bodies.end() && llvm::any_of(lambdas->second, [&](uint32_t lambda) {
               return llvm::any_of(program_.functions[lambda].body->locals, [&](const Local &captured) {
                 return captured.kind == LocalKind::Capture && captured.byReference && isIt(captured.init);
               });
             });
    });
  }

  bool isAddress(Index<Value> value) const {
    while (body_[value].kind == ValueKind::Cast && !body_[value].operands.empty())
      value = body_[value].operands[0];
    return body_[value].kind == ValueKind::AddressOf;
  }

  /// The default of a constructor that assigns the member in its body, or whose object is a member that its
  /// own class' constructors all assign into.
  bool isAssignedOver(const Provenance::Incoming &in) const {
    const Function &constructor = *program_.functions[in.function].body;
    if (constructor.kind == FunctionKind::FieldInitializers)
      return isAssignedByOwners();
    if (constructor.kind != FunctionKind::Constructor)
      return false;
    auto start = llvm::find_if(constructor.assigns, [&](const Assign &assign) {
      return assign.isInitializer && assign.value == in.value;
    });
    if (start == constructor.assigns.end())
      return false;
    return assigns(constructor, placeOf(constructor, start->target)) || isAssignedByOwners();
  }

  bool isAssignedByOwners() const {
    const Value *base = field_.operands.empty() ? nullptr : &body_[field_.operands[0]];
    if (!base || base->kind != ValueKind::Field || !place_.isIn(Place::This))
      return false;
    const Declaration *member = program_.declaration(base->entity);
    bool hasAny = false;
    for (const Provenance::Incoming &in : provenance_.assignedTo(field_.entity)) {
      const Function &owner = *program_.functions[in.function].body;
      hasAny |= member && owner.kind == FunctionKind::Constructor && owner.record == member->parent &&
                assigns(owner, place_);
    }
    return hasAny;
  }

  static bool assigns(const Function &constructor, const Place &place) {
    return llvm::any_of(constructor.assigns, [&](const Assign &assign) {
      return !assign.isInitializer && assign.op == "=" && placeOf(constructor, assign.target) == place &&
             !conditionalArm(constructor, momentOf(constructor, assign), {});
    });
  }

  const Program &program_;
  const Provenance &provenance_;
  const LinkedFunction &function_;
  const Function &body_;
  const Value &field_;
  const Place place_;
};

} // namespace

FieldSources sourcesOfField(const Program &program, const Provenance &provenance,
                            const LinkedFunction &function, Index<Value> field) {
  return FieldReader(program, provenance, function, field).run();
}

} // namespace opex
