// options: -std=c++20
// Coroutines.
#include <coroutine>

struct Task {
  struct promise_type {
    Task get_return_object();
    std::suspend_never initial_suspend() noexcept;
    std::suspend_never final_suspend() noexcept;
    void unhandled_exception();
    void return_value(int);
    std::suspend_always yield_value(int);
  };
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  int await_resume();
};
Task fetch(int n);

Task run(int n) { // expect-fact: isCoroutine
  // expect-fact: call fetch(n)
  // expect-fact: isAwaited
  // expect-fact: declare got = co_await fetch(n)
  int got = co_await fetch(n); // expect-fact: Await co_await fetch(n)
  // expect-fact: exit CoYield got
  co_yield got; // expect-no-fact: yield_value
  co_await fetch(2); // expect-fact: result=Discarded isAwaited
  co_return got + 1; // expect-fact: exit CoReturn (got + 1)
}
