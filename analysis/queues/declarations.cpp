#include "analysis/queues/declarations.h"

#include "rules/match.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {

Location locationIn(const Program &program, const Record &record, const Site &site) {
  for (const TuFacts &unit : program.units)
    for (const Record &known : unit.records)
      if (&known == &record) {
        LinkedFunction anywhere;
        Function nothing;
        anywhere.unit = &unit;
        anywhere.body = &nothing;
        return program.location(anywhere, site);
      }
  return {};
}

namespace {

/// As those who touch it call it: `strand_`, not `parent->strand_`.
std::string shortestName(const Program &program, const QueueObject &queue,
                         llvm::function_ref<bool(const QueueTouch &)> isMeant) {
  std::string shortest;
  for (const QueueTouch &touch : queue.touches) {
    if (!isMeant(touch))
      continue;
    std::string name = spell(program, *program.functions[touch.call.function].body, touch.queue);
    bool isShorter = std::pair(name.size(), name) < std::pair(shortest.size(), shortest);
    if (!name.empty() && (shortest.empty() || isShorter))
      shortest = std::move(name);
  }
  return shortest;
}

} // namespace

void nameByDeclaration(const Program &program, const QueueObject &queue, QueueUse &use) {
  if (queue.isElement) // As a push calls it: `queues_[key]`.
    use.name = shortestName(program, queue, [](const QueueTouch &touch) { return touch.row->does == rules::QueueCall::Push; });
  if (const Declaration *declaration = program.declaration(queue.origin.entity);
      declaration && use.name.empty())
    use.name = unqualified(declaration->name).str();
  if (queue.origin.kind == Origin::Member)
    if (const Declaration *member = program.declaration(queue.origin.entity))
      if (const Record *record = program.record(member->parent))
        for (const FieldFact &field : record->members)
          if (field.id == queue.origin.entity)
            use.declared = locationIn(program, *record, field.site);
  if (queue.origin.kind == Origin::Variable) {
    const LinkedFunction &function = program.functions[queue.origin.function];
    if (use.name.empty())
      use.name = function.body->locals[queue.origin.index].name.str();
    use.declared = program.location(function, function.body->locals[queue.origin.index].site);
  }
  if (use.name.empty())
    use.name = shortestName(program, queue, [](const QueueTouch &) { return true; });
}

std::optional<Bound> boundOfType(const Program &program, const Subjects &subjects, const QueueObject &queue) {
  Bound bound;
  bound.state = BoundState::Set;
  bound.reason = "what it is made of has a limit: by its type, or one that is set";
  if (queue.rule->isBounded)
    return bound;
  for (const QueueTouch &touch : queue.touches) {
    const LinkedFunction &function = program.functions[touch.call.function];
    Index<Type> type = (*function.body)[touch.queue].type;
    for (Index<Type> argument :
         type ? (*function.unit)[type].arguments : llvm::SmallVector<Index<Type>, 2>())
      for (const std::string &glob : queue.rule->boundedTypes)
        if (rules::matchesGlob(glob, (*function.unit)[argument].canonical))
          return bound;
  }
  if (queue.rule->bounds.empty())
    return {};
  if (subjects.escapeOf(queue.origin)) {
    bound.state = BoundState::Unknown;
    bound.reason = "it is handed to code that is not seen";
  }
  for (const SettingEvent *event : subjects.eventsOf(queue.origin))
    if (llvm::any_of(
            event->settings,
            [&](const std::string &setting) { return llvm::is_contained(queue.rule->bounds, setting); }) &&
        event->limit.kind != LimitValue::Infinite && !event->isCleared)
      return bound;
  return bound.state == BoundState::Unknown ? std::optional(bound) : std::nullopt;
}

} // namespace opex
