#include "driver/facts_source.h"

#include "driver/look_for.h"
#include "driver/unit_facts.h"
#include "model/error.h"
#include "model/facts_io.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

namespace opex {

llvm::Expected<Facts> factsFromSources(const Options &options, const rules::RuleSet &rules) {
  llvm::Expected<Selection> selection = selectCommands(options);
  if (!selection)
    return selection.takeError();
  // The built-in packs are proven by our own tests.
  LookFor lookFor = lookForPacks(rules, packsOf(rules, options.ruleFiles));
  return Facts{selection->root, factsOf(options, *selection, std::move(lookFor)), selection->leftOut, selection->notices};
}

static std::vector<std::string> factsFiles(llvm::ArrayRef<std::string> inputs) {
  std::vector<std::string> names;
  for (const std::string &input : inputs) {
    if (!llvm::sys::fs::is_directory(input)) {
      names.push_back(input);
      continue;
    }
    std::error_code failure;
    for (llvm::sys::fs::directory_iterator it(input, failure), end; it != end && !failure;
         it.increment(failure))
      if (llvm::StringRef(it->path()).ends_with(".facts"))
        names.push_back(it->path());
  }
  llvm::sort(names);
  return names;
}

llvm::Expected<Facts> factsFromFiles(llvm::ArrayRef<std::string> inputs) {
  Facts facts;
  for (const std::string &name : factsFiles(inputs)) {
    auto buffer = llvm::MemoryBuffer::getFile(name);
    if (!buffer)
      return makeError("cannot read '" + llvm::Twine(name) + "': " + buffer.getError().message());
    llvm::Expected<TuFacts> unit = decodeFacts((*buffer)->getBuffer());
    if (!unit)
      return addContext("'" + llvm::Twine(name) + "'", unit.takeError());
    facts.units.push_back(std::move(*unit));
  }
  return facts;
}

} // namespace opex
