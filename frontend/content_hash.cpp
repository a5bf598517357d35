#include "frontend/content_hash.h"

#include "model/facts_visit.h"

namespace opex {
namespace {

/// Counts lines from the function's first one and forgets what stands elsewhere.
class Relocator {
public:
  explicit Relocator(const Site &whole) : whole_(whole) {}

  template <class T> void operator()(const char *, T &field) {
    if constexpr (std::is_same_v<T, Site>)
      relocate(field);
    else if constexpr (Fact<T>)
      field.fields(*this);
    else if constexpr (FactList<T>)
      for (auto &element : field)
        (*this)("", element);
  }

private:
  void relocate(Site &site) const {
    if (site.file != whole_.file || site.line < whole_.line || site.line > whole_.endLine) {
      site = {};
      return;
    }
    site.file = {};
    site.line -= whole_.line - 1;
    site.endLine -= whole_.line - 1;
    site.offset = 0;
  }

  const Site whole_;
};

} // namespace

uint64_t contentHash(const Function &function, const TuFacts &facts) {
  Function relative = function;
  relative.contentHash = 0;
  Relocator relocator(function.extent);
  relative.fields(relocator);
  FactHasher hasher(&facts);
  hasher.add(relative);
  return hasher.result();
}

} // namespace opex
