// Comments, their places and texts; lines and their hashes.
int f(int n) { // expect-fact: comment endLine=2
  // expect-fact: isAlone text="before"
  // expect-fact: text="after\ntwo lines"
  /* before */ int value = n; /* after
                                 two lines */
  const char *text = "/* no comment */ // either"; // expect-no-fact: isAlone
#if 0
  int dead; // expect-fact: skipped to
  int dead2; // expect-fact: comment
#endif
  value += n * 1000001 + value * 1000003 - n * 1000033 + value * 1000037 - n * 1000039 + value;
  value += n * 1000001 + value * 1000003 - n * 1000033 + value * 1000037 - n * 1000039 + value;
  // expect-fact: occurrence=2
  value += n * 1000001 + value * 1000003 - n * 1000033 + value * 1000037 - n * 1000039 + value;
  value += n * 1000001 + value * 1000003 - n * 1000033 + value * 1000037 - n * 1000039 + value;
  return value + (text != nullptr); // expect-fact: line text="  return value + (text != nullptr);
}
