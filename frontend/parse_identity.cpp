#include "frontend/parse_identity.h"

#include "frontend/arguments.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/TargetParser/Host.h"

#include <cstdlib>
#include <link.h>

namespace opex {
namespace {

/// Where Clang's driver looks for headers beside the command.
constexpr const char *kEnvironment[] = {"CPATH",          "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "OBJC_INCLUDE_PATH",
                                        "OBJCPLUS_INCLUDE_PATH", "COMPILER_PATH", "GCC_EXEC_PREFIX", "SDKROOT",
                                        "MACOSX_DEPLOYMENT_TARGET"};

/// Texts of any kind, each with its end.
class Hasher {
public:
  void add(llvm::StringRef text) {
    hash_.update(text);
    hash_.update(llvm::StringRef("\0", 1));
  }
  void addAll(llvm::ArrayRef<std::string> texts) {
    for (const std::string &text : texts)
      add(text);
    add("");
  }
  Digest finish() { return hash_.final<sizeof(Digest)>(); }

private:
  llvm::BLAKE3 hash_;
};

/// The linker's hash over what it linked; empty if the object has none.
std::string buildIdOf(const dl_phdr_info &object) {
  for (const ElfW(Phdr) &segment : llvm::ArrayRef(object.dlpi_phdr, object.dlpi_phnum)) {
    if (segment.p_type != PT_NOTE)
      continue;
    llvm::StringRef rest(reinterpret_cast<const char *>(object.dlpi_addr + segment.p_vaddr), segment.p_memsz);
    while (rest.size() >= sizeof(ElfW(Nhdr))) {
      const auto &note = *reinterpret_cast<const ElfW(Nhdr) *>(rest.data());
      const size_t name = llvm::alignTo<4>(note.n_namesz), text = llvm::alignTo<4>(note.n_descsz);
      rest = rest.drop_front(sizeof note);
      if (note.n_type == NT_GNU_BUILD_ID && rest.starts_with(llvm::StringRef("GNU\0", 4)))
        return rest.substr(name, note.n_descsz).str();
      rest = rest.drop_front(std::min(rest.size(), name + text));
    }
  }
  return "";
}

/// `text` with a mark for each place where it names the root.
std::string withoutRoot(llvm::StringRef text, llvm::StringRef root) {
  root = root.rtrim('/');
  std::string result;
  while (!root.empty()) {
    const size_t at = text.find(root);
    if (at == llvm::StringRef::npos)
      break;
    const llvm::StringRef after = text.drop_front(at + root.size());
    const bool isWhole = after.empty() || after.starts_with("/");
    result += text.take_front(at);
    result += isWhole ? llvm::StringRef("\1") : root;
    text = after;
  }
  return result + text.str();
}

void addArguments(Hasher &hash, const CompileCommand &command, const ParseOptions &options) {
  ArgumentOptions asked;
  asked.before = options.extraArgsBefore;
  asked.after = options.extraArgs;
  llvm::StringRef last;
  bool isNative = false;
  const std::vector<std::string> arguments = adjustArguments(command, asked).arguments;
  for (llvm::StringRef argument : arguments) {
    // What a macro is defined as may get into the facts in any form.
    const bool isMacro = last == "-D" || argument.starts_with("-D");
    hash.add(isMacro ? argument.str() : withoutRoot(argument, options.scope.root));
    isNative |= argument.contains("native");
    last = argument;
  }
  if (!isNative)
    return;
  hash.add(llvm::sys::getHostCPUName());
  std::vector<std::string> features;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    features.push_back((feature.getKey() + (feature.getValue() ? "+" : "-")).str());
  llvm::sort(features);
  hash.addAll(features);
}

} // namespace

llvm::StringRef buildIdentity() {
  static const std::string all = [] {
    std::string ids;
    dl_iterate_phdr(
        [](dl_phdr_info *object, size_t, void *result) {
          const llvm::StringRef name = object->dlpi_name;
          const bool isProgram = name.empty() && static_cast<std::string *>(result)->empty();
          if (!isProgram && !name.contains("libclang") && !name.contains("libLLVM"))
            return 0;
          std::string id = buildIdOf(*object);
          if (id.empty())
            if (auto file = llvm::MemoryBuffer::getFile(isProgram ? "/proc/self/exe" : name))
              id = toText(digestOf((*file)->getBuffer()));
          *static_cast<std::string *>(result) += id + "\n";
          return 0;
        },
        &ids);
    return ids;
  }();
  return all;
}

Digest parseIdentity(const CompileCommand &command, const ParseOptions &options) {
  Hasher hash;
  hash.add(buildIdentity());
  hash.add(withoutRoot(command.directory, options.scope.root));
  hash.add(withoutRoot(command.file, options.scope.root));
  hash.add(std::to_string(command.hash));
  addArguments(hash, command, options);
  for (const char *variable : kEnvironment)
    hash.add(std::getenv(variable) ? std::string("=") + std::getenv(variable) : "");
  std::vector<std::string> excluded = options.scope.exclude;
  for (std::string &prefix : excluded)
    prefix = withoutRoot(prefix, options.scope.root);
  hash.addAll(excluded);
  hash.add(options.fullBodies ? "full" : "skip");
  hash.addAll(options.lookFor.names);
  hash.addAll(options.lookFor.macros);
  hash.addAll(options.lookFor.headerPatterns);
  return hash.finish();
}

} // namespace opex
