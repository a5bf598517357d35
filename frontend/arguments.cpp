#include "frontend/arguments.h"

#include "clang/Basic/Version.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Options/Options.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Option/Arg.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Triple.h"

#include <dlfcn.h>

namespace opex {
namespace {

namespace options = clang::options;
namespace path = llvm::sys::path;

/// `-f…` and `-fno-…` options that change what the source means or which macros it sees.
constexpr llvm::StringLiteral kLanguageFlags[] = {
    "PIC", "PIE", "access-control", "aligned-allocation", "aligned-new", "asm", "blocks", "borland-extensions",
    "bracket-depth", "builtin", "c++-static-destructors", "cf-protection", "char8_t", "complete-member-pointers",
    "constexpr-depth", "constexpr-steps", "coro-aligned-allocation", "coroutines", "cxx-exceptions", "declspec",
    "delayed-template-parsing", "digraphs", "dollars-in-identifiers", "exceptions", "fast-math", "finite-math-only",
    "fixed-point", "freestanding", "gnu-inline-asm", "gnu-keywords", "gnu89-inline", "gnuc-version", "hosted",
    "implicit-constexpr", "lax-vector-conversions", "math-errno", "max-type-align", "ms-compatibility",
    "ms-compatibility-version", "ms-extensions", "native-half-type", "new-alignment", "objc-arc", "objc-exceptions",
    "operator-names", "optimize-strict-overflow", "pascal-strings", "pic", "pie", "relaxed-template-template-args",
    "rtti", "short-enums", "short-wchar", "signed-char", "sized-deallocation", "strict-enums", "template-depth",
    "threadsafe-statics", "trapping-math", "unsigned-char", "use-cxa-atexit", "wchar"};

bool isLanguageFlag(llvm::StringRef name) {
  static const llvm::StringSet<> kNames(llvm::from_range, kLanguageFlags);
  if (!name.consume_front("f"))
    return false;
  name.consume_front("no-");
  name.consume_back("=");
  return kNames.contains(name);
}

/// Options that load code or binary formats, or run programs: worth a word when refused.
constexpr llvm::StringLiteral kLoading[] = {
    "B", "fplugin", "fplugin-arg-", "fpass-plugin", "load", "plugin", "add-plugin", "config", "config-user-dir",
    "config-system-dir", "specs", "wrapper", "ivfsoverlay", "vfsoverlay", "fmodule-file", "fmodule-map-file",
    "fprebuilt-module-path", "plugin-arg-"};

bool isRefusedLoudly(llvm::StringRef name) {
  static const llvm::StringSet<> kNames(llvm::from_range, kLoading);
  return kNames.contains(name.rtrim('='));
}

/// Kept with their values; every other option is dropped.
bool isKept(const llvm::opt::Option &option, bool withoutMachineOptions) {
  switch (option.getID()) {
  case options::OPT_D:
  case options::OPT_U:
  case options::OPT_I:
  case options::OPT_F:
  case options::OPT_isystem:
  case options::OPT_isystem_after:
  case options::OPT_iquote:
  case options::OPT_idirafter:
  case options::OPT_include:
  case options::OPT_imacros:
  case options::OPT_iprefix:
  case options::OPT_iwithprefix:
  case options::OPT_iwithprefixbefore:
  case options::OPT_iwithsysroot:
  case options::OPT_isysroot:
  case options::OPT_iframework:
  case options::OPT_cxx_isystem:
  case options::OPT_embed_dir_EQ:
  case options::OPT__sysroot:
  case options::OPT__sysroot_EQ:
  case options::OPT_undef:
  case options::OPT_nostdinc:
  case options::OPT_nostdincxx:
  case options::OPT_nostdlibinc:
  case options::OPT_stdlib_EQ:
  case options::OPT_stdlibxx_isystem:
  case options::OPT_std_EQ:
  case options::OPT_ansi:
  case options::OPT_trigraphs:
  case options::OPT_target:
  case options::OPT_target_legacy_spelling:
  case options::OPT_arch:
  case options::OPT_gcc_toolchain:
  case options::OPT_gcc_install_dir_EQ:
  case options::OPT_gcc_triple_EQ:
  case options::OPT_pthread:
  case options::OPT_m32:
  case options::OPT_m64:
  case options::OPT_mx32: return true;
  case options::OPT_mllvm:
  case options::OPT_mmlir:
  case options::OPT_mtune_EQ: return false;
  default:
    if (option.matches(options::OPT_m_Group))
      return !withoutMachineOptions;
    return option.matches(options::OPT_O_Group) || isLanguageFlag(option.getName());
  }
}

/// One pass over the options of a command.
class Adjuster {
public:
  Adjuster(const CompileCommand &command, const ArgumentOptions &options)
      : command_(command), options_(options) {}

