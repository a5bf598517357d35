// What a chain of calls throws does not depend on the depth at which it was first asked for: no call of it does, so
// neither handler hides anything.
#include <string>

namespace {
int total = 0;
void f12(int n) noexcept(false) { total += n; }
void f11(int n) { f12(n); }
void f10(int n) { f11(n); }
void f9(int n) { f10(n); }
void f8(int n) { f9(n); }
void f7(int n) { f8(n); }
void f6(int n) { f7(n); }
void f5(int n) { f6(n); }
void f4(int n) { f5(n); }
void f3(int n) { f4(n); }
void f2(int n) { f3(n); }
void f1(int n) { f2(n); }
} // namespace

void aroundTheWhole(int n) {
  try {
    f1(n);
  } catch (...) {
  }
}

void aroundTheEnd(int n) {
  try {
    f8(n);
  } catch (...) {
  }
}
