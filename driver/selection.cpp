#include "driver/selection.h"

#include "model/error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <set>

namespace opex {
namespace {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

std::string absolute(llvm::StringRef name) {
  llvm::SmallString<256> full(name), real;
  fs::make_absolute(full);
  if (!fs::real_path(full, real))
    return real.str().str();
  path::remove_dots(full, /*remove_dot_dot=*/true);
  return full.str().str();
}

bool isBelow(llvm::StringRef file, llvm::StringRef directory) {
  return file.consume_front(directory) && (file.empty() || file.front() == '/' || directory.ends_with("/"));
}

/// The nearest directory above `start` that looks like the top of a project; `start` if none does.
std::string findRoot(llvm::StringRef start) {
  for (llvm::StringRef directory = start; !directory.empty(); directory = path::parent_path(directory))
    for (const char *mark : {".opex-tidy.yaml", ".git"}) {
      llvm::SmallString<256> candidate(directory);
      path::append(candidate, mark);
      if (fs::exists(candidate))
        return directory.str();
    }
  return start.str();
}

/// The command of the file that lies closest to `file`, made to compile `file`.
std::optional<CompileCommand> guessCommand(llvm::StringRef file, const std::vector<CompileCommand> &commands) {
  const CompileCommand *best = nullptr;
  size_t bestCommon = 0;
  for (const CompileCommand &command : commands) {
    size_t common = std::mismatch(file.begin(), file.end(), command.file.begin(), command.file.end()).first - file.begin();
    bool sameKind = path::extension(file) == path::extension(command.file);
    size_t score = 2 * common + sameKind;
    if (!best || score > bestCommon) {
      best = &command;
      bestCommon = score;
    }
  }
  if (!best)
    return std::nullopt;
  CompileCommand guessed = *best;
  for (std::string &argument : guessed.arguments)
    if (absolute(argument) == best->file || llvm::StringRef(best->file).ends_with("/" + argument))
      argument = file.str();
  guessed.file = file.str();
  return guessed;
}

llvm::Error selectNamed(const Options &options, const CompileDb &db, Selection &selection) {
  std::set<size_t> chosen;
  std::vector<CompileCommand> guessed;
  for (const std::string &input : options.inputs) {
    std::string wanted = absolute(input);
    if (!fs::exists(wanted))
      return makeError("no such file or directory: '" + llvm::Twine(input) + "'");
    bool isDirectory = fs::is_directory(wanted), found = false;
    for (size_t i = 0; i < db.commands.size(); ++i)
      if (isDirectory ? isBelow(db.commands[i].file, wanted) : absolute(db.commands[i].file) == wanted) {
        chosen.insert(i);
        found = true;
      }
    if (found)
      continue;
    std::string why = "'" + input + "' is not in the compilation database " + db.path;
    if (options.missingCommand == MissingCommand::Error)
      return makeError(why + " (see --missing-command, or give its flags after --)");
    std::optional<CompileCommand> guess;
    if (options.missingCommand == MissingCommand::Guess && !isDirectory)
      guess = guessCommand(wanted, db.commands);
    selection.notices.push_back(why + (guess ? "; its flags are guessed from a neighbour" : "; it is skipped"));
    if (guess)
      guessed.push_back(std::move(*guess));
  }
  for (size_t i = 0; i < db.commands.size(); ++i)
    if (chosen.contains(i))
      selection.commands.push_back(db.commands[i]);
    else if (isBelow(db.commands[i].file, selection.root))
      selection.leftOut.push_back(db.commands[i].file.substr(selection.root.size() + 1));
  llvm::append_range(selection.commands, guessed);
  return llvm::Error::success();
}

} // namespace

llvm::Expected<Selection> selectCommands(const Options &options) {
  Selection selection;
  std::string here = absolute(".");
  if (!options.root.empty() && !fs::is_directory(options.root))
    return makeError("the source root '" + llvm::Twine(options.root) + "' is not a directory");
  selection.root = options.root.empty() ? findRoot(here) : absolute(options.root);

  if (options.singleFileFlags) {
    for (const std::string &input : options.inputs) {
      if (!fs::exists(input))
        return makeError("no such file or directory: '" + llvm::Twine(input) + "'");
      selection.commands.push_back(makeCommand(absolute(input), here, *options.singleFileFlags, selection.root));
    }
    return selection;
  }
  std::string where = options.buildPath;
  if (where.empty())
    where = findCompileDb(here).value_or("");
  if (where.empty())
    return missingCompileDb(here);
  llvm::Expected<CompileDb> db = loadCompileDb(absolute(where), selection.root);
  if (!db)
    return db.takeError();
  selection.notices = db->notices;
  if (!options.inputs.empty()) {
    if (llvm::Error error = selectNamed(options, *db, selection))
      return std::move(error);
    return selection;
  }
  size_t outside = 0;
  for (CompileCommand &command : db->commands) {
    if (isBelow(command.file, selection.root))
      selection.commands.push_back(std::move(command));
    else
      ++outside;
  }
  if (outside)
    selection.notices.push_back(std::to_string(outside) + " entries of the compilation database lie outside the source root " +
                                "and are not analysed");
  return selection;
}

} // namespace opex
