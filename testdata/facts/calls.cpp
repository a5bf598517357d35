// Calls: kinds, objects, default arguments, use of results, temporaries.
#include <atomic>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <new>
#include <string>

struct Base {
  virtual ~Base();
  virtual int run(int n, int limit = 10);
  static void log(const char *text);
  operator bool() const;
  int operator[](int index) const;
  Base &operator+=(int n);
};
struct Derived final : Base {
  int run(int n, int limit) override;
};
int later(std::function<int(int)> task, int (*plain)(int));

void kinds(Base &base, Derived *derived, int (*plain)(int), const std::function<int(int)> &task) {
  // expect-fact: call base.run(1, 10) kind=Method
  base.run(1); // expect-fact: object=base defaultArguments=1 type='int' result=Discarded isVirtual
  // expect-fact: call derived->run(2, 3)
  derived->run(2, 3); // expect-no-fact: isVirtual
  // expect-fact: callee=Base::run
  base.Base::run(4); // expect-no-fact: isVirtual
  Base::log("static"); // expect-fact: call Base::log("static")
  // expect-fact: call Base::log("through an object")
  base.log("through an object"); // expect-no-fact: object=
  // expect-fact: kind=Indirect
  plain(5); // expect-fact: calleeValue=plain
  // expect-fact: call task.operator()(6) kind=Operator
  // expect-fact: callee=std::function::operator()
  task(6); // expect-fact: object=task calleeValue=task
  // expect-fact: call base.operator+=(7) kind=Operator
  base += 7; // expect-fact: assign base += 7
  int element = base[8]; // expect-fact: call base.operator[](8) kind=Operator
  // expect-fact: callee=Base::operator bool object=base
  if (base) // expect-fact: branch If (base.operator bool())
    // expect-fact: call later(task, plain)
    (void)later(task, plain); // expect-fact: result=VoidCast
  int (Base::*member)(int, int) = &Base::run;
  (base.*member)(9, element); // expect-fact: call (base .* member)(9, element) kind=Indirect
  std::exit(1); // expect-fact: isNoReturn
}

std::unique_ptr<Base> objects(std::mutex &mutex) {
  // expect-fact: call std::lock_guard<std::mutex>(mutex) kind=Constructor
  // expect-fact: object=lock
  std::lock_guard<std::mutex> lock(mutex); // expect-fact: hasDestructor
  // expect-fact: call new Derived() kind=Constructor
  // expect-fact: isHeap
  Base *heap = new Derived(); // expect-fact: type='Derived *'
  int *numbers = new int[3]; // expect-fact: call new int() kind=Constructor
  // expect-fact: callee=Base::~Base object=heap
  // expect-fact: kind=Destructor
  delete heap; // expect-fact: isVirtual
  // expect-fact: kind=Destructor
  delete[] numbers; // expect-fact: object=numbers
  heap->~Base(); // expect-fact: kind=Destructor
  // expect-fact: callee=std::basic_string::basic_string
  // expect-fact: object=text defaultArguments=1
  std::string text("text"); // expect-fact: templateArguments=['std::allocator<char>']
  // expect-fact: object=copy
  std::string copy = text; // expect-fact: declare copy = std::string(text)
  // expect-fact: isTemporary
  std::string("temporary").size(); // expect-fact: call std::string("temporary", {}).size() kind=Method
  // expect-fact: call std::async(std::launch::async /*=1*/, [lambda objects::(lambda)])
  // expect-fact: templateArguments=['(lambda)']
  std::async(std::launch::async, [] {}); // expect-fact: result=Discarded isTemporary
  std::atomic<int> count{0};
  // expect-fact: callee=std::__atomic_base::operator++
  count++; // expect-fact: assign count ++
  // expect-fact: callee=std::basic_string::operator=
  text = copy; // expect-fact: assign text = copy
  // expect-fact: callee=std::make_unique instance=#
  auto made = std::make_unique<Derived>(); // expect-fact: templateArguments=['Derived']
  return made; // expect-fact: exit Return std::unique_ptr<Base>(made)
}
