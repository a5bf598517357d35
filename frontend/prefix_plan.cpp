#include "frontend/children.h"
#include "frontend/prefix_scan.h"
#include "frontend/shared_prefix.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

#include <algorithm>
#include <map>
#include <set>

namespace opex {
namespace {

constexpr size_t kFewestUnits = 4;     ///< Fewer that share a prefix do not earn its making.
constexpr double kCostOfMaking = 1.5;  ///< Of parsing its headers once.
constexpr double kCostOfLoading = 0.1; ///< Likewise, for each unit that uses it.

/// What at least `needed` of the units have, sorted.
std::vector<MacroSetting> agreed(llvm::ArrayRef<const ScannedUnit *> units,
                                 std::vector<MacroSetting> ScannedUnit::*list, size_t needed) {
  std::map<MacroSetting, size_t> counts;
  for (const ScannedUnit *unit : units)
    for (const MacroSetting &setting : unit->*list)
      ++counts[setting];
  std::vector<MacroSetting> result;
  for (const auto &[setting, count] : counts)
    if (count >= needed)
      result.push_back(setting);
  return result;
}

class Planner {
public:
  Planner(const IncludeScan &scan, std::vector<size_t> group)
      : scan_(scan), group_(std::move(group)), isChosen_(scan.sizes.size()) {}

  std::optional<PlannedPrefix> plan() {
    agreeOnMacros();
    choose();
    double gain = -kCostOfMaking * total_;
    for (size_t unit : group_)
      if (const double saved = savedBy(unit); saved > 0) {
        gain += saved;
        plan_.members.push_back(unit);
      }
    if (plan_.members.size() < kFewestUnits || gain <= 0)
      return std::nullopt;
    plan_.maker =
        *llvm::max_element(plan_.members, [&](size_t a, size_t b) { return savedBy(a) < savedBy(b); });
    const std::vector<const ScannedUnit *> members = units(plan_.members);
    for (auto &[name, definition] : agreed(members, &ScannedUnit::defines, members.size()))
      plan_.defines.push_back(name + "=" + definition);
    write(members);
    return std::move(plan_);
  }

private:
  std::vector<const ScannedUnit *> units(llvm::ArrayRef<size_t> positions) const {
    std::vector<const ScannedUnit *> result;
    for (size_t position : positions)
      result.push_back(&scan_.units[position]);
    return result;
  }

  /// Leaves in the group those units that have the macros of most when they come to the first header, or, if
  /// they are more, the others.
  void agreeOnMacros() {
    std::vector<MacroSetting> most = agreed(units(group_), &ScannedUnit::macros, group_.size() / 2 + 1);
    auto rest = std::stable_partition(group_.begin(), group_.end(), [&](size_t unit) {
      const std::vector<MacroSetting> &macros = scan_.units[unit].macros;
      return std::includes(macros.begin(), macros.end(), most.begin(), most.end());
    });
    if (rest - group_.begin() >= group_.end() - rest) {
      group_.erase(rest, group_.end());
      plan_.macros = std::move(most);
    } else {
      group_.erase(group_.begin(), rest);
    }
  }

  /// Foreign files that at least half of the units read, but for those that include files of the project.
  void choose() {
    std::vector<size_t> readers(scan_.sizes.size());
    for (size_t unit : group_)
      for (uint32_t file : scan_.units[unit].files)
        ++readers[file];
    for (size_t unit : group_)
      for (uint32_t file : scan_.units[unit].leadingHome)
        readers[file] = 0;
    for (size_t file = 0; file < readers.size(); ++file)
      if (readers[file] * 2 >= group_.size() && readers[file] >= kFewestUnits) {
        isChosen_[file] = true;
        total_ += scan_.sizes[file];
      }
  }

  /// In bytes that it need not parse.
  double savedBy(size_t unit) const {
    double own = 0;
    for (uint32_t file : scan_.units[unit].files)
      own += isChosen_[file] ? scan_.sizes[file] : 0;
    return own - kCostOfLoading * total_;
  }

  /// The headers in the order in which they stand on average.
  void write(llvm::ArrayRef<const ScannedUnit *> members) {
    struct Use {
      std::map<std::string, size_t> spellings;
      double place = 0, count = 0;
    };
    std::map<uint32_t, Use> uses;
    for (const ScannedUnit *unit : members)
      for (size_t i = 0; i < unit->direct.size(); ++i)
        if (const IncludedHeader &header = unit->direct[i]; isChosen_[header.file]) {
          Use &use = uses[header.file];
          ++use.spellings[header.spelling];
          use.place += double(i) / unit->direct.size();
          ++use.count;
        }
    std::vector<const Use *> ordered;
    for (const auto &[_, use] : uses)
      ordered.push_back(&use);
    llvm::stable_sort(ordered,
                      [](const Use *a, const Use *b) { return a->place / a->count < b->place / b->count; });
    for (const auto &[name, definition] : plan_.macros)
      plan_.text += "#define " + name + definition + "\n";
    for (const Use *use : ordered) {
      const std::string &spelling = llvm::max_element(use->spellings, [](const auto &a, const auto &b) {
                                      return a.second < b.second;
                                    })->first;
      plan_.text += "#if __has_include(<" + spelling + ">)\n#include <" + spelling + ">\n#endif\n";
    }
    std::set<std::string> undefined;
    for (const auto &[name, _] : plan_.macros)
      undefined.insert(name);
    for (const ScannedUnit *unit : members)
      undefined.insert(unit->asked.begin(), unit->asked.end());
    for (const std::string &name : undefined)
      plan_.text += "#undef " + name + "\n";
  }

