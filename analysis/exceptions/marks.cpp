#include "analysis/exceptions/marks.h"

#include "analysis/body/answer_values.h"
#include "analysis/body/exits.h"
#include "analysis/body/region.h"
#include "analysis/exceptions/try_results.h"
#include "analysis/conventions/outcome_words.h"
#include "analysis/conventions/presence_words.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

class Finder {
public:
  Finder(const Program &program, const Writes &writes, llvm::ArrayRef<Write> all, llvm::ArrayRef<uint8_t> isTarget,
         const LinkedFunction &function, const Handler &handler)
      : program_(program), writes_(writes), isTarget_(isTarget), function_(function), body_(*function.body), owner_(body_[handler.owner]),
        at_(momentOf(body_, owner_.block, {StepKind::Try, handler.owner.value})), all_(all) {
    const Exits exits = exitsOf(body_, handler.body);
    leaves_ = !exits.fallsThrough && !exits.breaks && !exits.jumps;
    returns_ = leaves_ && !exits.continues;
  }

  bool isMarked(Index<Call> culprit) const {
    return llvm::any_of(all_, [&](const Write &write) {
      return isCompletion(write, culprit) && isLastOfItsKind(write) && tells(write) && isSeen(write);
    });
  }

  bool isBeforeTry(Moment moment) const { return happensBefore(body_, moment, at_) != Before::Never; }

  /// Something is taken out of it when the try has succeeded, and only then.
  bool isEmptiedAfter(const Place &place) const {
    auto isAfter = [&](Moment moment) {
      return isIn(body_, moment.block, owner_.body) ||
             (leaves_ && standsBefore(body_, at_, moment) && !isInHandler(body_, moment.block));
    };
    for (uint32_t i = 0; i < body_.calls.size(); ++i) {
      const Call &call = body_.calls[i];
      llvm::StringRef name = unqualified(call.name);
      if ((name == "clear" || namesRemoval(name)) && names(body_, targetOf(call), place) && isAfter(momentOf(body_, Index<Call>(i))))
        return true;
    }
    return llvm::any_of(all_, [&](const Write &write) { return write.place == place && isAfter(write.moment); });
  }

  bool isUsedInTry(const Place &place) const {
    return llvm::any_of(body_.calls, [&](const Call &call) {
      return isIn(body_, call.block, owner_.body) &&
             llvm::any_of(call.arguments, [&](Index<Value> argument) { return argument && mentionsPlace(body_, argument, place); });
    });
  }

private:
  bool isBehindTry(const Write &write) const {
    return leaves_ && standsBefore(body_, at_, write.moment) && !isIn(body_, write.moment.block, owner_.body) &&
           isIn(body_, owner_.block, write.moment.block);
  }

  /// Done whenever the try, from the culprit on, is completed.
  bool isCompletion(const Write &write, Index<Call> culprit) const {
    if (isBehindTry(write))
      return true;
    if (write.moment.block != owner_.body)
      return false;
    Moment call = momentOf(body_, culprit);
    while (call.valid() && call.block != owner_.body)
      call = ownerOf(body_, call.block);
    return !call.valid() || call.position <= write.moment.position;
  }

  bool isLastOfItsKind(const Write &write) const {
    return llvm::none_of(all_, [&](const Write &other) {
      return other.place == write.place && other.moment.block == write.moment.block &&
             standsBefore(body_, write.moment, other.moment);
    });
  }

  /// What the place held before differs from what it holds then, or is what stands for "none".
  bool tells(const Write &write) const {
    std::optional<Fixed> before = heldBefore(write);
    if (!before)
      return false;
    return write.fixed ? *write.fixed != *before : isNone(*before, write);
  }

  std::optional<Fixed> heldBefore(const Write &write) const {
    const Write *last = nullptr;
    for (const Write &other : all_)
      if (isIn(body_, at_.block, other.moment.block) && other.place == write.place && happensBefore(body_, other.moment, at_) == Before::Always &&
          (!last || standsBefore(body_, last->moment, other.moment)))
        last = &other;
    if (last && (last->fixed || !isAbsentAtFirst(*last)))
      return last->fixed;
    if (last || isFreshPart(write))
      return isNullable(write.type) ? std::optional(Fixed{Fixed::Absent}) : std::nullopt;
    return write.fixed ? madeByCaller(write.place) : std::nullopt;
  }

  /// A variable that is declared and given nothing.
  bool isAbsentAtFirst(const Write &write) const {
    std::optional<uint32_t> local = write.place.local();
    return write.place.isWhole() && local && !body_.locals[*local].init;
  }

  /// An element or a member of something that the function has made: what its class makes of it.
  bool isFreshPart(const Write &write) const {
    return !write.place.isWhole() && llvm::any_of(write.place.steps(), [](const Place::Step &step) {
      return step.kind == Place::Element || step.kind == Place::ElementAt;
    });
  }

