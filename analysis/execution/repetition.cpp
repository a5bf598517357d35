#include "analysis/execution/repetition.h"

#include "analysis/body/loops.h"
#include "analysis/execution/call_components.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <iterator>

namespace opex {
namespace {

uint8_t kindOf(const Program &program, const LinkedFunction &function, Index<Loop> loop) {
  switch (roundsOf(program, function, loop).kind) {
  case Rounds::Once:
  case Rounds::Constant: return 0;
  case Rounds::Symbol: return Repetition::Numbered;
  case Rounds::Data: return Repetition::Data;
  case Rounds::Condition:
  case Rounds::Endless: return Repetition::Lasting;
  }
  llvm_unreachable("unknown kind");
}

} // namespace

Repetition::Repetition(const Program &program) : program_(program), kinds_(program.functions.size()) {
  const CallComponents callers = CallComponents::callersFirst(program);
  above_ = settle(callers, uint8_t(0), [&](uint32_t function, const std::vector<uint8_t> &known) {
    uint8_t loops = 0;
    for (const CallEdge &edge : program_.functions[function].callers)
      if (edge.caller != function)
        loops |= known[edge.caller] == Any ? Any : known[edge.caller] | loopsAt({edge.caller, edge.call});
    return loops;
  });
  once_ = settle(callers, Once(),
                 [&](uint32_t function, const std::vector<Once> &known) { return onceOf(function, known); });
}

uint8_t Repetition::loopsAt(CallRef call) const {
  const LinkedFunction &function = program_.functions[call.function];
  const Function &body = *function.body;
  std::vector<uint8_t> &kinds = kinds_[call.function];
  if (kinds.empty())
    for (uint32_t i = 0; i < body.loops.size(); ++i)
      kinds.push_back(kindOf(program_, function, Index<Loop>(i)));
  uint8_t loops = 0;
  if (!kinds.empty())
    for (Index<Loop> loop : loopsAround(body, body[call.call].block))
      loops |= kinds[loop.value];
  return loops;
}

Repetition::Once Repetition::onceOf(uint32_t position, const std::vector<Once> &known) const {
  const LinkedFunction &function = program_.functions[position];
  const Function &body = *function.body;
  if (body.isMain || body.kind == FunctionKind::GlobalInitializer)
    return {true, {}};
  std::optional<Once> common; // Of all callers; none: of any object.
  for (const CallEdge &edge : function.callers) {
    bool isPlain =
        edge.kind == EdgeKind::Direct && edge.caller != position &&
        !isInLoop({edge.caller, edge.call}, Data | Lasting); // By number: threads of a pool and the like.
    const Once caller = isPlain ? known[edge.caller] : Once();
    if (!common || common->inProgram) {
      common = caller;
    } else if (!caller.inProgram) {
      std::vector<EntityId> both;
      std::set_intersection(common->ofRecords.begin(), common->ofRecords.end(), caller.ofRecords.begin(),
                            caller.ofRecords.end(), std::back_inserter(both));
      common->ofRecords = std::move(both);
    }
  }
  Once result = common.value_or(Once());
  bool makesOrEnds = body.kind == FunctionKind::Constructor || body.kind == FunctionKind::Destructor;
  auto place = llvm::lower_bound(result.ofRecords, body.record);
  if (makesOrEnds && !result.inProgram && (place == result.ofRecords.end() || *place != body.record))
    result.ofRecords.insert(place, body.record);
  return result;
}

bool Repetition::isOnce(CallRef call, EntityId record) const {
  const Once &once = once_[call.function];
  return !isInLoop(call, Data | Lasting) &&
         (once.inProgram || (record && llvm::binary_search(once.ofRecords, record)));
}

} // namespace opex
