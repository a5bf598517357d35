#include "analysis/rounds/variation.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

bool isNamedLikeAttempt(llvm::StringRef name) {
  return name.contains_insensitive("attempt") || name.contains_insensitive("retr") ||
         name.contains_insensitive("tries") || name.equals_insensitive("try") || name.starts_with("try_") ||
         name.ends_with("_try");
}

/// Yields another element each time it is called.
bool yieldsAnother(const Function &body, Index<Value> value) {
  if (!value || body[value].kind != ValueKind::Call)
    return false;
  llvm::StringRef name = unqualified(body.calls[body[value].index].name);
  for (llvm::StringRef word : {"next", "pop", "front", "dequeue", "take"})
    if (name.contains_insensitive(word))
      return true;
  return false;
}

bool isStep(llvm::StringRef op) { return op == "++" || op == "--" || op == "+=" || op == "-="; }

} // namespace

Variation::Variation(const Program &program, const LinkedFunction &function, llvm::function_ref<bool(Index<Block>)> isInside,
                     Index<Local> variable)
    : function_(function), body_(*function.body), isInside_(isInside), cursors_(cursorsIn(program, function, isInside)) {
  if (variable)
    advancing_.insert(Place::ofLocal(variable.value));
  findAdvancing();
}

bool Variation::isAdvancing(Index<Value> value) const {
  return value && mentions(body_, value, [&](const Value &part) {
           if (part.kind == ValueKind::Call)
             return cursors_.reads.contains(part.index);
           return (part.kind == ValueKind::Local || part.kind == ValueKind::Field) &&
                  advancing_.contains(placeOf(body_, Index<Value>(&part - body_.values.data())).withoutIndirection());
         });
}

/// A variable of the function, or a member that walks from element to element; numbers in members count, as others do.
bool Variation::mayAdvance(Index<Value> target) const {
  if (body_[target].kind == ValueKind::Local)
    return !isNamedLikeAttempt(body_.locals[body_[target].index].name);
  return body_[target].kind == ValueKind::Field && mayWalk(body_, *function_.unit, target);
}

void Variation::addAdvancing(Index<Value> target) {
  target = target ? withoutCasts(body_, target) : target;
  if (target && mayAdvance(target))
    if (Place place = placeOf(body_, target).withoutIndirection())
      advancing_.insert(place);
}

void Variation::findAdvancing() {
  for (const Assign &assign : body_.assigns) {
    if (!isInside_(assign.block) || !assign.target || !mayAdvance(assign.target))
      continue;
    bool walks = assign.op == "=" && assign.value && body_[assign.value].kind != ValueKind::Call &&
                 mentionsPlace(body_, assign.value, placeOf(body_, assign.target));
    if (isStep(assign.op) || walks || yieldsAnother(body_, assign.value))
      addAdvancing(assign.target);
  }
  for (const Call &call : body_.calls)
    if (llvm::StringRef name = unqualified(call.name);
        isInside_(call.block) && name.consume_front("operator") && isStep(name))
      addAdvancing(targetOf(call));
  for (size_t before = size_t(-1); before != advancing_.size();) {
    before = advancing_.size();
    for (uint32_t i = 0; i < body_.locals.size(); ++i)
      if (const Local &local = body_.locals[i]; local.block && isInside_(local.block) && local.init &&
                                                (isAdvancing(local.init) || yieldsAnother(body_, local.init)))
        advancing_.insert(Place::ofLocal(i));
    for (const Assign &assign : body_.assigns)
      if (isInside_(assign.block) && assign.op == "=" && isAdvancing(assign.value))
        addAdvancing(assign.target);
  }
}

bool Variation::moves(Index<Block> block, Index<Value> target) const {
  target = target ? withoutCasts(body_, target) : target;
  return target && isInside_(block) && isAdvancing(placeOf(body_, target).withoutIndirection());
}

std::vector<Step> Variation::moves() const {
  std::vector<Step> steps;
  for (uint32_t call : cursors_.moves)
    steps.push_back({StepKind::Call, call});
  if (steps.empty() && llvm::all_of(advancing_, [](const Place &place) { return place.isWhole(); }))
    return {};
  for (uint32_t i = 0; i < body_.assigns.size(); ++i)
    if (moves(body_.assigns[i].block, body_.assigns[i].target))
      steps.push_back({StepKind::Assign, i});
  for (uint32_t i = 0; i < body_.calls.size(); ++i)
    if (llvm::StringRef name = unqualified(body_.calls[i].name);
        name.starts_with("operator") && moves(body_.calls[i].block, targetOf(body_.calls[i])))
      steps.push_back({StepKind::Call, i});
  return steps;
}

bool Variation::changesMode() const {
  return llvm::any_of(body_.assigns, [&](const Assign &assign) {
    bool isOwn = body_[assign.target].kind == ValueKind::Local &&
                 !body_.locals[body_[assign.target].index].byReference;
    return isInside_(assign.block) && assign.value && !isOwn && isAdvancing(assign.value) &&
           !mentionsPlace(body_, assign.value, placeOf(body_, assign.target));
  });
}

