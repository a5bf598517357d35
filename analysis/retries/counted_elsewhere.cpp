// Limits that stand in what a loop calls: `while (!done_) step();` where step() counts its failures in a member.
#include "analysis/body/conditions.h"
#include "analysis/body/places.h"
#include "analysis/retries/finder.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// Methods further away, or more of them, are another matter.
constexpr size_t kMostMethods = 32;

/// Methods of the same object that the call surely runs, itself included.
std::vector<const LinkedFunction *> methodsBelow(const Program &program, const LinkedFunction &function, Index<Call> call) {
  std::vector<const LinkedFunction *> methods;
  auto add = [&](const LinkedFunction &caller, Index<Call> at) {
    const LinkedFunction *callee = program.directCallee(caller, at);
    Index<Value> object = (*caller.body)[at].object;
    if (callee && object && placeOf(*caller.body, object).withoutIndirection().isThis() && callee->body->record &&
        !llvm::is_contained(methods, callee))
      methods.push_back(callee);
  };
  add(function, call);
  for (size_t i = 0; i < methods.size() && methods.size() < kMostMethods; ++i)
    for (uint32_t at = 0; at < methods[i]->body->calls.size(); ++at)
      add(*methods[i], Index<Call>(at));
  return methods;
}

/// A member of the object.
EntityId memberOf(const Function &body, Index<Value> value) {
  const Place place = value ? placeOf(body, value).withoutIndirection() : Place();
  return place.isIn(Place::This) && place.steps().size() == 2 ? place.entity() : EntityId();
}

/// What the methods do to one member.
struct MemberCounter {
  int64_t step = 0; ///< 0: it is no counter.
  std::optional<int64_t> start;
};

MemberCounter counterIn(llvm::ArrayRef<const LinkedFunction *> methods, EntityId member) {
  MemberCounter counter;
  for (const LinkedFunction *method : methods)
    for (const Assign &assign : method->body->assigns) {
      if (memberOf(*method->body, assign.target) != member)
        continue;
      if (assign.op == "++" || assign.op == "--")
        counter.step = assign.op == "++" ? 1 : -1;
      else if (assign.op == "=" && assign.value)
        counter.start = (*method->body)[assign.value].constant;
    }
  return counter;
}

} // namespace

AttemptsRead attemptsInMethods(RetryFinder &finder, const LinkedFunction &function, Index<Call> work) {
  AttemptsRead read;
  read.attempts.kind = Attempts::Unbounded;
  const std::vector<const LinkedFunction *> methods = methodsBelow(finder.program, function, work);
  for (const LinkedFunction *method : methods)
    for (const Branch &branch : method->body->branches) {
      const Function &body = *method->body;
      std::optional<Comparison> test = comparisonOf(body, branch.condition, true);
      if (test && !memberOf(body, test->left))
        test = mirrored(*test);
      EntityId member = test ? memberOf(body, test->left) : EntityId();
      MemberCounter counter = member ? counterIn(methods, member) : MemberCounter();
      if (!counter.step)
        continue;
      read.attempts = {Attempts::Symbol, 0, spell(finder.program, body, test->right)};
      std::optional<int64_t> limit = body[test->right].constant;
      // Which way goes on is the one that ends.
      for (Compare op : {test->op, negated(test->op)})
        if (TripCount trips = tripCount({op, counter.step, counter.start.value_or(0), limit, counter.step, true});
            limit && trips.kind == TripCount::Known && trips.count > 1)
          read.attempts = {Attempts::Known, trips.count, {}};
      return read;
    }
  return read;
}

} // namespace opex
