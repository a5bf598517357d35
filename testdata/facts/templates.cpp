// Templates: instantiations at their pattern, uninstantiated texts, specialisations.
#include <string>
#include <vector>

inline namespace v1 {
template <class T> struct Box {
  T value{};
  int size = 4;
  // expect-fact: function Box::get kind=Method
  // expect-fact: result='int'
  // expect-fact: result='std::basic_string<char>'
  // expect-fact: instance=#
  // expect-fact: record=Box
  T get() const { return value; } // expect-fact: exit Return this->value
  // expect-fact: function Box::as kind=Method
  template <class U> U as(U other) { return other; } // expect-fact: instance=#
  // expect-fact: isUninstantiated
  // expect-fact: call this->value.vanish(this->size, 2) kind=Dependent
  void never() { value.vanish(size, 2); }
  static int made;
};
} // namespace v1
// expect-fact: function Box::made::(initializer) kind=GlobalInitializer
template <class T> int Box<T>::made = 7; // expect-no-fact: isUninstantiated
template <> struct Box<bool> {
  // expect-fact: result='bool'
  bool get() const { return true; } // expect-no-fact: instance=
};
template <class T> struct Box<T *> {
  T *get() const { return nullptr; } // expect-fact: result='int *'
};

// expect-fact: result='double'
// expect-fact: result='int'
// expect-fact: exit Return ((left < right) ? left : right)
template <class T> T pick(T left, T right) { return left < right ? left : right; }
template <class T> void unused(T value) { // expect-fact: isUninstantiated
  int known = pick(1, 2); // expect-fact: callee=pick
  // expect-fact: call value.call(known) kind=Dependent
  value.call(known); // expect-fact: name="call" object=value
  helper(value); // expect-fact: call helper(value) kind=Dependent
  T made(known); // expect-fact: declare made = known type='T'
  typename T::Inner nested{};
}
// expect-fact: parameterCount=2
// expect-fact: ?{sizeof...(values)} /*=2*/
template <class... Ts> int count(Ts... values) { return sizeof...(values) + (0 + ... + values); }
template <int N> int times(int n) {
  if constexpr (N > 2)
    return pick(n, N); // expect-fact: call pick(n, 3)
  else
    return n * N; // expect-no-fact: exit
}

int use(std::vector<int> &list) {
  // expect-fact: call Box<int>() kind=Constructor
  Box<int> ints; // expect-fact: callee=Box::Box object=ints
  Box<std::string> strings;
  Box<bool> flag;
  Box<int *> pointer;
  ints.value = 3; // expect-fact: assign ints.value = 3
  // expect-fact: call ints.get() kind=Method
  // expect-fact: callee=Box::get instance=#
  int sum = ints.get() + ints.as(4) + ints.size + flag.get() + (pointer.get() == nullptr);
  strings.get();
  list.push_back(pick(1, 2));
  pick(1.0, 2.0); // expect-fact: templateArguments=['double']
  return sum + count(1, 2) + times<3>(1) + Box<long>::made;
}
