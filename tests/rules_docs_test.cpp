// What docs/rules.md and the schema say of packs is what the readers take.
#include "rules/embedded.h"
#include "rules/load.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gmock/gmock.h>

#include <set>

using namespace opex::rules;

/// The readers spell their keys once, as "key" in a call of these.
static std::set<std::string> keysOfReaders() {
  std::set<std::string> keys = {"function", "method", "field"}; // Read in a loop.
  for (const char *source : {"/rules/pack_reader.cpp", "/rules/pack_values.cpp", "/rules/work_reader.cpp"}) {
    auto code = llvm::MemoryBuffer::getFile(std::string(OPEX_SOURCE_DIR) + source);
    if (!code) {
      ADD_FAILURE() << source;
      continue;
    }
    for (llvm::StringRef call :
         {"optional(\"", "required(\"", "find(\"", "readRows(keys, \"", "readConditions(keys, \""}) {
      llvm::StringRef rest = (*code)->getBuffer();
      for (size_t at = rest.find(call); at != llvm::StringRef::npos; at = rest.find(call)) {
        rest = rest.substr(at + call.size());
        keys.insert(rest.split('"').first.str());
      }
    }
  }
  for (const char *key : {"schema", "practices", "answered-by"}) // Of another file.
    keys.erase(key);
  return keys;
}

TEST(RulesDocs, ExamplesAreValidAndKeysAreListed) {
  auto buffer = llvm::MemoryBuffer::getFile(OPEX_SOURCE_DIR "/docs/rules.md");
  ASSERT_TRUE(bool(buffer));
  llvm::StringRef text = (*buffer)->getBuffer();
  llvm::Expected<RuleSet> builtIn = loadRules({});
  ASSERT_TRUE(bool(builtIn)) << llvm::toString(builtIn.takeError());
  unsigned packs = 0;
  for (size_t at = text.find("```yaml\npack:"); at != llvm::StringRef::npos;
       at = text.find("```yaml\npack:", at + 1)) {
    llvm::StringRef example = text.substr(at + 8).split("```").first;
    EXPECT_EQ(llvm::toString(parsePack(example, "docs/rules.md", builtIn->packs).takeError()), "");
    EXPECT_LT(example.count('\n'), 20u);
    ++packs;
  }
  EXPECT_EQ(packs, 2u);
  for (const std::string &key : keysOfReaders())
    EXPECT_TRUE(text.contains("`" + key + "`") || text.contains("{" + key + ":")) << key;
}

/// The keys of every "properties" in a schema.
static void addProperties(const llvm::json::Value &node, std::set<std::string> &keys) {
  if (const llvm::json::Array *list = node.getAsArray())
    for (const llvm::json::Value &item : *list)
      addProperties(item, keys);
  const llvm::json::Object *object = node.getAsObject();
  if (!object)
    return;
  for (const auto &[name, value] : *object) {
    addProperties(value, keys);
    if (name == "properties")
      for (const auto &property : *value.getAsObject())
        keys.insert(property.first.str());
  }
}

TEST(RulesSchema, KnowsTheKeysThatTheReadersKnow) {
  llvm::Expected<llvm::json::Value> schema = llvm::json::parse(packSchema());
  ASSERT_TRUE(bool(schema));
  std::set<std::string> keys;
  addProperties(*schema, keys);
  EXPECT_EQ(keys, keysOfReaders());
}

TEST(RulesSchema, WhatItRefusesIsRefused) {
  std::error_code failure;
  unsigned files = 0;
  for (llvm::sys::fs::directory_iterator it(OPEX_SOURCE_DIR "/testdata/rules/refused", failure), end; it != end;
       it.increment(failure), ++files) {
    auto text = llvm::MemoryBuffer::getFile(it->path());
    ASSERT_TRUE(bool(text));
    EXPECT_NE(llvm::toString(parsePack((*text)->getBuffer(), "demo.yaml").takeError()), "") << it->path();
  }
  EXPECT_GT(files, 5u);
}
