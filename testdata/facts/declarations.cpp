// Declarations: kinds, flags, parents, enumerators, overridden methods.
// expect-fact-anywhere: file declarations.cpp inProject sha256="
// expect-fact-anywhere: file cstdio isSystem
// expect-fact-anywhere: isStatic isThreadLocal
// expect-fact-anywhere: declaration Shape::count kind=Variable
// expect-fact-anywhere: isVirtual isNoexcept isConst
// expect-fact-anywhere: parent=State type='State' file=declarations.cpp number=5
// expect-fact-anywhere: declaration State::Busy kind=Enumerator
// expect-fact-anywhere: file=stdio.h isVariadic
// expect-fact-anywhere: declaration printf kind=Function
// expect-fact-anywhere: parameterNames=["reason"] file=declarations.cpp isStatic isNoReturn
// expect-fact-anywhere: declaration Shape::fail kind=Method
#include <cstdio>
#include <cstdlib>

enum class State { Idle, Busy = 5 };
// expect-fact: record Shape
// expect-fact: isPolymorphic
struct Shape { // expect-fact: inProject
  virtual ~Shape() = default;
  virtual double area(double scale, int = 0) const noexcept = 0;
  [[noreturn]] static void fail(const char *reason);
  explicit operator bool() const;
  Shape(const Shape &) = delete;
  Shape() = default;
  // expect-fact: field sides
  const int sides = 0; // expect-fact: type='const int'
  static thread_local int count;
};
// expect-fact: record Circle
class Circle : public Shape { // expect-fact: bases=[Shape]
public:
  double area(double scale, int) const noexcept override;
  template <class T> static T *make(T first);
  class Inner { // expect-fact: outer=Circle
    int x;
  };
};
// expect-fact: overrides=[Shape::area] isVirtual isNoexcept
double Circle::area(double scale, int) const noexcept { // expect-fact: function Circle::area kind=Method
  if (scale < 0)
    // expect-fact: callee=Shape::fail
    fail("negative"); // expect-fact: isNoReturn
  return 3.14 * scale;
}
State next(State state) {
  std::printf("%d\n", Shape::count); // expect-fact: call printf("%d\n", Shape::count)
  return state == State::Busy ? State::Idle : State::Busy;
}
[[noreturn]] void stop() { std::abort(); } // expect-fact: isNoReturn
