// Members that say that something was done before: where `if (connected_)` leads, the method that sets it has
// run on this object, and with it all that surely comes before it is set there.
#pragma once

#include "analysis/apis/subjects.h"
#include "analysis/values/access_paths.h"

namespace opex {

class ProvingFlags {
public:
  /// Where the event shows in a function, and by which way the object is reached there.
  using PlacesOf = std::function<void(const SettingEvent &, uint32_t function,
                                      std::vector<std::pair<Moment, AccessPath>> &)>;

  ProvingFlags(const Program &program, const Provenance &provenance, const AccessPaths &paths,
               PlacesOf placesOf)
      : program_(program), provenance_(provenance), paths_(paths), placesOf_(std::move(placesOf)) {}

  /// The conditions around the use say that the event has happened on the object there, or that it happens at
  /// `at` now because it has not.
  bool prove(const LinkedFunction &function, Moment use, Moment at, const AccessPath &object,
             const SettingEvent &event) const;

private:
  bool says(const LinkedFunction &function, Index<Value> condition, bool isTrue, const AccessPath &object,
            const SettingEvent &event) const;
  bool isSetAfter(const AccessPath &flag, const AccessPath &object, const SettingEvent &event) const;

  const Program &program_;
  const Provenance &provenance_;
  const AccessPaths &paths_;
  PlacesOf placesOf_;
};

} // namespace opex
