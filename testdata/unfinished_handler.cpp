// Handlers that admit to be unfinished, and those that only look like it.
// --- bad.cpp
#include <cassert>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

void charge(int cents);
void refund(int cents);

void todo(int cents) {
  try {
    charge(cents);
  } catch (const std::exception &) { // expect: opex-unfinished-handler "its comment says TODO" advice "decide what the service does when this fails"
    // TODO
  }
}

void todoWithWords(int cents) {
  try {
    charge(cents);
  } catch (const std::exception &) { // expect: opex-unfinished-handler
    // TODO(accounts): book the failed charge in the ledger, so that it is repeated at night
  }
}

void fixme(int cents) {
  try {
    charge(cents);
  } catch (const std::exception &e) { // expect: opex-unfinished-handler
    /* FIXME what now? */
    std::cerr << e.what() << '\n';
  }
}

bool marked(int cents) {
  try {
    charge(cents);
    return true;
  } catch (...) { // expect: opex-unfinished-handler
    return false; // XXX: the caller needs to know why
  }
}

void onTheCatchLine(int cents) {
  try {
    charge(cents);
  } catch (...) { /* HACK */ // expect: opex-unfinished-handler
  }
}

void notImplemented(int cents) {
  try {
    charge(cents);
  } catch (...) { // expect: opex-unfinished-handler
    // not implemented yet
  }
}

void saysSo(int cents) {
  try {
    charge(cents);
  } catch (...) { // expect: opex-unfinished-handler "it only says"
    std::cerr << "TODO: handle this" << std::endl;
  }
}

void throwsSo(int cents) {
  try {
    charge(cents);
  } catch (...) { // expect: opex-unfinished-handler
    throw std::logic_error("not implemented");
  }
}

void asserts(int cents) {
  try {
    charge(cents);
  } catch (...) { // expect: opex-unfinished-handler "asserts that the failure it catches cannot happen"
    assert(false);
  }
}

void assertsWithText(int cents) {
  try {
    charge(cents);
  } catch (const std::exception &e) { // expect: opex-unfinished-handler
    std::cerr << e.what();
    assert(!"charging cannot fail");
  }
}

void assertsBoth(int cents) {
  try {
    charge(cents);
  } catch (const std::exception &) { // expect: opex-unfinished-handler
    assert(false && "no such thing");
  }
}

int unreachable(int cents) {
  try {
    charge(cents);
    return 0;
  } catch (...) { // expect: opex-unfinished-handler
    __builtin_unreachable();
  }
}

void hopes(int cents) {
  try {
    charge(cents);
  } catch (...) { // expect: opex-unfinished-handler "its comment claims that this cannot happen"
    // cannot happen
  }
}

void hopesBeside(int cents) {
  try {
    charge(cents);
  } catch (const std::exception &) {} /* Should never happen. */ // expect: opex-unfinished-handler
}

void eachHandler(int cents) {
  try {
    charge(cents);
  } catch (const std::invalid_argument &) { // expect: opex-unfinished-handler
    // TODO
  } catch (const std::exception &) {
    refund(cents);
  } catch (...) { // expect: opex-unfinished-handler
    assert(0);
  }
}

void wordsIt(int cents) {
  try {
    charge(cents);
  } catch (const std::exception &e) { // expect: opex-unfinished-handler [low]
    // FIXME: use the new logger, with more context
    std::cerr << "not charged: " << e.what() << '\n';
  }
}

void wordsNothing(int cents) {
  try {
    charge(cents);
  } catch (const std::exception &e) { // expect: opex-unfinished-handler [high]
    // TODO: add a message
  }
}

void wordsItAndStops(int cents) {
  try {
    charge(cents);
  } catch (const std::exception &e) { // expect: opex-unfinished-handler [high]
    std::cerr << "not charged: " << e.what() << '\n'; // TODO: better message, and tell the caller
  }
}

void explainsItsHack(int cents) {
  try {
    charge(cents);
  } catch (const std::invalid_argument &) { // expect: opex-unfinished-handler [medium]
    // XXX: old banks refuse zero although it is already paid
  }
}

// --- good.cpp
#include <cassert>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

void book(int cents);
void undo(int cents);
std::string method();

void todoElsewhere(int cents) {
  // TODO: book in batches
  try {
    // FIXME: the currency is missing
    book(cents);
  } catch (const std::exception &) {
    undo(cents);
  }
  // TODO: tell the customer
}

void todoInAString(int cents) {
  try {
    book(cents);
  } catch (const std::exception &) {
    undo(cents);
    std::cerr << "see the TODO list of the booking service\n";
  }
}

void todoInAName(int cents) {
  int TODO = cents;
  try {
    book(cents);
  } catch (const std::exception &) {
    undo(TODO);
  }
}

void wordsLikeMarks(int cents) {
  try {
    book(cents);
  } catch (const std::exception &) {
    // The hack of the old bank (todo lists in the reference) makes it refuse XXXL amounts: undone below.
    undo(cents);
  }
}

void reasonOfTheLibrary(int cents) {
  try {
    book(cents);
  } catch (const std::exception &) {
    // Old banks have not implemented this call; they book at night by themselves.
  }
}

void argued(int cents) {
  try {
    book(cents);
  } catch (const std::exception &) {
    // Cannot happen: the amount was validated by the parser, and book() refuses nothing else.
  }
}

void assertsAFact(int cents) {
  try {
    book(cents);
  } catch (const std::exception &) {
    assert(cents > 0);
    undo(cents);
  }
}

void assertsSomewhereElse(int cents) {
  try {
    assert(cents > 0);
    book(cents);
  } catch (const std::exception &) {
    undo(cents);
  }
}

void answersNotImplemented(int cents) {
  try {
    book(cents);
  } catch (const std::exception &e) {
    throw std::runtime_error(method() + " is not implemented by the bank: " + e.what());
  }
}

void separateComment(int cents) {
  try {
    book(cents);
  } catch (const std::exception &) {
    undo(cents);
  } catch (...) {
    undo(cents);
  }
  /* TODO: the same for refunds */
}

void abortsOnPurpose(int cents) {
  try {
    book(cents);
  } catch (const std::exception &e) {
    std::cerr << e.what() << '\n';
    std::terminate();
  }
}
