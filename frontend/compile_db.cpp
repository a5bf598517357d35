#include "frontend/compile_db.h"

#include "frontend/arguments.h"
#include "frontend/json_place.h"
#include "model/error.h"

#include "clang/Driver/Types.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

#include <map>
#include <set>
#include <tuple>

namespace opex {
namespace {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

constexpr llvm::StringRef kFileName = "compile_commands.json";

std::string absolute(llvm::StringRef base, llvm::StringRef name) {
  llvm::SmallString<256> result(name);
  path::make_absolute(base, result);
  path::remove_dots(result, /*remove_dot_dot=*/true);
  return result.str().str();
}

/// Equal for the same command in another checkout or build directory.
uint64_t hashArguments(llvm::ArrayRef<std::string> arguments, llvm::StringRef sourceRoot,
                       llvm::StringRef buildDirectory) {
  // The compiler's place, --no-default-config and the resource directory are ours, not the command's.
  std::string text = path::filename(arguments[0]).str();
  for (llvm::StringRef argument : arguments.drop_front(3)) {
    for (auto [directory, mark] : {std::pair(buildDirectory, "<build>"), std::pair(sourceRoot, "<root>")}) {
      const size_t at = directory.size() > 1 ? argument.find(directory) : llvm::StringRef::npos;
      if (at == llvm::StringRef::npos)
        continue;
      text += argument.take_front(at);
      text += mark;
      argument = argument.drop_front(at + directory.size());
    }
    text += argument;
    text += '\0';
  }
  return llvm::xxh3_64bits(text);
}

/// Whether `file` is in a language we analyse, by its extension.
bool isAnalysed(llvm::StringRef file) {
  namespace types = clang::driver::types;
  const types::ID type = types::lookupTypeForExtension(path::extension(file).ltrim('.'));
  return type == types::TY_INVALID || (types::isAcceptedByClang(type) && types::isDerivedFromC(type));
}

class Loader {
public:
  Loader(llvm::StringRef file, llvm::StringRef text, llvm::StringRef sourceRoot)
      : text_(text), sourceRoot_(sourceRoot.rtrim('/')) {
    db_.path = file.str();
    buildDirectory_ = path::parent_path(file).str();
  }

  llvm::Expected<CompileDb> load();

private:
  llvm::Error wrong(llvm::ArrayRef<JsonStep> steps, const llvm::Twine &message) {
    return makeError(db_.path + ":" + jsonPlace(text_, steps) + ": " + message);
  }
  llvm::Error addEntry(size_t position, const llvm::json::Value &value);
  llvm::Expected<std::vector<std::string>> readArguments(size_t position, const llvm::json::Object &entry);
  void finish();

