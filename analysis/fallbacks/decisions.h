// Where the outcome of one call decides whether another is made, and which arm is that of the common way.
// Knows forms (branches, handlers, alternatives given as callables, early exits), not what makes two calls
// two ways to one result: that is modes.h.
#pragma once

#include "analysis/outcome/presence.h"
#include "analysis/calls/data_access.h"
#include "analysis/fallbacks/fallbacks.h"

namespace opex {

/// How far away an answer comes from. What is embedded has its files here: it is slower, and no other host.
enum class Distance : uint8_t { Process, Embedded, Cache, Database, Service, Nowhere };

/// A call that asks for something, and the furthest that it asks.
struct Ask {
  Index<Call> call;
  Distance distance = Distance::Nowhere;
  const Touch *touch = nullptr; ///< The first one of that distance.
};

/// Where one call's outcome decides what happens next.
struct Decision {
  Site site;
  Index<Block> hit;  ///< None if a hit merely skips the miss.
  Index<Block> miss; ///< None if a miss merely goes on behind.
  Moment moment;
  TwoWays::Reason reason = TwoWays::Miss;
  bool isCertain = true;
  Index<Call> alternative; ///< The call that runs the rare way itself: `found.or_else(read)`.
};

/// One function, and one of its calls as the common way.
struct ModeScene {
  const LinkedFunction &function;
  const Function &body;
  const std::vector<Ask> &asks; ///< All of the function.
  Ask common;
  const PresenceFlow &flow; ///< Of `common`.
};

Distance distanceOf(const Touch &touch);

std::vector<Decision> decisionsOf(const ModeScene &scene);

/// The call is made only if the common way did not do.
bool isRare(const ModeScene &scene, const Decision &decision, Index<Call> call);

/// What `from` stands in does not end with leaving the function before `to`.
bool goesOnTo(const Function &function, Index<Block> from, Index<Block> to);

/// `bodies[id] = body;`: nobody looks at what the call hands out.
bool isOverwritten(const Function &function, Index<Call> call);

/// Something in the block makes use of what the common way found.
bool usesData(const ModeScene &scene, Index<Block> block);

/// What was found is used on the common way: in its arm, behind the branch, or by the caller.
bool isFoundUsed(const ModeScene &scene, const Decision &decision);

} // namespace opex
