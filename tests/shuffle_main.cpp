// shuffle FACTS… [--rules PACK] [--orders 20]: whether a program gives the same findings in any order of its
// functions and units. FACTS are files of `opex-tidy facts`, or folders of them. Prints what changes and
// exits with 1 if anything does.
#include "rules/load.h"
#include "tests/shuffle.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <filesystem>

namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::vector<std::string> facts, packs;
  unsigned orders = 20;
};

void addFacts(const fs::path &path, std::vector<std::string> &encoded) {
  if (fs::is_directory(path)) {
    std::vector<fs::path> files;
    for (const auto &entry : fs::directory_iterator(path))
      if (entry.path().extension() == ".facts")
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const fs::path &file : files)
      addFacts(file, encoded);
    return;
  }
  auto buffer = llvm::MemoryBuffer::getFile(path.string());
  if (!buffer)
    llvm::report_fatal_error(llvm::Twine("cannot read ") + path.string());
  encoded.push_back((*buffer)->getBuffer().str());
}

bool read(int argc, char **argv, Arguments &arguments) {
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef argument = argv[i];
    if (!argument.starts_with("--"))
      arguments.facts.push_back(argument.str());
    else if (++i >= argc)
      return false;
    else if (argument == "--rules")
      arguments.packs.push_back(argv[i]);
    else if (argument != "--orders" || llvm::StringRef(argv[i]).getAsInteger(10, arguments.orders))
      return false;
  }
  return !arguments.facts.empty();
}

} // namespace

int main(int argc, char **argv) {
  Arguments arguments;
  if (!read(argc, argv, arguments)) {
    llvm::errs() << "usage: shuffle FACTS... [--rules PACK] [--orders 20]\n";
    return 2;
  }
  std::vector<std::string> encoded;
  for (const std::string &path : arguments.facts)
    addFacts(path, encoded);
  if (encoded.empty()) {
    llvm::errs() << "shuffle: there are no .facts in what was given\n";
    return 2;
  }
  llvm::Expected<opex::rules::RuleSet> rules = opex::rules::loadRules(arguments.packs);
  if (!rules) {
    llvm::errs() << llvm::toString(rules.takeError()) << '\n';
    return 2;
  }
  std::string changes = opex::test::differencesInOtherOrders(encoded, *rules, arguments.orders);
  llvm::outs() << changes << encoded.size() << " units, " << arguments.orders
               << " orders: " << (changes.empty() ? "the same findings in all\n" : "findings differ\n");
  return changes.empty() ? 0 : 1;
}