  llvm::StringRef text_;
  llvm::StringRef sourceRoot_;
  std::string buildDirectory_;
  CompileDb db_;
  std::map<std::string, size_t> ignored_; ///< Notice to number of commands.
  size_t otherLanguages_ = 0;
};

llvm::Expected<std::vector<std::string>> Loader::readArguments(size_t position,
                                                               const llvm::json::Object &entry) {
  const llvm::json::Value *arguments = entry.get("arguments"), *command = entry.get("command");
  if (arguments) {
    const llvm::json::Array *list = arguments->getAsArray();
    if (!list)
      return wrong({position, llvm::StringRef("arguments")}, "'arguments' must be an array of strings");
    std::vector<std::string> result;
    for (size_t i = 0; i < list->size(); ++i) {
      const std::optional<llvm::StringRef> text = (*list)[i].getAsString();
      if (!text)
        return wrong({position, llvm::StringRef("arguments"), i}, "an argument must be a string");
      result.push_back(text->str());
    }
    if (result.empty())
      return wrong({position, llvm::StringRef("arguments")}, "'arguments' is empty");
    return result;
  }
  if (!command)
    return wrong({position}, "the entry has neither 'command' nor 'arguments'");
  if (!command->getAsString())
    return wrong({position, llvm::StringRef("command")}, "'command' must be a string");
  std::vector<std::string> result = splitCommandLine(*command->getAsString());
  if (result.empty())
    return wrong({position, llvm::StringRef("command")}, "'command' is empty");
  return result;
}

llvm::Error Loader::addEntry(size_t position, const llvm::json::Value &value) {
  const llvm::json::Object *entry = value.getAsObject();
  if (!entry)
    return wrong({position}, "an entry must be an object");
  for (llvm::StringRef key : {"directory", "file"}) {
    if (!entry->get(key))
      return wrong({position}, "the entry has no '" + key + "'");
    if (!entry->getString(key) || entry->getString(key)->empty())
      return wrong({position, key}, "'" + key + "' must be a string that is not empty");
  }
  CompileCommand command;
  command.directory = absolute(buildDirectory_, *entry->getString("directory"));
  command.file = absolute(command.directory, *entry->getString("file"));
  llvm::Expected<std::vector<std::string>> arguments = readArguments(position, *entry);
  if (!arguments)
    return arguments.takeError();
  if (!isAnalysed(command.file)) {
    ++otherLanguages_;
    return llvm::Error::success();
  }
  std::vector<std::string> notices;
  command.arguments =
      expandResponseFiles(*arguments, command.directory, {buildDirectory_, sourceRoot_.str()}, notices);
  AdjustedArguments adjusted = adjustArguments(command);
  command.hash = hashArguments(adjusted.arguments, sourceRoot_, buildDirectory_);
  for (const std::vector<std::string> &list : {notices, adjusted.notices})
    for (const std::string &notice : list)
      ++ignored_[notice];
  db_.commands.push_back(std::move(command));
  return llvm::Error::success();
}

void Loader::finish() {
  auto key = [](const CompileCommand &command) {
    return std::tie(command.file, command.directory, command.arguments);
  };
  llvm::sort(db_.commands, [&](const CompileCommand &a, const CompileCommand &b) { return key(a) < key(b); });
  // Which of several equal commands stays is decided by the order of the arguments.
  std::set<std::tuple<std::string, std::string, uint64_t>> seen;
  llvm::erase_if(db_.commands, [&](const CompileCommand &command) {
    return !seen.emplace(command.file, command.directory, command.hash).second;
  });
  for (const auto &[notice, count] : ignored_)
    db_.notices.push_back(notice + (count > 1 ? " (" + std::to_string(count) + " commands)" : ""));
  if (otherLanguages_ > 0)
    db_.notices.push_back(std::to_string(otherLanguages_) +
                          " commands compile other languages than C, C++ and Objective-C and are left out");
}

llvm::Expected<CompileDb> Loader::load() {
  llvm::Expected<llvm::json::Value> root = llvm::json::parse(text_);
  if (!root) {
    std::string problem = llvm::toString(root.takeError());
    // "[line:column, byte=offset]: text"
    llvm::StringRef rest = problem;
    if (rest.consume_front("[")) {
      const auto [place, message] = rest.split("]: ");
      return makeError(db_.path + ":" + place.split(',').first + ": " + message);
    }
    return makeError(db_.path + ": " + problem);
  }
  const llvm::json::Array *entries = root->getAsArray();
  if (!entries)
    return wrong({}, "a compilation database must be an array of commands");
  for (size_t i = 0; i < entries->size(); ++i)
    if (llvm::Error error = addEntry(i, (*entries)[i]))
      return std::move(error);
  finish();
  return std::move(db_);
}

} // namespace

llvm::Error missingCompileDb(llvm::StringRef where) {
  return makeError("no " + kFileName + " in '" + where +
                   "'. It says how each file is compiled; builds make one:\n"
                   "  CMake:  cmake -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON   (Makefiles and Ninja)\n"
                   "  Meson:  meson setup build                                   (always there)\n"
                   "  make:   bear -- make\n"
                   "  Bazel:  a rule such as hedron_compile_commands' refresh_compile_commands\n"
                   "Then name its directory with -p, or name files and give their flags after --.");
}

llvm::Expected<CompileDb> loadCompileDb(llvm::StringRef where, llvm::StringRef sourceRoot) {
  llvm::SmallString<256> file(where);
  if (std::error_code problem = fs::make_absolute(file))
    return makeError("cannot resolve '" + where + "': " + problem.message());
  path::remove_dots(file, /*remove_dot_dot=*/true);
  if (fs::is_directory(file))
    path::append(file, kFileName);
  if (!fs::exists(file))
    return missingCompileDb(path::filename(file) == kFileName ? path::parent_path(file) : where);
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> text =
      llvm::MemoryBuffer::getFile(file, /*IsText=*/true);
  if (!text)
    return makeError("cannot read " + file.str() + ": " + text.getError().message());
  return Loader(file, (*text)->getBuffer(), sourceRoot).load();
}

std::optional<std::string> findCompileDb(llvm::StringRef start) {
  for (llvm::StringRef directory = start; !directory.empty(); directory = path::parent_path(directory))
    for (llvm::StringRef below : {"", "build"}) {
      llvm::SmallString<256> candidate(directory);
      path::append(candidate, below);
      if (fs::exists(candidate + "/" + kFileName))
        return candidate.str().rtrim('/').str();
    }
  return std::nullopt;
}

CompileCommand makeCommand(llvm::StringRef file, llvm::StringRef directory, llvm::ArrayRef<std::string> flags,
                           llvm::StringRef sourceRoot) {
  CompileCommand command;
  command.directory = directory.str();
  command.file = absolute(directory, file);
  const llvm::StringRef extension = path::extension(file);
  command.arguments.push_back(extension == ".c" ? "clang" : "clang++");
  command.arguments.insert(command.arguments.end(), flags.begin(), flags.end());
  const AdjustedArguments adjusted = adjustArguments(command);
  command.hash = hashArguments(adjusted.arguments, sourceRoot.rtrim('/'), directory);
  return command;
}

} // namespace opex
