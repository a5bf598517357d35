// Control structure: branches, loops, switches, exits, handlers.
// expect-fact-anywhere: enumerators=[Colour::Red, Colour::Green, Colour::Blue] file=control.cpp isScoped
// expect-fact-anywhere: enumeration Colour id=
#include <stdexcept>
#include <string>
#include <vector>

bool ready();
bool willing(int);
int next();
void consume(int);
struct Guard {
  Guard();
  ~Guard();
};
enum class Colour { Red, Green, Blue };

int branches(int n) {
  if (n > 3) // expect-fact: branch If ((n > 3))
    // expect-fact: block 1 Then
    consume(1); // expect-fact: call consume(1)
  else
    consume(2); // expect-fact: block 2 Else
  // expect-fact: block 3 Plain
  // expect-fact: declare got = next() type='int'
  // expect-fact: branch And (got)
  if (int got = next(); got && willing(got)) // expect-fact: branch If ((got && willing(got)))
    return got; // expect-fact: exit Return got
  // expect-fact: branch Or (ready())
  if (ready() || willing(n)) // expect-fact: branch If ((ready() || willing(n)))
    return 1;
  // expect-fact: branch Conditional (n)
  int picked = n ? next() : 7; // expect-fact: declare picked = (n ? next() : 7)
  // expect-no-fact: branch
  int plain = n ? 5 : 7; // expect-fact: declare plain = (n ? 5 : 7)
  // expect-no-fact: branch
  bool both = n > 1 && plain < 4; // expect-fact: declare both = ((n > 1) && (plain < 4))
  if constexpr (sizeof(int) == 4) // expect-no-fact: branch
    consume(4); // expect-fact: call consume(4)
  else
    consume(8); // expect-no-fact: call
  return both ? picked : throw 3; // expect-fact: exit Throw 3
}

void loops(const std::vector<std::string> &names) {
  // expect-fact: declare i = 0
  // expect-fact: loop For ((i < 10))
  // expect-fact: LoopTest
  // expect-fact: LoopIncrement
  for (int i = 0; i < 10; ++i) // expect-fact: assign i ++
    // expect-fact: LoopBody
    consume(i); // expect-fact: result=Discarded
  for (;;) // expect-fact: loop For ()
    break; // expect-fact: exit Break
  // expect-fact: loop While (got)
  while (int got = next()) // expect-fact: declare got = next() type='int'
    consume(got);
  do { // expect-fact: loop DoWhile (willing(2))
    if (ready())
      continue; // expect-fact: exit Continue
    consume(0);
  } while (willing(2)); // expect-fact: LoopTest
  // expect-fact: loop RangeFor ()
  // expect-fact: range=names variable=name
  // expect-fact: declare name = names kind=Range type='const std::string &'
  for (const std::string &name : names)
    consume(static_cast<int>(name.size()));
again: // expect-fact: label again
  if (ready())
    // expect-fact: exit Goto
    goto again; // expect-fact: label="again"
}

int switches(Colour colour, int n) {
  // expect-fact: switch (colour)
  // expect-fact: enumeration=Colour
  // expect-no-fact: hasDefault
  switch (colour) { // expect-fact: SwitchBody
  case Colour::Red: // expect-fact: case Colour::Red /*=0*/ position=0
    consume(1);
    break;
  case Colour::Green: // expect-fact: case Colour::Green /*=1*/ position=2
  case Colour::Blue: // expect-fact: case Colour::Blue /*=2*/ position=2
    return 2;
  }
  switch (n) { // expect-fact: hasDefault
  case 1 ... 5: // expect-fact: case 1 ... 5 position=0
    return 1;
  default: // expect-fact: default position=1
    return 0;
  }
}

void handlers(bool again) {
  // expect-fact: try
  try { // expect-fact: TryBody
    // expect-fact: call Guard() kind=Constructor
    // expect-fact: object=guard
    // expect-fact: declare guard = Guard()
    Guard guard; // expect-fact: hasDestructor
    consume(1);
  // expect-fact: catch (std::runtime_error)
  // expect-fact: caught='std::runtime_error' byReference variable=error
  // expect-fact: declare error kind=Caught type='const std::runtime_error &'
  } catch (const std::runtime_error &error) { // expect-fact: HandlerBody
    if (again)
      throw; // expect-fact: exit Rethrow
  } catch (std::logic_error *) { // expect-fact: caught='std::logic_error *' byPointer
    throw std::runtime_error("logic"); // expect-fact: exit Throw std::runtime_error("logic")
  // expect-fact: catch (...)
  } catch (...) { // expect-no-fact: caught=
  }
}

class Wrapped {
public:
  // expect-fact: isFunctionTry
  // expect-fact: assign this->value_ = next()
  Wrapped() try : value_(next()) { // expect-fact: isInitializer
    consume(value_);
  } catch (const std::exception &) {
  }

private:
  int value_;
};

int expression() {
  // expect-fact: block 1 Plain
  return ({ // expect-fact: exit Return (inner + 1)
    int inner = next();
    inner + 1;
  });
}
