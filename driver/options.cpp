#include "driver/options.h"

#include "model/error.h"
#include "model/suggest.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Regex.h"

#include <CLI/CLI.hpp>

#include <functional>

namespace opex {
namespace {

constexpr llvm::StringRef kFormats[] = {"text", "sarif"};
constexpr llvm::StringRef kCommands[] = {"check", "facts", "link", "explain", "rules"};

/// What was written, before it is checked: the parser's library only fills strings in.
struct Written {
  std::vector<std::string> outputs, checkOptions;
  std::string missingCommand = "error", sarifProfile = "full", failOn = "warning", keepGoing;
  bool useColor = false, listChecks = false;
};

llvm::Error badValue(llvm::StringRef what, llvm::StringRef value, llvm::ArrayRef<llvm::StringRef> accepted) {
  std::string hint = " takes " + llvm::join(accepted, ", ");
  if (std::optional<std::string> meant = suggest(value, accepted))
    hint += "; did you mean '" + *meant + "'?";
  return makeError(what + " '" + value + "':" + hint);
}

template <class T> using Words = std::vector<std::pair<llvm::StringRef, T>>;

template <class T>
llvm::Error readWord(llvm::StringRef flag, llvm::StringRef value, const Words<T> &words, T &result) {
  std::vector<llvm::StringRef> accepted;
  for (const auto &[word, meaning] : words) {
    accepted.push_back(word);
    if (word == value) {
      result = meaning;
      return llvm::Error::success();
    }
  }
  return badValue(flag, value, accepted);
}

/// One value each time it is given: what follows that is a file to analyse.
void repeatable(CLI::Option *option) { option->expected(1)->take_all()->allow_extra_args(false); }

void addParseFlags(CLI::App &app, Options &options, Written &written) {
  app.add_option("-p", options.buildPath, "Directory of compile_commands.json, or the file itself")
      ->type_name("BUILD");
  app.add_option("--root", options.root, "Root of the project's sources (default: found from the build)")
      ->type_name("DIR");
  repeatable(app.add_option("--extra-arg", options.extraArgs, "Compiler argument to append; repeatable")
                 ->type_name("ARG"));
  repeatable(app.add_option("--extra-arg-before", options.extraArgsBefore,
                            "Compiler argument to prepend; repeatable")
                 ->type_name("ARG"));
  app.add_option("--missing-command", written.missingCommand,
                 "A file that is in no compilation database: skip, error or guess")
      ->type_name("POLICY");
  app.add_flag("--full-bodies", options.fullBodies, "Parse the bodies of functions in foreign headers, too");
  app.add_option("-j", options.jobs, "Translation units at once (default: one per processor)")
      ->type_name("N");
}

void addRunFlags(CLI::App &app, Options &options, Written &written) {
  app.add_option("--keep-going", written.keepGoing, "'ok': translation units that fail do not fail the run")
      ->type_name("ok");
  app.add_flag("--quiet", options.quiet, "No summary, no progress");
}

void addRules(CLI::App &app, Options &options) {
  repeatable(app.add_option("--rules", options.ruleFiles, "A rule pack beside the built-in ones; repeatable")
                 ->type_name("FILE"));
}

void addFindingFlags(CLI::App &app, Options &options, Written &written) {
  app.add_option("--checks", options.checks, "Comma-separated globs on top of the profile; '-' switches off")
      ->type_name("GLOBS");
  app.add_option("--profile", options.profile, "ci, ide or audit")->type_name("NAME");
  repeatable(
      app.add_option("--option", written.checkOptions, "CHECK.NAME=VALUE; repeatable")->type_name("OPTION"));
  addRules(app, options);
  app.add_option("--header-filter", options.headerFilter, "Report only headers whose path matches")
      ->type_name("REGEX");
  app.add_option("--warnings-as-errors", options.warningsAsErrors,
                 "Globs of checks whose findings are errors")
      ->type_name("GLOBS");
  repeatable(
      app.add_option("--output", written.outputs, "FORMAT[=FILE]: text or sarif, '-' for stdout; repeatable")
          ->type_name("OUTPUT"));
  app.add_option("--sarif-profile", written.sarifProfile, "full, or github for code scanning's limits")
      ->type_name("NAME");
  app.add_option("--fail-on", written.failOn,
                 "Least severity that gives exit code 1: note, warning, error, none")
      ->type_name("LEVEL");
  app.add_flag("--use-color,!--no-color", written.useColor, "Colour even when not on a terminal");
  app.add_flag("--list-checks", written.listChecks, "List the enabled checks and stop");
}

llvm::Error readOutputs(const Written &written, Options &options) {
  for (llvm::StringRef text : written.outputs) {
    OutputRequest request;
    auto [format, file] = text.split('=');
    Words<OutputFormat> words = {{kFormats[0], OutputFormat::Text}, {kFormats[1], OutputFormat::Sarif}};
    if (llvm::Error error = readWord("--output", format, words, request.format))
      return error;
    if (text.contains('=') && file.empty())
      return makeError("--output '" + text + "' names no file");
    if (!file.empty())
      request.file = file.str();
    std::string target = request.file == "-" ? "standard output" : "'" + request.file + "'";
    for (const OutputRequest &other : options.outputs)
      if (other.file == request.file)
        return makeError("two outputs go to " + target +
                         "; give each its own file, as in --output sarif=findings.sarif");
    options.outputs.push_back(std::move(request));
  }
  if (options.outputs.empty())
    options.outputs.push_back({});
  return llvm::Error::success();
}

llvm::Error readCheckOptions(const Written &written, Options &options) {
  for (llvm::StringRef text : written.checkOptions) {
    auto [target, value] = text.split('=');
    auto [check, name] = target.split('.');
    if (check.empty() || name.empty() || !text.contains('='))
      return makeError("--option '" + text +
                       "' is not of the form CHECK.NAME=VALUE, as in "
                       "--option missing-timeout.some-limit=3");
    std::string id = check.starts_with("opex-") ? check.str() : ("opex-" + check).str();
    if (!options.checkOptions[id].try_emplace(name.str(), value.str()).second)
      return makeError("--option " + target + " is given twice");
  }
  return llvm::Error::success();
}

llvm::Error readWritten(const Written &written, bool isColorGiven, Options &options) {
  llvm::StringRef ignored;
  Words<llvm::StringRef> profiles = {{"ci", "ci"}, {"ide", "ide"}, {"audit", "audit"}};
  Words<MissingCommand> policies = {
      {"skip", MissingCommand::Skip}, {"error", MissingCommand::Error}, {"guess", MissingCommand::Guess}};
  Words<bool> sarifProfiles = {{"full", false}, {"github", true}};
  Words<std::optional<Severity>> levels = {{"note", Severity::Note},
                                           {"warning", Severity::Warning},
                                           {"error", Severity::Error},
                                           {"none", std::nullopt}};
  if (llvm::Error error = readWord("--profile", options.profile, profiles, ignored))
    return error;
  if (llvm::Error error =
          readWord("--missing-command", written.missingCommand, policies, options.missingCommand))
    return error;
  if (llvm::Error error =
          readWord("--sarif-profile", written.sarifProfile, sarifProfiles, options.githubSarif))
    return error;
  if (llvm::Error error = readWord("--fail-on", written.failOn, levels, options.failOn))
    return error;
  if (!written.keepGoing.empty())
    if (llvm::Error error =
            readWord("--keep-going", written.keepGoing, Words<bool>{{"ok", true}}, options.keepGoing))
      return error;
  if (std::string reason; !options.headerFilter.empty() && !llvm::Regex(options.headerFilter).isValid(reason))
    return makeError("--header-filter '" + options.headerFilter + "' is not a regular expression: " + reason);
  if (isColorGiven)
    options.useColor = written.useColor;
  if (written.listChecks)
    options.command = Command::ListChecks;
  if (llvm::Error error = readOutputs(written, options))
    return error;
  return readCheckOptions(written, options);
}

/// Every flag of `app`, as it is written.
std::vector<std::string> flagsOf(const CLI::App &app) {
  std::vector<std::string> flags;
  for (const CLI::Option *option : app.get_options()) {
    for (const std::string &name : option->get_lnames())
      flags.push_back("--" + name);
    for (const std::string &name : option->get_snames())
      flags.push_back("-" + name);
  }
  return flags;
}

/// clang-tidy takes `-checks=…` and `-p=build` as well; give the parser the forms that it knows.
std::vector<std::string> normalised(llvm::ArrayRef<std::string> arguments,
                                    const std::vector<std::string> &flags) {
  std::vector<std::string> result;
  for (llvm::StringRef argument : arguments) {
    llvm::StringRef name = argument.split('=').first;
    if (name.starts_with("-") && !name.starts_with("--") && name.size() > 2 &&
        llvm::is_contained(flags, "-" + name.str())) {
      result.push_back("-" + argument.str());
    } else if (argument.contains('=') && name.size() == 2 && llvm::is_contained(flags, name.str())) {
      result.push_back(name.str());
      result.push_back(argument.drop_front(3).str());
    } else {
      result.push_back(argument.str());
    }
  }
  return result;
}

llvm::Error unknownFlag(llvm::StringRef argument, const std::vector<std::string> &flags) {
  llvm::StringRef name = argument.split('=').first;
  std::vector<llvm::StringRef> candidates(flags.begin(), flags.end());
  std::string hint = "; see --help";
  if (std::optional<std::string> meant = suggest(name, candidates))
    hint = "; did you mean '" + *meant + "'?";
  return makeError("unknown option '" + name + "'" + hint);
}

/// One command's own parser. `define` adds what is special to it.
llvm::Expected<Options> parseWith(llvm::ArrayRef<std::string> arguments, llvm::StringRef title,
                                  Command command,
                                  const std::function<void(CLI::App &, Options &, Written &)> &define) {
  Options options;
  options.command = command;
  Written written;
  CLI::App app(title.str());
  app.allow_extras();
  define(app, options, written);
  std::vector<std::string> flags = flagsOf(app);

  const std::string *separator = llvm::find(arguments, "--");
  if (separator != arguments.end())
    options.singleFileFlags = std::vector<std::string>(separator + 1, arguments.end());
  std::vector<std::string> own = normalised(llvm::ArrayRef(arguments.begin(), separator), flags);
  std::reverse(own.begin(), own.end()); // CLI11 takes them from the back.
  try {
    app.parse(own);
  } catch (const CLI::CallForHelp &) {
    options.command = Command::Print;
    options.text = app.help();
    return options;
  } catch (const CLI::ParseError &error) {
    return makeError(error.what());
  }
  std::vector<std::string> unknown = app.remaining();
  if (!unknown.empty())
    return unknownFlag(unknown.front(), flags);
  const CLI::Option *color = app.get_option_no_throw("--use-color");
  if (llvm::Error error = readWritten(written, color && color->count() > 0, options))
    return error;
  return options;
}

llvm::Expected<Options> parseCheck(llvm::ArrayRef<std::string> arguments) {
  return parseWith(
      arguments, "opex-tidy check: analyse a project, or the files and directories named", Command::Check,
      [](CLI::App &app, Options &options, Written &written) {
        app.name("opex-tidy check");
        app.add_option("inputs", options.inputs, "Files and directories (default: the whole database)");
        addParseFlags(app, options, written);
        addRunFlags(app, options, written);
        addFindingFlags(app, options, written);
        app.footer("Compiler flags after '--' serve the files named when there is no database.\n"
                   "Exit codes: 0 clean, 1 findings at or over --fail-on, 2 usage or configuration, "
                   "3 a translation unit failed.");
      });
}

llvm::Expected<Options> parseFacts(llvm::ArrayRef<std::string> arguments) {
  return parseWith(arguments, "opex-tidy facts: what each translation unit contributes", Command::Facts,
                   [](CLI::App &app, Options &options, Written &written) {
                     app.name("opex-tidy facts");
                     options.outputFile = "-";
                     app.add_option("inputs", options.inputs, "Source files")->required();
                     app.add_option("-o", options.outputFile, "Where the facts go ('-': standard output)")
                         ->type_name("OUT");
                     app.add_flag("--dump", options.dump, "Readable instead of compact");
                     addParseFlags(app, options, written);
                     addRunFlags(app, options, written);
                   });
}

llvm::Expected<Options> parseLink(llvm::ArrayRef<std::string> arguments) {
  return parseWith(arguments, "opex-tidy link: find in facts that were made before, here or elsewhere",
                   Command::Link, [](CLI::App &app, Options &options, Written &written) {
                     app.name("opex-tidy link");
                     app.add_option("inputs", options.inputs, "Facts files")->required();
                     addRunFlags(app, options, written);
                     addFindingFlags(app, options, written);
                   });
}

llvm::Expected<Options> parseExplain(llvm::ArrayRef<std::string> arguments) {
  return parseWith(arguments, "opex-tidy explain: the help of a check; what a rule pack or a row of one says", Command::Explain,
                   [](CLI::App &app, Options &options, Written &) {
                     app.name("opex-tidy explain");
                     app.add_option("inputs", options.inputs, "A check, a pack, PACK/ROW, or 'packs': all in the order of loading")
                         ->required();
                     addRules(app, options);
                   });
}

llvm::Expected<Options> parseRules(llvm::ArrayRef<std::string> arguments) {
  llvm::StringRef verb = arguments.empty() ? llvm::StringRef() : llvm::StringRef(arguments.front());
  bool isHelp = verb == "--help" || verb == "-h";
  if (verb != "check" && !isHelp)
    return badValue("rules", verb, {"check"});
  return parseWith(isHelp ? arguments : arguments.drop_front(),
                   "opex-tidy rules check: are these rule packs well-formed?", Command::RulesCheck,
                   [](CLI::App &app, Options &options, Written &) {
                     app.name("opex-tidy rules check");
                     app.add_option("inputs", options.inputs, "Rule packs (YAML)")->required();
                   });
}

std::string overview() {
  return "Finds operational anti-patterns in C++ services.\n\n"
         "opex-tidy [check] [-p BUILD] [FILE|DIR...]    analyse (default: all of the compilation database)\n"
         "opex-tidy facts FILE... [-o OUT] [--dump]     what each translation unit contributes\n"
         "opex-tidy link FACTS... [--output ...]        findings from facts made before\n"
         "opex-tidy explain CHECK                       the help of a check\n"
         "opex-tidy rules check FILE...                 are these rule packs well-formed?\n\n"
         "opex-tidy COMMAND --help names the options of a command.\n";
}

} // namespace

llvm::Expected<Options> parseOptions(llvm::ArrayRef<std::string> arguments, llvm::StringRef version) {
  llvm::StringRef first = arguments.empty() ? llvm::StringRef() : llvm::StringRef(arguments.front());
  Options answer;
  answer.command = Command::Print;
  if (first == "--version" || first == "-version") {
    answer.text = ("opex-tidy " + version + "\n").str();
    return answer;
  }
  if (first == "--help" || first == "-h" || first == "-help") {
    answer.text = overview();
    return answer;
  }
  if (first == kCommands[0])
    return parseCheck(arguments.drop_front());
  if (first == kCommands[1])
    return parseFacts(arguments.drop_front());
  if (first == kCommands[2])
    return parseLink(arguments.drop_front());
  if (first == kCommands[3])
    return parseExplain(arguments.drop_front());
  if (first == kCommands[4])
    return parseRules(arguments.drop_front());
  // A misspelt command would be taken for a file.
  if (!first.empty() && !first.starts_with("-") && !llvm::sys::fs::exists(first))
    if (std::optional<std::string> meant = suggest(first, kCommands))
      return makeError("unknown command '" + first + "'; did you mean '" + *meant + "'?");
  return parseCheck(arguments);
}

} // namespace opex