  bool isNullable(const Type *type) const {
    return type && (type->kind == TypeClass::Pointer || llvm::StringRef(type->recordName).ends_with("_ptr") ||
                    unqualified(type->recordName) == "optional");
  }

  /// A parameter's object that all its constructors begin with the same there.
  std::optional<Fixed> madeByCaller(const Place &place) const {
    std::optional<uint32_t> local = place.local();
    if (!local || *local >= body_.parameterCount || place.isWhole() || !body_.locals[*local].type)
      return std::nullopt;
    const Type &type = (*function_.unit)[body_.locals[*local].type];
    llvm::ArrayRef<Place::Step> part = place.steps().drop_front();
    return type.record ? writes_.madeWith(type.record, part) : std::nullopt;
  }

  bool isNone(const Fixed &fixed, const Write &write) const {
    switch (fixed.kind) {
    case Fixed::Absent: return true;
    case Fixed::Number: return fixed.number < 0 || fixed.number >= INT32_MAX;
    case Fixed::Enumerator: {
      const Declaration *name = program_.declaration(fixed.entity);
      return name && (presenceInName(unqualified(name->name)) == Presence::Missing || isNamedLikeFailure(unqualified(name->name)));
    }
    case Fixed::Truth:
    case Fixed::Text:
    case Fixed::Empty: return false;
    }
    llvm_unreachable("unknown kind");
  }

  /// Somebody can look at the place afterwards, and does where that can be told.
  bool isSeen(const Write &write) const {
    std::optional<uint32_t> local = write.place.local();
    if (local && !leadsOut(write.place, *local))
      return !returns_ && isMentionedAfter(*local);
    if (write.isUnseen)
      return true;
    for (const Place::Step &step : llvm::reverse(write.place.steps()))
      if (step.kind == Place::Member || step.kind == Place::Global)
        return writes_.isRead(EntityId{step.which});
    return true;
  }

  /// To what a caller has, too.
  bool leadsOut(const Place &place, uint32_t local) const {
    if (local >= body_.parameterCount)
      return false;
    const Local &parameter = body_.locals[local];
    bool isPointer = parameter.type && (*function_.unit)[parameter.type].kind == TypeClass::Pointer;
    return parameter.byReference || (isPointer && !place.isWhole());
  }

  bool isMentionedAfter(uint32_t local) const {
    return llvm::any_of(body_.values, [&](const Value &value) {
      return value.kind == ValueKind::Local && value.index == local && !isTarget_[&value - body_.values.data()] &&
             isAfterTry(body_, owner_, value.site) && !isSkipped(value.site);
    });
  }

  /// What stands in the round of the loop that the handler ends.
  bool isSkipped(const Site &site) const {
    if (!leaves_)
      return false;
    for (Index<Block> block : enclosingBlocks(body_, owner_.block))
      if (body_[block].role == BlockRole::LoopBody)
        return site.offset < body_[block].site.offset + body_[block].site.length;
    return false;
  }

  const Program &program_;
  const Writes &writes_;
  llvm::ArrayRef<uint8_t> isTarget_;
  const LinkedFunction &function_;
  const Function &body_;
  const Try &owner_;
  Moment at_;
  llvm::ArrayRef<Write> all_;
  bool leaves_ = false;  ///< The handler ends the function or the round of a loop.
  bool returns_ = false; ///< The function.
};

} // namespace

Marks::Marks(const Program &program, const Writes &writes, const LinkedFunction &function)
    : program_(program), writes_(writes), function_(function), all_(writes.of(function)), isTarget_(putIntoObjects(function)) {
  const Function &body = *function.body;
  auto addFill = [&](Index<Value> target, Moment moment) {
    Place place = placeOf(body, target);
    if (place && (!place.local() || *place.local() < body.parameterCount))
      fills_.push_back({std::move(place), moment});
  };
  for (const Assign &assign : body.assigns) {
    if (assign.target)
      isTarget_[assign.target.value] = 1;
    if (assign.op == "+=")
      addFill(assign.target, momentOf(body, assign));
  }
  for (uint32_t i = 0; i < body.calls.size(); ++i)
    if (namesInsertion(unqualified(body.calls[i].name)))
      addFill(targetOf(body.calls[i]), momentOf(body, Index<Call>(i)));
}

bool Marks::areLeftBy(const Handler &handler, Index<Call> culprit) const {
  return Finder(program_, writes_, all_, isTarget_, function_, handler).isMarked(culprit);
}

bool Marks::keepInput(const Handler &handler) const {
  if (fills_.empty())
    return false;
  Finder finder(program_, writes_, all_, isTarget_, function_, handler);
  return llvm::any_of(fills_, [&](const Fill &fill) {
    return finder.isBeforeTry(fill.moment) && finder.isUsedInTry(fill.place) && finder.isEmptiedAfter(fill.place);
  });
}

} // namespace opex
