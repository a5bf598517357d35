// Initialisers of globals and fields; linkage; entities that only their file can name.
// expect-fact-anywhere: declaration (anonymous)::Hidden::count kind=Field
// expect-fact-anywhere: type='int' file=globals.cpp isThreadLocal
// expect-fact-anywhere: declaration own kind=Variable
// expect-fact-anywhere: usr="c:globals.cpp@aN@F@helper#"
#include <mutex>
#include <string>

// expect-fact: function quiet::(initializer) kind=GlobalInitializer
// expect-fact: variable=quiet
static int quiet = 3; // expect-fact: isInternal
thread_local int own = 4; // expect-fact: assign own = 4
extern int elsewhere;
// expect-fact: object=name
const std::string name = "service"; // expect-fact: assign name = std::string("service", {})
// expect-fact: call std::mutex() kind=Constructor
std::mutex lock; // expect-fact: object=lock

namespace {
// expect-fact: function (anonymous)::Hidden::(initializer) kind=FieldInitializers
struct Hidden { // expect-fact: record=(anonymous)::Hidden
  // expect-fact: assign this->count = 1
  int count = 1; // expect-fact: isInitializer
  std::string label{"label"};
};
// expect-fact: function (anonymous)::helper
// expect-fact: isInternal
int helper() { return elsewhere; } // expect-fact: Global elsewhere
Hidden hidden{.count = 2}; // expect-fact: assign (anonymous)::hidden = {2, std::string("label", {})}
} // namespace

struct Made { // expect-fact: function Made::(initializer) kind=FieldInitializers
  // expect-fact: function Made::Made kind=Constructor
  Made(int n) : second(n) {} // expect-fact: assign this->second = n
  Made() = default;
  Made(const Made &) = default;
  // expect-fact: call (anonymous)::helper()
  int first = helper(); // expect-fact: assign this->first = (anonymous)::helper()
  int second;
  static inline int total = 5; // expect-fact: assign Made::total = 5
};

extern "C" int exported(int n) { return n + quiet; } // expect-fact: isExternC
static Made copy(const Made &made) { // expect-fact: isStatic isInternal
  static int times = 0; // expect-fact: declare times = 0 kind=Static
  thread_local int mine = 0; // expect-fact: declare mine = 0 kind=ThreadLocal
  ++times;
  ++mine;
  Made other(made);
  other = made;
  return other;
}
// expect-fact: isMain
int main() { return copy(Made()).second; } // expect-fact: call copy(Made())
