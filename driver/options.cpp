#include "driver/options.h"
#include "driver/written.h"

#include "model/error.h"
#include "model/suggest.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

#include <CLI/CLI.hpp>

#include <functional>

namespace opex {
namespace {

constexpr llvm::StringRef kCommands[] = {"check", "facts", "link", "explain", "rules", "cache"};

/// One value each time it is given: what follows that is a file to analyse.
void repeatable(CLI::Option *option) { option->expected(1)->take_all()->allow_extra_args(false); }

void addCacheFlag(CLI::App &app, Options &options) {
  app.add_option("--cache", options.cacheFolder, "Where facts are kept between runs (default: opex-tidy in the user's cache)")
      ->type_name("DIR");
}

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
  app.add_flag("--shared-prefix", options.sharedPrefix, "Parse headers that many translation units include once for all of them");
  app.add_option("-j", options.jobs, "Translation units at once (default: one per processor)")
      ->type_name("N");
  addCacheFlag(app, options);
  app.add_flag("--no-cache{false}", options.useCache, "Parse everything, and keep nothing for the next run");
  app.add_flag("--verbose", options.verbose, "Name on stderr the translation units that are parsed, and why");
}

void addRunFlags(CLI::App &app, Options &options, Written &written) {
  app.add_option("--keep-going", written.keepGoing, "'ok': translation units that fail do not fail the run")
      ->type_name("ok");
  app.add_flag("--quiet", options.quiet, "No summary, no progress");
}

void addRulesFlag(CLI::App &app, Options &options) {
  repeatable(app.add_option("--rules", options.ruleFiles, "A rule pack beside the built-in ones; repeatable")
                 ->type_name("FILE"));
}

/// Which checks run, and how.
void addCheckFlags(CLI::App &app, Options &options, Written &written) {
  app.add_option("--checks", options.checks, "Comma-separated globs on top of the profile; '-' switches off")
      ->type_name("GLOBS");
  app.add_option("--profile", options.profile, "ci, ide or audit")->type_name("NAME");
  repeatable(
      app.add_option("--option", written.checkOptions, "CHECK.NAME=VALUE; repeatable")->type_name("OPTION"));
  addRulesFlag(app, options);
}

void addFindingFlags(CLI::App &app, Options &options, Written &written) {
  addCheckFlags(app, options, written);
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
  app.add_flag("--time-checks", options.timeChecks, "Say on stderr what each stage and check cost in CPU time");
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
                     app.add_flag("--dump", options.dump, "Readable instead of compact; also of .facts that were made before");
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
  return parseWith(
      arguments, "opex-tidy explain: a check, a rule pack or a row of one, a finding, or why there is none",
      Command::Explain, [](CLI::App &app, Options &options, Written &written) {
        app.name("opex-tidy explain");
        app.add_option("inputs", options.inputs,
                       "A check, a pack, PACK/ROW, 'packs' (all in the order of loading), or a finding's id "
                       "(six digits of it are enough); files and directories restrict the analysis");
        repeatable(app.add_option("--why-not", options.whyNot,
                                  "Say of all that stands at this line why no check reports it; repeatable")
                       ->type_name("FILE:LINE"));
        repeatable(app.add_option("--facts", options.factsInputs,
                                  "Facts files, or directories of them, instead of a build; repeatable")
                       ->type_name("PATH"));
        addParseFlags(app, options, written);
        addRunFlags(app, options, written);
        addCheckFlags(app, options, written);
        app.footer("Findings are looked for with all checks in profile audit; --checks and --profile only change what\n"
                   "is said about where a finding is shown.");
      });
}

llvm::Expected<Options> parseRulesCheck(llvm::ArrayRef<std::string> arguments) {
  return parseWith(arguments, "opex-tidy rules check: are these rule packs, and the built-in ones, well-formed?",
                   Command::RulesCheck, [](CLI::App &app, Options &options, Written &) {
                     app.name("opex-tidy rules check");
                     app.add_option("inputs", options.inputs, "Rule packs (YAML)");
                   });
}

llvm::Expected<Options> parseRulesTest(llvm::ArrayRef<std::string> arguments) {
  return parseWith(arguments, "opex-tidy rules test: run the tests inside rule packs (default: the built-in ones)",
                   Command::RulesTest, [](CLI::App &app, Options &options, Written &) {
                     app.name("opex-tidy rules test");
                     app.add_option("inputs", options.inputs, "Rule packs (YAML)");
                     repeatable(app.add_option("--pack", options.packs, "Only the pack of this name; repeatable")
                                    ->type_name("NAME"));
                     app.add_option("-j", options.jobs, "Tests at once (default: one per processor)")
                         ->type_name("N");
                     app.footer("Exit codes: 0 all that could be run passed, 1 a test failed, 2 usage or a bad pack.");
                   });
}

llvm::Expected<Options> parseRulesCoverage(llvm::ArrayRef<std::string> arguments) {
  return parseWith(arguments, "opex-tidy rules coverage: which rows of the packs mean something in a program",
                   Command::RulesCoverage, [](CLI::App &app, Options &options, Written &written) {
                     app.name("opex-tidy rules coverage");
                     app.add_option("inputs", options.inputs, "Files and directories (default: the whole database)");
                     addParseFlags(app, options, written);
                     addRunFlags(app, options, written);
                     addRulesFlag(app, options);
                     app.add_flag("--all", options.showAll, "Every row, not only those that matched");
                   });
}

llvm::Expected<Options> parseRulesSuggest(llvm::ArrayRef<std::string> arguments) {
  return parseWith(arguments, "opex-tidy rules suggest: calls that look like dependencies and that no pack knows",
                   Command::RulesSuggest, [](CLI::App &app, Options &options, Written &written) {
                     app.name("opex-tidy rules suggest");
                     app.add_option("inputs", options.inputs, "Files and directories (default: the whole database)");
                     addParseFlags(app, options, written);
                     addRunFlags(app, options, written);
                     addRulesFlag(app, options);
                     app.add_option("--limit", options.limit, "At most so many (default: 30)")->type_name("N");
                   });
}

llvm::Expected<Options> parseRulesSchema(llvm::ArrayRef<std::string> arguments) {
  return parseWith(arguments, "opex-tidy rules schema: the JSON Schema of rule packs, for editors",
                   Command::RulesSchema,
                   [](CLI::App &app, Options &, Written &) { app.name("opex-tidy rules schema"); });
}

/// The second word of commands that have one.
struct Verb {
  llvm::StringRef name, does;
  std::function<llvm::Expected<Options>(llvm::ArrayRef<std::string>)> parse;
};

llvm::Expected<Options> parseVerb(llvm::StringRef command, const std::vector<Verb> &verbs,
                                  llvm::ArrayRef<std::string> arguments) {
  llvm::StringRef wanted = arguments.empty() ? llvm::StringRef() : llvm::StringRef(arguments.front());
  std::vector<llvm::StringRef> names;
  Options help;
  help.command = Command::Print;
  for (const Verb &verb : verbs) {
    if (verb.name == wanted)
      return verb.parse(arguments.drop_front());
    names.push_back(verb.name);
    help.text += ("opex-tidy " + command + " " + verb.name).str() + std::string(10 - verb.name.size(), ' ') + verb.does.str() + "\n";
  }
  if (wanted == "--help" || wanted == "-h")
    return help;
  return badValue(command, wanted, names);
}

llvm::Expected<Options> parseRules(llvm::ArrayRef<std::string> arguments) {
  return parseVerb("rules",
                   {{"check", "are these rule packs, and the built-in ones, well-formed?", parseRulesCheck},
                    {"test", "run the tests inside rule packs", parseRulesTest},
                    {"coverage", "which rows mean something in a program", parseRulesCoverage},
                    {"suggest", "calls that look like rows that no pack has", parseRulesSuggest},
                    {"schema", "the JSON Schema of rule packs, for editors", parseRulesSchema}},
                   arguments);
}

llvm::Expected<Options> parseCache(llvm::ArrayRef<std::string> arguments) {
  auto verb = [](llvm::StringRef name, llvm::StringRef does, Command command) {
    auto parse = [=](llvm::ArrayRef<std::string> rest) {
      const std::string title = ("opex-tidy cache " + name + ": " + does).str();
      return parseWith(rest, title, command, [&](CLI::App &app, Options &options, Written &) {
        app.name(("opex-tidy cache " + name).str());
        addCacheFlag(app, options);
        if (command == Command::CacheClear)
          return;
        app.add_option("--max-size", options.cacheMegabytes, "Megabytes that it may have (default: 2048, which runs keep to)")
            ->type_name("MB");
        app.add_option("--max-age", options.cacheDays, "Days that something may lie unused (default: 30, which runs keep to)")
            ->type_name("DAYS");
      });
    };
    return Verb{name, does, parse};
  };
  return parseVerb("cache",
                   {verb("show", "what the store of facts holds, and where it lies", Command::CacheShow),
                    verb("prune", "remove what is too old, and what was not used for longest if it is too large", Command::CachePrune),
                    verb("clear", "remove all facts that are kept", Command::CacheClear)},
                   arguments);
}

std::string overview() {
  return "Finds operational anti-patterns in C++ services.\n\n"
         "opex-tidy [check] [-p BUILD] [FILE|DIR...]    analyse (default: all of the compilation database)\n"
         "opex-tidy facts FILE... [-o OUT] [--dump]     what each translation unit contributes\n"
         "opex-tidy link FACTS... [--output ...]        findings from facts made before\n"
         "opex-tidy explain CHECK|PACK|PACK/ROW         the help of a check; what rule packs say\n"
         "opex-tidy explain ID -p BUILD                 the facts and rows behind one finding\n"
         "opex-tidy explain --why-not FILE:LINE ...     why nothing is reported there\n"
         "opex-tidy rules check [FILE...]               are these rule packs well-formed?\n"
         "opex-tidy rules test [FILE...]                run the tests inside rule packs\n"
         "opex-tidy rules coverage -p BUILD             which rows mean something in a program\n"
         "opex-tidy rules suggest -p BUILD              what looks like a dependency and no pack knows\n"
         "opex-tidy rules schema                        JSON Schema of rule packs, for editors\n"
         "opex-tidy cache show|prune|clear              the facts that are kept between runs\n\n"
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
  if (first == kCommands[5])
    return parseCache(arguments.drop_front());
  // A misspelt command would be taken for a file.
  if (!first.empty() && !first.starts_with("-") && !llvm::sys::fs::exists(first))
    if (std::optional<std::string> meant = suggest(first, kCommands))
      return makeError("unknown command '" + first + "'; did you mean '" + *meant + "'?");
  return parseCheck(arguments);
}

} // namespace opex
