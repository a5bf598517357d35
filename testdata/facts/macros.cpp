// Macros, skipped ranges, comments.
// expect-fact-anywhere: expansion CHECKED arguments=["work(n)"] nested=["LOG", "LEVEL", "__LINE__"]
// expect-fact-anywhere: expansion LOG arguments=["LEVEL", "\"started, (really)\""]
// expect-fact-anywhere: nested=["LEVEL", "__LINE__"] definedIn=macros.cpp
#define LEVEL 3
#define LOG(level, text) logAt(level, text, __LINE__)
#define CHECKED(expression)                                                                                  \
  do {                                                                                                       \
    if (!(expression))                                                                                       \
      LOG(LEVEL, "failed");                                                                                  \
  } while (0)
#define SILENT(text) ((void)0)
#define DEFINE(name) int name(int n)

void logAt(int level, const char *text, int line);
bool work(int);

// expect-fact: function defined kind=Free
DEFINE(defined) { // expect-fact: via DEFINE]
  // expect-fact: call logAt(3, "started, (really)"
  // expect-fact: via LOG]
  LOG(LEVEL, "started, (really)"); // expect-fact: String "started, (really)"
  // expect-fact: call work(n)
  // expect-fact: branch If (!work(n))
  // expect-fact: via CHECKED]
  CHECKED(work(n)); // expect-fact: call logAt(3, "failed"
  SILENT("nothing"); // expect-no-fact: call
  // expect-fact: Constant 3 type='int' constant=3
  return LEVEL; /* trailing */ // expect-fact: via LEVEL]
}

#if LEVEL > 5
int dead() { return 1; } // expect-fact: skipped to
int gone() { return 1; } // expect-no-fact: function
#else
int alive() { return 2; } // expect-fact: function alive
#endif

/**
 * A block of text
 * in two lines.
 */
int commented() { // expect-fact: function commented
  const char *text = "// no comment";
  return text ? 1 : 0; // the reason
}
