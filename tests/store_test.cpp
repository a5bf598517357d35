// The store alone: what a parse saw is written down by hand, and the disk is changed under it.
#include "store/folder.h"
#include "store/packing.h"
#include "store/store.h"
#include "tests/temp_dir.h"

#include "llvm/Support/MemoryBuffer.h"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace opex {
namespace {

using testing::ElementsAre;
using testing::Optional;

class StoreTest : public testing::Test {
protected:
  StoreTest() {
    source = project.write("src/a.cpp", "int a;\n");
    project.write("include/a.h", "int h;\n");
    settle("src/a.cpp");
    settle("include/a.h");
  }

  /// As if the file had been there for long.
  void settle(llvm::StringRef name) { setTime(name, 1'000'000'000); }
  void setTime(llvm::StringRef name, time_t seconds) {
    const timespec times[] = {{seconds, 0}, {seconds, 0}};
    ASSERT_EQ(utimensat(AT_FDCWD, (project / name).c_str(), times, 0), 0);
  }

  Store open() {
    llvm::Expected<Store> store = Store::open(cache.path(), project.path());
    if (!store)
      llvm::report_fatal_error(store.takeError());
    return std::move(*store);
  }

  /// What a parse of a.cpp would ask, answered as the disk is now.
  Observations seen() {
    Observations seen;
    Stamps none;
    Disk disk(none);
    auto ask = [&](Question question, const std::string &path) { seen.add(question, path, disk.answer(question, path)); };
    for (const std::string &name : {source, project / "include/a.h"})
      for (Question question : {Question::Kind, Question::Content, Question::RealPath})
        ask(question, name);
    ask(Question::Kind, project.path());
    ask(Question::Kind, project / "early/deep/a.h");
    ask(Question::Listing, project / "include");
    seen.foldMissing([&](llvm::StringRef path) { return disk.answer(Question::Kind, path) == kNothing; });
    return seen;
  }

  Digest answersOf(const Observations &seen, llvm::StringRef questions) {
    KnownAnswers known;
    return *answerAll(
        questions, project.path(), [&](Question question, llvm::StringRef path) { return seen.answer(question, path); },
        known);
  }

  void put(llvm::StringRef facts = "facts") {
    Store store = open();
    const Observations now = seen();
    const std::string questions = encodeQuestions(now, project.path());
    store.put(unit, questions, answersOf(now, questions), facts);
    store.finish({});
    EXPECT_EQ(store.trouble(), "");
  }

  std::optional<std::string> find() {
    Store store = open();
    std::optional<StoredEntry> found = store.find(unit);
    return found ? Store::factsOf(*found) : std::nullopt;
  }

  std::vector<std::string> entries() {
    std::vector<std::string> names;
    llvm::Expected<std::vector<std::string>> all = namesIn(cache.path());
    for (const std::string &name : *all)
      if (unitOf(name))
        names.push_back(name);
    return names;
  }

  test::TempDir project, cache;
  std::string source;
  Digest unit = digestOf("unit");
};

TEST_F(StoreTest, FindsWhatWasPut) {
  EXPECT_EQ(find(), std::nullopt);
  put();
  EXPECT_THAT(find(), Optional(std::string("facts")));
  EXPECT_EQ(open().find(digestOf("another unit")), std::nullopt);
}

TEST_F(StoreTest, SeesOtherBytesOfTheSameSizeAndTime) {
  put();
  project.write("include/a.h", "int k;\n");
  settle("include/a.h");
  EXPECT_EQ(find(), std::nullopt);
  project.write("include/a.h", "int h;\n");
  EXPECT_THAT(find(), Optional(std::string("facts"))) << "as before, so the entry serves again";
}

TEST_F(StoreTest, TouchedFilesAreReadAndFoundUnchanged) {
  put();
  setTime("include/a.h", 1'100'000'000);
  Store store = open();
  EXPECT_NE(store.find(unit), std::nullopt);
  EXPECT_GT(store.disk().filesRead(), 0u);
}

TEST_F(StoreTest, SeesWhatAppearsAndGoes) {
  put();
  project.write("early/deep/a.h", "");
  EXPECT_EQ(find(), std::nullopt) << "an earlier header of the same name";
  llvm::sys::fs::remove_directories(project / "early");
  EXPECT_NE(find(), std::nullopt);
  project.write("include/b.h", "");
  EXPECT_EQ(find(), std::nullopt) << "a directory whose names were read";
  llvm::sys::fs::remove(project / "include/b.h");
  llvm::sys::fs::remove(project / "include/a.h");
  EXPECT_EQ(find(), std::nullopt);
}

TEST_F(StoreTest, SeesALinkToTheSameBytesElsewhere) {
  put();
  project.write("other/a.h", "int h;\n");
  llvm::sys::fs::remove(project / "include/a.h");
  ASSERT_FALSE(llvm::sys::fs::create_link(project / "other/a.h", project / "include/a.h"));
  EXPECT_EQ(find(), std::nullopt);
}

TEST_F(StoreTest, FreshFilesAreReadAgain) {
  put();
  project.write("src/a.cpp", "int a;\n"); // Its time is now: it may change within the same moment.
  for (int i = 0; i < 2; ++i) {
    Store store = open();
    EXPECT_NE(store.find(unit), std::nullopt);
    EXPECT_EQ(store.disk().filesRead(), 2u) << "their times of change are of just now";
    store.finish({});
  }
}

TEST(StampsTest, OnlySettledFilesAreTrusted) {
  Stamp stamp{7, 1, 2, 5'000'000'000, 6'000'000'000};
  EXPECT_FALSE(isSettled(stamp, 7'999'999'999));
  EXPECT_TRUE(isSettled(stamp, 8'000'000'000));
  Stamps stamps;
  const std::string content = contentAnswer("bytes");
  stamps.learn("/a.h", stamp, content);
  Stamps read;
  read.decode(stamps.encode());
  EXPECT_THAT(read.contentOf("/a.h", stamp), Optional(content));
  for (int64_t Stamp::*time : {&Stamp::modified, &Stamp::changed}) {
    Stamp other = stamp;
    ++(other.*time);
    EXPECT_EQ(read.contentOf("/a.h", other), std::nullopt);
  }
  const std::string bytes = stamps.encode();
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string bad = bytes;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    Stamps none;
    none.decode(bad);
    none.decode(llvm::StringRef(bytes).take_front(i));
    EXPECT_EQ(none.contentOf("/a.h", stamp), std::nullopt) << i;
  }
}

TEST_F(StoreTest, ServesAnotherCheckoutUnlessFactsNameThisOne) {
  put();
  test::TempDir other;
  other.write("src/a.cpp", "int a;\n");
  other.write("include/a.h", "int h;\n");
  llvm::Expected<Store> store = Store::open(cache.path(), other.path());
  ASSERT_TRUE(static_cast<bool>(store));
  EXPECT_NE(store->find(unit), std::nullopt);
  ASSERT_FALSE(clearStore(cache.path()));
  put("text of " + project.path() + "/src/a.cpp");
  store = Store::open(cache.path(), other.path());
  EXPECT_EQ(store->find(unit), std::nullopt);
  EXPECT_NE(find(), std::nullopt);
}

TEST_F(StoreTest, DamagedEntriesAreNoEntries) {
  put();
  ASSERT_EQ(entries().size(), 1u);
  const std::string name = entries().front(), path = cache / name;
  const std::string bytes = llvm::MemoryBuffer::getFile(path).get()->getBuffer().str();
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string bad = bytes;
    bad[i] = static_cast<char>(bad[i] ^ 0x40);
    cache.write(name, bad);
    EXPECT_EQ(find(), std::nullopt) << "bit of byte " << i;
    cache.write(name, bytes.substr(0, i));
    EXPECT_EQ(find(), std::nullopt) << "cut after byte " << i;
  }
  put();
  EXPECT_THAT(find(), Optional(std::string("facts"))) << "put again in its place";
}

TEST_F(StoreTest, EntriesUnderAForeignNameAreNoEntries) {
  put();
  const std::string name = entries().front();
  ASSERT_FALSE(llvm::sys::fs::rename(cache / name, cache / entryFile(digestOf("another unit"), digestOf("x"))));
  EXPECT_EQ(open().find(digestOf("another unit")), std::nullopt);
}

TEST_F(StoreTest, PipesLinksAndFoldersAreNoEntries) {
  ASSERT_EQ(mkfifo((cache / entryFile(unit, digestOf("pipe"))).c_str(), 0600), 0);
  llvm::sys::fs::create_directory(cache / entryFile(unit, digestOf("folder")));
  ASSERT_FALSE(llvm::sys::fs::create_link("/dev/zero", cache / entryFile(unit, digestOf("link"))));
  EXPECT_EQ(find(), std::nullopt);
}

TEST_F(StoreTest, ResultsAreKeptUntilTheyAreDamaged) {
  const Digest key = digestOf("run");
  Store store = open();
  EXPECT_EQ(store.result(key), std::nullopt);
  store.putResult(key, "text");
  EXPECT_THAT(open().result(key), Optional(std::string("text")));
  const std::string name = resultFile(key);
  const std::string bytes = llvm::MemoryBuffer::getFile(cache / name).get()->getBuffer().str();
  for (size_t i = 0; i < bytes.size(); ++i) {
    cache.write(name, bytes.substr(0, i));
    EXPECT_EQ(open().result(key), std::nullopt) << i;
  }
  EXPECT_EQ(summariseStore(cache.path()).entries, 0u) << "a result is no unit";
}

TEST(PackingTest, UnpacksWhatWasPacked) {
  const std::string text(10'000, 'x');
  const std::string small = packed(text);
  EXPECT_LT(small.size(), text.size());
  EXPECT_THAT(unpacked(small), Optional(text));
  EXPECT_THAT(unpacked(packed("")), Optional(std::string()));
  for (size_t i = 0; i < small.size(); ++i) {
    std::string bad = small;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    (void)unpacked(bad); // A checksum stands around it; this must only not crash.
    EXPECT_EQ(unpacked(llvm::StringRef(small).take_front(i)), std::nullopt) << i;
  }
}

TEST_F(StoreTest, WhateverAnEntryAsksForIsLookedAtWithCare) {
  ASSERT_EQ(mkfifo((project / "pipe").c_str(), 0600), 0);
  Stamps stamps;
  Disk disk(stamps);
  for (const std::string &path : {project / "pipe", project.path(), std::string("/dev/zero"), std::string("/dev/tty"),
                                  std::string("/"), std::string(), std::string(5000, 'x'), "/" + std::string(300, 'y')})
    EXPECT_EQ(disk.answer(Question::Content, path), "") << path;
  EXPECT_EQ(disk.answer(Question::Kind, project / "pipe"), kOther);
  EXPECT_EQ(disk.answer(Question::Listing, source), listingAnswer({}));
  EXPECT_EQ(disk.answer(Question::RealPath, "/nowhere/.."), "");
}

TEST_F(StoreTest, QuestionsThatNobodyAsksAreRefused) {
  KnownAnswers known;
  auto refuse = [](Question, llvm::StringRef) { return std::string(); };
  const std::string good = encodeQuestions(seen(), project.path());
  EXPECT_TRUE(answerAll(good, project.path(), refuse, known).has_value());
  for (llvm::StringRef bad : {"\xff", "\x05", "\x03\x01/\x10", "\x04\x01/\x01\x7f", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"})
    EXPECT_EQ(answerAll(bad, project.path(), refuse, known), std::nullopt);
  EXPECT_EQ(answerAll(llvm::StringRef("\x05\x01/\x01\x01\0", 6), project.path(), refuse, known), std::nullopt);
  for (size_t i = 1; i < good.size(); ++i) { // Cut between two directories it is still one question less.
    KnownAnswers fresh;
    (void)answerAll(llvm::StringRef(good).take_front(i), project.path(), refuse, fresh);
  }
}

TEST_F(StoreTest, WhatChangedDuringTheParseIsNotKept) {
  Store store = open();
  const Observations before = seen();
  const std::string questions = encodeQuestions(before, project.path());
  project.write("include/a.h", "int later;\n");
  store.put(unit, questions, answersOf(before, questions), "facts");
  EXPECT_THAT(entries(), ElementsAre());
}

TEST_F(StoreTest, FewVariantsOfAUnitStay) {
  for (int i = 0; i < 7; ++i) {
    project.write("src/a.cpp", "int a" + std::to_string(i) + ";\n");
    put("facts " + std::to_string(i));
  }
  EXPECT_EQ(entries().size(), 4u);
  EXPECT_THAT(find(), Optional(std::string("facts 6")));
}

TEST_F(StoreTest, ClearingLeavesWhatIsNotTheStores) {
  cache.write("precious.txt", "keep");
  put();
  EXPECT_EQ(summariseStore(cache.path()).entries, 1u);
  pruneStore(cache.path(), {1, 30});
  EXPECT_EQ(summariseStore(cache.path()).entries, 1u);
  ASSERT_FALSE(clearStore(cache.path()));
  EXPECT_EQ(summariseStore(cache.path()).entries, 0u);
  EXPECT_TRUE(llvm::sys::fs::exists(cache / "precious.txt"));
}

TEST_F(StoreTest, PruningRemovesWhatWasNotUsedForLongest) {
  const std::string megabyte(1 << 20, 'x');
  for (const char *name : {"a", "b", "c"}) {
    unit = digestOf(name);
    put(megabyte);
  }
  const std::string old = entryFile(digestOf("a"), digestOf(""));
  for (const std::string &name : entries())
    if (*unitOf(name) == *unitOf(old)) {
      const timespec times[] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
      ASSERT_EQ(utimensat(AT_FDCWD, (cache / name).c_str(), times, 0), 0);
    }
  pruneStore(cache.path(), {100, 30});
  EXPECT_EQ(open().find(digestOf("a")), std::nullopt) << "too old";
  EXPECT_NE(open().find(digestOf("b")), std::nullopt);
  pruneStore(cache.path(), {2, 30});
  EXPECT_LE(summariseStore(cache.path()).bytes, 2u << 20);
}

TEST_F(StoreTest, AFolderThatCannotBeMadeIsAnError) {
  llvm::Expected<Store> store = Store::open(source + "/below/a/file", project.path());
  EXPECT_FALSE(static_cast<bool>(store));
  llvm::consumeError(store.takeError());
}

TEST_F(StoreTest, WhatCannotBeWrittenIsSaidOnce) {
  Store store = open();
  llvm::sys::fs::remove_directories(cache.path());
  const Observations now = seen();
  const std::string questions = encodeQuestions(now, project.path());
  store.put(unit, questions, answersOf(now, questions), "facts");
  EXPECT_THAT(store.trouble().str(), testing::HasSubstr("cannot write"));
  store.finish({});
}

} // namespace
} // namespace opex