  AdjustedArguments run();

private:
  void takeCompiler();
  void addDriver();
  void add(const llvm::opt::ArgList &all, const llvm::opt::Arg &arg);
  void addInclude(llvm::StringRef header);
  void addPreprocessor(llvm::StringRef value);
  void addXclang(llvm::StringRef value);
  void refuse(llvm::StringRef name);

  const CompileCommand &command_;
  const ArgumentOptions &options_;
  AdjustedArguments result_;
  std::vector<std::string> rest_; ///< What follows the compiler.
  std::string compiler_;
  std::string pendingXclang_; ///< An -Xclang value that waits for its own value.
};

bool isLauncher(llvm::StringRef argument) {
  static const llvm::StringSet<> kLaunchers = {"ccache", "distcc",    "sccache",    "icecc",
                                               "gomacc", "fastbuild", "buildcache", "env",
                                               "time",   "nice",      "goma",       "pump"};
  return kLaunchers.contains(path::filename(argument));
}

/// Steps over launchers, their options and assignments to environment variables.
void Adjuster::takeCompiler() {
  size_t at = 0;
  const std::vector<std::string> &arguments = command_.arguments;
  auto isPrelude = [&](llvm::StringRef argument) {
    return isLauncher(argument) || (at > 0 && argument.starts_with("-")) ||
           (argument.contains('=') && !argument.contains('/'));
  };
  while (at + 1 < arguments.size() && isPrelude(arguments[at]))
    ++at;
  if (at < arguments.size())
    compiler_ = arguments[at++];
  rest_.assign(arguments.begin() + std::min(at, arguments.size()), arguments.end());
}

/// clang or clang++ as the compiler's name says; the target of a cross compiler; the prefix of a GCC that
/// is not the system's, whose headers its programs were built against.
void Adjuster::addDriver() {
  llvm::StringRef name = path::filename(compiler_);
  const llvm::StringRef stem = name.rtrim("0123456789.").rtrim('-');
  const bool isCxx = stem.ends_with("++");
  const std::string resources = clangResourceDir();
  // <prefix>/lib/clang/22: libc++ and the rest of an installation are found from <prefix>/bin.
  llvm::SmallString<128> driver(path::parent_path(path::parent_path(path::parent_path(resources))));
  path::append(driver, "bin", isCxx ? "clang++" : "clang");
  std::vector<std::string> &out = result_.arguments;
  out.push_back(driver.str().str());
  out.push_back("--no-default-config");
  out.push_back("-resource-dir=" + resources);
  for (llvm::StringRef suffix : {"-g++", "-gcc", "-clang++", "-clang", "-c++", "-cc"})
    if (stem.ends_with(suffix)) {
      const llvm::Triple triple(stem.drop_back(suffix.size()));
      if (triple.getArch() != llvm::Triple::UnknownArch)
        out.push_back("--target=" + triple.str());
      break;
    }
  if (path::is_absolute(compiler_) && (stem.ends_with("g++") || stem.ends_with("gcc"))) {
    const llvm::StringRef prefix = path::parent_path(path::parent_path(compiler_));
    if (prefix != "/usr" && prefix != "/" && llvm::sys::fs::is_directory(prefix + "/lib/gcc"))
      out.push_back("--gcc-toolchain=" + prefix.str());
  }
}

void Adjuster::refuse(llvm::StringRef name) {
  const std::string notice = "option -" + name.rtrim("=-").str() +
                             " of the compile command is ignored: it would load or run something";
  if (!llvm::is_contained(result_.notices, notice))
    result_.notices.push_back(notice);
}

/// A precompiled header is replaced by the header it was made from.
void Adjuster::addInclude(llvm::StringRef header) {
  if (header.ends_with(".gch") || header.ends_with(".pch")) {
    llvm::SmallString<256> source(header.drop_back(4));
    llvm::sys::path::make_absolute(command_.directory, source);
    if (!llvm::sys::fs::exists(source))
      return;
    header = header.drop_back(4);
  }
  result_.arguments.push_back("-include");
  result_.arguments.push_back(header.str());
}

void Adjuster::addPreprocessor(llvm::StringRef value) {
  if (value.size() > 2 && (value.starts_with("-D") || value.starts_with("-U") || value.starts_with("-I")))
    result_.arguments.push_back(value.str());
}

/// CMake passes precompiled headers through -Xclang; the plain header among them is all we want.
void Adjuster::addXclang(llvm::StringRef value) {
  const std::string pending = std::exchange(pendingXclang_, "");
  if (pending == "-include")
    return addInclude(value);
  if (!pending.empty())
    return;
  llvm::StringRef name = value.ltrim('-').split('=').first;
  if (name.starts_with("plugin-arg-"))
    name = "plugin-arg-";
  if (value == "-include" || value == "-include-pch" || value == "-load" || value == "-plugin" ||
      value == "-add-plugin")
    pendingXclang_ = value.str();
  if (isRefusedLoudly(name))
    refuse("Xclang -" + name.str());
}

void Adjuster::add(const llvm::opt::ArgList &all, const llvm::opt::Arg &arg) {
  const llvm::opt::Option option = arg.getOption().getUnaliasedOption();
  switch (option.getID()) {
  case options::OPT_Xclang: return addXclang(arg.getValue());
  case options::OPT_Xpreprocessor: return addPreprocessor(arg.getValue());
  case options::OPT_Wp_COMMA:
    for (const char *value : arg.getValues())
      addPreprocessor(value);
    return;
  case options::OPT_include: return addInclude(arg.getValue());
  case options::OPT_x: {
    // No "ast", "pcm", "ir": those are binary formats.
    const llvm::StringRef language = arg.getValue();
    if (language == "c" || language == "c++" || language == "objective-c" || language == "objective-c++" ||
        language == "c-header" || language == "c++-header")
      result_.arguments.insert(result_.arguments.end(), {"-x", language.str()});
    return;
  }
  case options::OPT_UNKNOWN: {
    const llvm::StringRef name = llvm::StringRef(arg.getSpelling()).ltrim('-').split('=').first;
    return isRefusedLoudly(name) ? refuse(name) : void();
  }
  default: break;
  }
  if (isKept(option, options_.withoutMachineOptions)) {
    llvm::opt::ArgStringList rendered;
    arg.render(all, rendered);
    result_.arguments.insert(result_.arguments.end(), rendered.begin(), rendered.end());
  } else if (isRefusedLoudly(option.getName())) {
    refuse(option.getName());
  }
}

AdjustedArguments Adjuster::run() {
  takeCompiler();
  addDriver();
  auto append = [&](const std::vector<std::string> &extra) {
    result_.arguments.insert(result_.arguments.end(), extra.begin(), extra.end());
  };
  append(options_.before);
  std::vector<const char *> raw;
  for (const std::string &argument : rest_)
    raw.push_back(argument.c_str());
  unsigned missingIndex = 0, missingCount = 0;
  const llvm::opt::InputArgList all = clang::getDriverOptTable().ParseArgs(
      raw, missingIndex, missingCount, llvm::opt::Visibility(options::ClangOption));
  for (const llvm::opt::Arg *arg : all)
    add(all, *arg);
  append(options_.after);
  append({"-w", "-Wno-everything", "-ferror-limit=0"});
  result_.arguments.push_back(command_.file);
  return std::move(result_);
}

} // namespace

AdjustedArguments adjustArguments(const CompileCommand &command, const ArgumentOptions &options) {
  return Adjuster(command, options).run();
}

std::string clangResourceDir() {
  static const std::string found = [] {
    const std::string version = std::to_string(CLANG_VERSION_MAJOR);
    std::vector<std::string> candidates;
    Dl_info library;
    if (dladdr(reinterpret_cast<const void *>(&clang::getDriverOptTable), &library) && library.dli_fname) {
      const std::string folder = path::parent_path(library.dli_fname).str();
      for (const char *step : {"/../llvm-", "/llvm-"})
        candidates.push_back(folder + step + version + "/lib/clang/" + version);
      for (const char *step : {"/clang/", "/../lib/clang/", "/../clang/"})
        candidates.push_back(folder + step + version);
    }
    candidates.push_back("/usr/lib/llvm-" + version + "/lib/clang/" + version);
    for (const std::string &candidate : candidates) {
      llvm::SmallString<128> real;
      if (!llvm::sys::fs::real_path(candidate, real) &&
          llvm::sys::fs::exists(llvm::Twine(real) + "/include/stddef.h") &&
          llvm::sys::fs::exists(llvm::Twine(real) + "/include/stdarg.h"))
        return real.str().str();
    }
    return candidates.back();
  }();
  return found;
}

} // namespace opex
