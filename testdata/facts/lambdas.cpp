// Lambdas: bodies of their own, captures, generic ones, ids.
#include <functional>
#include <string>

void onTick(std::function<void()> callback);
int add(int, int);

struct Server {
  // expect-fact: callee=std::function::function
  // expect-fact: object=this->handler
  // expect-fact: function Server::handler::(lambda) kind=Lambda
  std::function<int(int)> handler = [](int n) { return n; }; // expect-fact: enclosing=Server::(initializer)
  int port = 80;
  void route(const std::string &path) {
    int hits = 0;
    // expect-fact: call onTick(std::function<void ()>([lambda Server::route::(lambda)]))
    // expect-fact: function Server::route::(lambda) kind=Lambda
    // expect-fact: enclosing=Server::route
    // expect-fact: capture this = %
    // expect-fact: capture hits = %
    // expect-fact: kind=Capture type='int'
    // expect-fact: of the enclosing function
    // expect-fact: capture copy
    // expect-fact: byReference
    onTick([this, &hits, copy = path.size(), path] { // expect-fact: Lambda [lambda Server::route::(lambda)]
      ++hits; // expect-fact: assign hits ++
      add(port, static_cast<int>(copy)); // expect-fact: call add(this->port, (int)copy)
      // expect-fact: function Server::route::(lambda)::(lambda) kind=Lambda
      auto inner = [&] { add(hits, 1); }; // expect-fact: enclosing=Server::route::(lambda)
      inner(); // expect-fact: callee=Server::route::(lambda)::(lambda) object=inner
    });
    // expect-fact: param left kind=Parameter type='int'
    // expect-fact: param left kind=Parameter type='long'
    auto generic = [](auto left, auto right) { return left + right; }; // expect-fact: instance=#
    // expect-fact: templateArguments=['int', 'int']
    generic(1, 2); // expect-fact: callee=Server::route::(lambda) instance=#
    generic(1L, 2L);
    // expect-fact: isUninstantiated
    // expect-fact: kind=Dependent
    auto unused = [](auto value) { return value.size(); }; // expect-fact: name="size" object=value
  }
};

// expect-fact: function global::(initializer) kind=GlobalInitializer
// expect-fact: function global::(lambda) kind=Lambda
std::function<void()> global = [] { onTick(nullptr); }; // expect-fact: variable=global

// expect-fact: callee=applied::(lambda) object=function
template <class F> int apply(F function) { return function(1); }
template <class T> int delayed(T by) {
  onTick([by] { add(static_cast<int>(by), 1); }); // expect-fact: enclosingInstance=#
  return 0;
}
int applied() {
  delayed(3L);
  return apply([](int n) { return n + 1; }); // expect-fact: function applied::(lambda) kind=Lambda
}
int twice() {
  struct Local { // expect-fact: record twice::Local
    // expect-fact: function twice::Local::run kind=Method
    int run() { return add(1, 2); } // expect-fact: record=twice::Local enclosing=twice
  };
  return Local().run();
}
int later(int base) {
  auto generic = [start = base * 2](auto more) { // expect-fact: capture start
    return start + more;                         // expect-fact: exit Return (start + more)
  };
  return noexcept(add(1, 2)) ? generic(1) : generic(2L); // expect-no-fact: call add
}
