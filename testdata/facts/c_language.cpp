// options: -x c -std=gnu11
// C: structs, compound literals, statement expressions, callbacks.
// expect-fact-anywhere: declaration options::retries kind=Field
// expect-fact-anywhere: usr="c:c_language.cpp@F@fetch"
#include <stddef.h>
#include <stdlib.h>

struct options { // expect-fact: record options
  int retries;   // expect-fact: field retries
  void (*done)(int);
  union {
    int code; // expect-fact: field code
  };
};

static int fetch(struct options *wanted) { // expect-fact: isInternal
  wanted->retries = 3;                     // expect-fact: assign wanted->retries = 3
  wanted->code = 4;                        // expect-fact: assign wanted->code = 4
  // expect-fact: kind=Indirect
  wanted->done(1);            // expect-fact: calleeValue=wanted->done
  char *copy = malloc(10);    // expect-fact: call malloc(10)
  if (!copy || wanted == NULL) // expect-fact: Binary (wanted == nullptr)
    return -1;
  struct options local = {.done = wanted->done}; // expect-fact: declare local = {0, wanted->done
  local = (struct options){.retries = 5};        // expect-fact: assign local = {5
  return local.retries;
}
int both(void) {
  struct options wanted = {0};
  return fetch(&wanted); // expect-fact: call fetch(&wanted)
}
