// Which rows of the rule packs mean which declarations of a program, and whether a call meets a row's
// conditions. Names are matched once per declaration; everything else in analysis/ asks here.
#pragma once

#include "analysis/passes/analysis.h"
#include "rules/match.h"
#include "rules/rules.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"

#include <functional>
#include <map>
#include <memory>

namespace opex {

/// A call row of a queue.
struct QueueRole {
  const rules::Queue *queue = nullptr;
  const rules::QueueCall *call = nullptr;
};

/// Rows that mean one declaration (or macro).
struct Roles {
  llvm::SmallVector<const rules::Maker *, 1> makers;
  llvm::SmallVector<const rules::Setter *, 1> setters;
  llvm::SmallVector<const rules::TextSetting *, 1> textSettings;
  llvm::SmallVector<const rules::Holder *, 1> holders;
  llvm::SmallVector<const rules::Borrower *, 1> borrowers;
  llvm::SmallVector<const rules::DependencyCall *, 1> calls;
  llvm::SmallVector<const rules::Deadline *, 1> deadlines;
  llvm::SmallVector<const rules::Cancellation *, 1> cancellations;
  llvm::SmallVector<const rules::Passage *, 1> passages;
  llvm::SmallVector<const rules::Logger *, 1> loggers;
  llvm::SmallVector<const rules::Metric *, 1> metrics;
  llvm::SmallVector<const rules::EntryPoint *, 1> entryPoints;
  llvm::SmallVector<const rules::Spawn *, 1> spawns;
  llvm::SmallVector<const rules::LoopCallback *, 1> loopCallbacks;
  llvm::SmallVector<const rules::Abort *, 1> aborts;
  llvm::SmallVector<const rules::ErrorReport *, 1> errorReports;
  llvm::SmallVector<QueueRole, 1> queues;
  llvm::SmallVector<const rules::Lock *, 1> locks;
  llvm::SmallVector<const rules::Retry *, 1> retries;
  llvm::SmallVector<const rules::Pause *, 1> pauses;
  llvm::SmallVector<const rules::Guard *, 1> guards;
  llvm::SmallVector<const rules::Lever *, 1> levers;
  llvm::SmallVector<const rules::Iteration *, 1> iterations;
  llvm::SmallVector<const rules::Store *, 1> stores;
  llvm::SmallVector<const rules::Row *, 2> all; ///< Every one of them.
  llvm::SmallVector<const rules::Pack *, 1> libraries; ///< Packs whose library declares it, whether a row means it or not.
};

class RoleIndex {
public:
  using Result = RoleIndex;
  using Needs = Inputs<>;
  /// By the rules as they are for the versions of the libraries that the program is built with.
  static RoleIndex run(const Needs &in);
  static constexpr llvm::StringLiteral kName = "roles";

  /// Both must outlive the index.
  RoleIndex(const Program &program, const rules::RuleSet &rules);
  RoleIndex(const RoleIndex &) = delete;

  const rules::RuleSet &rules() const { return rules_; }

  const Roles &of(EntityId declaration) const;
  /// Many libraries have a `LOG`: rows of a library's pack count where the macro is defined in its headers, and then
  /// those of packs without headers do not. Null: it is not known where.
  const Roles &ofMacro(llvm::StringRef name, const File *definedIn = nullptr) const;

  /// Whether a function, member or variable of this name says how much is to be logged.
  bool isLogGuard(llvm::StringRef name) const;

  /// A class that test cases derive from, or a macro that they come out of.
  bool makesTestCases(llvm::StringRef name) const;

  /// Roles of whatever has this qualified name: for what no body mentions, though it sets it (braces, make_shared).
  const Roles &ofName(llvm::StringRef name) const;
  /// Those of the constructors of a class.
  const Roles &ofConstructor(llvm::StringRef className) const;

  /// The subject that objects of this type are; null for others. Looks through pointers and references.
  const rules::Subject *subjectOf(const Type &type) const;
  /// The same, and for an owner of one (`std::shared_ptr<TSocket>`) what it owns.
  const rules::Subject *subjectHeldBy(const TuFacts &unit, const Type &type) const;
  const rules::Subject *subjectById(llvm::StringRef id) const;
  const rules::Pack *packOf(const rules::Subject &subject) const;
  /// Whether the unit reads a header of the subject's library, without which it cannot name what sets something of it.
  /// Always, if the pack names no headers.
  bool readsLibraryOf(const rules::Subject &subject, const TuFacts &unit) const;

  /// How users of the library call the setting: "CURLOPT_TIMEOUT", "set_deadline".
  std::string nameOfSetting(const rules::Subject &subject, llvm::StringRef setting) const;

  /// The same for what one setter row sets.
  static std::string nameOfSetter(const rules::Setter &setter);

private:
  RoleIndex(const Program &program, std::unique_ptr<const rules::RuleSet> own, const rules::RuleSet &rules);

  struct Row {
    const rules::Pack *pack;
    const rules::Row *row;
    std::function<void(Roles &)> addTo;
  };

  bool means(const rules::Matcher &matcher, const Declaration &declaration, const TuFacts &unit) const;

  const Program &program_;
  const std::unique_ptr<const rules::RuleSet> own_; ///< Of `run`: the rules for the versions.
  const rules::RuleSet &rules_;
  rules::NameIndex names_;
  std::vector<Row> rows_; ///< By the numbers of names_.
  std::map<EntityId, Roles> roles_;
  mutable llvm::StringMap<Roles> macros_; ///< By name and file, with a 0 between.
  mutable std::map<std::string, Roles, std::less<>> named_;
  mutable std::map<std::string, bool, std::less<>> logGuards_, testCases_;
  std::map<std::string, const rules::Subject *, std::less<>> subjectsByType_, subjectsById_;
  std::map<const rules::Subject *, const rules::Pack *> packs_;
};

/// The value that plays `place` in the call; none for Return, TemplateArgument and arguments not given.
Index<Value> valueAt(const LinkedFunction &function, const Call &call, const rules::Place &place);

/// Whether an argument names one of the constants. `value` may be a parameter whose value the caller
/// supplies: pass what it resolves to.
bool namesOneOf(const Program &program, const LinkedFunction &function, Index<Value> value,
                const rules::ArgumentIs &condition);

} // namespace opex