bool Variation::addLocals(Index<Value> value, std::set<uint32_t> &locals) const {
  bool isNew = false;
  if (value)
    mentions(body_, value, [&](const Value &part) {
      isNew |= part.kind == ValueKind::Local && locals.insert(part.index).second;
      return false;
    });
  return isNew;
}

/// Variables that decide what the call is given, in the round up to it.
std::set<uint32_t> Variation::inputsOf(const Call &call) const {
  std::set<uint32_t> inputs;
  for (Index<Value> argument : call.arguments)
    addLocals(argument, inputs);
  for (bool isNew = true; isNew;) {
    isNew = false;
    for (uint32_t i = 0; i < body_.locals.size(); ++i)
      if (const Local &local = body_.locals[i]; inputs.contains(i) && local.block && isInside_(local.block))
        isNew |= addLocals(local.init, inputs);
    for (const Assign &assign : body_.assigns) {
      bool isInput = assign.target && body_[assign.target].kind == ValueKind::Local &&
                     inputs.contains(body_[assign.target].index);
      if (!isInput || !isInside_(assign.block) || assign.site.offset > call.site.offset)
        continue;
      isNew |= addLocals(assign.value, inputs);
      for (Index<Block> around : enclosingBlocks(body_, assign.block))
        if (body_[around].parent && body_[around].owner.kind == StepKind::Branch &&
            isInside_(body_[around].parent))
          isNew |= addLocals(body_.branches[body_[around].owner.index].condition, inputs);
    }
  }
  return inputs;
}

/// `setUrl(handle, url); perform(handle);`
bool Variation::isSetUp(const Call &work) const {
  auto targets = [&](const Call &call) {
    std::set<uint32_t> locals;
    addLocals(call.object, locals);
    for (Index<Value> argument : call.arguments)
      if (variableOf(body_, argument))
        addLocals(argument, locals);
    return locals;
  };
  std::set<uint32_t> own = targets(work);
  return llvm::any_of(body_.calls, [&](const Call &call) {
    return isInside_(call.block) && call.site.offset < work.site.offset &&
           llvm::any_of(
               call.arguments, [&](Index<Value> argument) { return isAdvancing(argument); }) &&
           llvm::any_of(targets(call), [&](uint32_t local) { return own.contains(local); });
  });
}

/// `attach(*next++); readLine();`, methods of the same object.
bool Variation::isOwnSetUp(const Call &work) const {
  auto isOwn = [&](const Call &call) { return call.object && placeOf(body_, call.object).withoutIndirection().isThis(); };
  return isOwn(work) && llvm::any_of(body_.calls, [&](const Call &call) {
           return &call != &work && isInside_(call.block) && isOwn(call) &&
                  llvm::any_of(call.arguments, [&](Index<Value> argument) {
                    return argument && isAdvancing(argument) && mayWalk(body_, *function_.unit, argument);
                  });
         });
}

bool Variation::fallsBack(Index<Call> index) const {
  const Call &call = body_[index];
  std::set<uint32_t> inputs = inputsOf(call);
  auto isGiven = [&](Index<Value> target) {
    std::optional<uint32_t> local = localOf(body_, target);
    return local && inputs.contains(*local);
  };
  auto isText = [&](Index<Value> value) {
    while (value && body_[value].kind == ValueKind::Cast && !body_[value].operands.empty())
      value = body_[value].operands.front();
    return value && body_[value].kind == ValueKind::String && !body_[value].text.empty();
  };
  auto isAfter = [&](Index<Block> block, const Site &site) {
    return isInside_(block) && site.offset > call.site.offset;
  };
  return llvm::any_of(body_.assigns,
                      [&](const Assign &assign) {
                        return assign.op == "=" && isAfter(assign.block, assign.site) && isGiven(assign.target) &&
                               isText(assign.value);
                      }) ||
         llvm::any_of(body_.calls, [&](const Call &set) {
           return unqualified(set.name) == "operator=" && isAfter(set.block, set.site) && isGiven(targetOf(set)) &&
                  llvm::any_of(set.arguments, isText);
         });
}

bool Variation::isOtherWork(Index<Call> index) const {
  const Call &call = body_[index];
  if (isAdvancing(call.object) ||
      llvm::any_of(call.arguments, [&](Index<Value> argument) { return isAdvancing(argument); }) ||
      isSetUp(call) || isOwnSetUp(call))
    return true;
  // `if (failed) useNewProtocol = false;`
  std::set<uint32_t> inputs = inputsOf(call);
  return llvm::any_of(body_.assigns, [&](const Assign &assign) {
    return isInside_(assign.block) && assign.op == "=" && assign.site.offset > call.site.offset &&
           assign.value && body_[assign.target].kind == ValueKind::Local &&
           inputs.contains(body_[assign.target].index) &&
           (body_[assign.value].constant || body_[assign.value].kind == ValueKind::Enumerator);
  });
}

} // namespace opex