  const IncludeScan &scan_;
  std::vector<size_t> group_;
  std::vector<bool> isChosen_;
  double total_ = 0;
  PlannedPrefix plan_;
};

std::vector<PlannedPrefix> planFrom(const IncludeScan &scan) {
  std::map<std::string, std::vector<size_t>> groups;
  for (size_t i = 0; i < scan.units.size(); ++i)
    if (!scan.units[i].dialect.empty())
      groups[scan.units[i].dialect].push_back(i);
  std::vector<PlannedPrefix> plans;
  for (auto &[_, group] : groups)
    while (group.size() >= kFewestUnits) {
      std::optional<PlannedPrefix> plan = Planner(scan, group).plan();
      if (!plan)
        break;
      llvm::erase_if(group, [&](size_t unit) { return llvm::is_contained(plan->members, unit); });
      plans.push_back(std::move(*plan));
    }
  return plans;
}

std::string encode(const std::vector<PlannedPrefix> &plans) {
  llvm::json::Array array;
  for (const PlannedPrefix &plan : plans) {
    llvm::json::Array members, macros;
    for (size_t member : plan.members)
      members.push_back(int64_t(member));
    for (const auto &[name, definition] : plan.macros)
      macros.push_back(llvm::json::Array{llvm::json::fixUTF8(name), llvm::json::fixUTF8(definition)});
    llvm::json::Array defines;
    for (const std::string &define : plan.defines)
      defines.push_back(llvm::json::fixUTF8(define));
    array.push_back(llvm::json::Object{{"text", llvm::json::fixUTF8(plan.text)},
                                       {"maker", int64_t(plan.maker)},
                                       {"members", std::move(members)},
                                       {"macros", std::move(macros)},
                                       {"defines", std::move(defines)}});
  }
  std::string text;
  llvm::raw_string_ostream(text) << llvm::json::Value(std::move(array));
  return text;
}

} // namespace

/// Found by the reader of JSON, so in no unnamed namespace.
static bool fromJSON(const llvm::json::Value &value, PlannedPrefix &plan, llvm::json::Path path) {
  llvm::json::ObjectMapper mapper(value, path);
  std::vector<std::vector<std::string>> macros;
  std::vector<int64_t> members;
  int64_t maker = 0;
  if (!mapper || !mapper.map("text", plan.text) || !mapper.map("maker", maker) ||
      !mapper.map("members", members) || !mapper.map("macros", macros) ||
      !mapper.map("defines", plan.defines))
    return false;
  plan.maker = maker;
  plan.members.assign(members.begin(), members.end());
  for (std::vector<std::string> &macro : macros)
    if (macro.size() == 2)
      plan.macros.push_back({std::move(macro[0]), std::move(macro[1])});
  return true;
}

static std::vector<PlannedPrefix> decode(llvm::StringRef text) {
  llvm::Expected<std::vector<PlannedPrefix>> plans = llvm::json::parse<std::vector<PlannedPrefix>>(text);
  if (plans)
    return std::move(*plans);
  llvm::consumeError(plans.takeError());
  return {};
}

std::vector<PlannedPrefix> planPrefixes(llvm::ArrayRef<CompileCommand> commands, const ParseOptions &options,
                                        unsigned jobs) {
  std::vector<PlannedPrefix> plans;
  const ChildLimits limits{options.timeoutSeconds, options.memoryMiB};
  runChildren(
      1, 1, limits, [&](size_t) { return encode(planFrom(scanIncludes(commands, options, jobs))); },
      [&](size_t, ChildResult result) { plans = decode(result.bytes); });
  auto isSound = [&](const PlannedPrefix &plan) {
    return plan.maker < commands.size() &&
           llvm::all_of(plan.members, [&](size_t member) { return member < commands.size(); });
  };
  llvm::erase_if(plans, [&](const PlannedPrefix &plan) { return !isSound(plan); });
  return plans;
}

std::vector<std::shared_ptr<const SharedPrefix>> sharedPrefixes(llvm::ArrayRef<CompileCommand> commands,
                                                                const ParseOptions &options, unsigned jobs) {
  std::vector<std::shared_ptr<const SharedPrefix>> result(commands.size());
  if (commands.size() < kFewestUnits || !options.sharedPrefix || options.fullBodies ||
      options.lookFor.isHeader || !options.lookFor.names.empty())
    return result;
  const std::vector<PlannedPrefix> plans = planPrefixes(commands, options, jobs);
  const ChildLimits limits{options.timeoutSeconds, options.memoryMiB};
  runChildren(
      plans.size(), jobs, limits,
      [&](size_t i) { return makePrefix(plans[i], commands[plans[i].maker], options); },
      [&](size_t i, ChildResult made) {
        if (std::optional<SharedPrefix> prefix = decodePrefix(std::move(made.bytes))) {
          auto shared = std::make_shared<const SharedPrefix>(std::move(*prefix));
          for (size_t member : plans[i].members)
            result[member] = shared;
        }
      });
  return result;
}

} // namespace opex
