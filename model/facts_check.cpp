#include "model/facts_check.h"

#include "model/error.h"
#include "model/facts_visit.h"

#include "llvm/ADT/BitVector.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>

namespace opex {
namespace {

/// Sizes of the tables of a function that its `captures` point into: the functions around it.
using ValueCounts = std::map<std::pair<EntityId, EntityId>, size_t>;

/// Collects the first complaint about one function (or about the TU outside functions).
class Checker {
public:
  Checker(const TuFacts &facts, const ValueCounts &around, const Function *function)
      : facts_(facts), around_(around), function_(function) {}

  /// Every Index below `fact` is none or in its table; every enumeration value is an enumerator.
  template <Fact T> void checkAll(const T &fact) {
    visitFields(fact, [&](const char *name, const auto &field) { checkField(name, field); });
  }

  void checkTypes();
  void checkFunction();

  llvm::Error takeError() {
    if (problem_.empty())
      return llvm::Error::success();
    return makeError(function_ ? "function '" + function_->name + "': " + problem_ : problem_);
  }

private:
  void complain(const llvm::Twine &problem) {
    if (problem_.empty())
      problem_ = problem.str();
  }
  void require(bool holds, const llvm::Twine &problem) {
    if (!holds)
      complain(problem);
  }

  template <class T> void checkField(const char *name, const T &field) {
    if constexpr (std::is_same_v<T, Local>)
      checkLocal(field);
    else if constexpr (Fact<T>)
      checkAll(field);
    else if constexpr (FactIndex<T>)
      require(!field || field.value < limit(field), llvm::Twine(name) + " is out of range");
    else if constexpr (FactList<T>)
      for (const auto &element : field)
        checkField(name, element);
    else if constexpr (std::is_enum_v<T>)
      require(static_cast<size_t>(field) < kEnumeratorNames<T>.size(),
              llvm::Twine(name) + " has no such kind");
  }

  size_t limit(Index<File>) const { return facts_.files.size(); }
  size_t limit(Index<Expansion>) const { return facts_.expansions.size(); }
  size_t limit(Index<Type>) const { return facts_.types.size(); }
  size_t limit(Index<Value>) const { return function_ ? function_->values.size() : 0; }
  size_t limit(Index<Call>) const { return function_ ? function_->calls.size() : 0; }
  size_t limit(Index<Block>) const { return function_ ? function_->blocks.size() : 0; }
  size_t limit(Index<Local>) const { return function_ ? function_->locals.size() : 0; }
  size_t limit(Index<Handler>) const { return function_ ? function_->handlers.size() : 0; }
  size_t limit(Index<Try>) const { return function_ ? function_->tries.size() : 0; }

  void checkLocal(const Local &local);
  void checkValues();
  void checkPlaces();
  void checkTree();
  void checkSteps(const Block &block, Index<Block> place);
  size_t stepLimit(StepKind kind) const;
  void claim(Index<Block> child, Step owner, Index<Block> parent);
  void claimChildren(Step step, Index<Block> place);
  Index<Block> placeOf(Step step) const;

  const TuFacts &facts_;
  const ValueCounts &around_;
  const Function *function_;
  std::string problem_;
  std::array<llvm::BitVector, enumeratorCount<StepKind>()> seenSteps_;
  llvm::BitVector seenBlocks_;
};

/// The initialiser of a capture stands in the table of the function around.
void Checker::checkLocal(const Local &local) {
  if (local.kind != LocalKind::Capture)
    return checkAll(local);
  Local own = local;
  own.init = {};
  checkAll(own);
  const auto found = around_.find({function_->enclosing, function_->enclosingInstance});
  if (local.init && found != around_.end())
    require(local.init.value < found->second, "init of a capture is out of range");
}

void Checker::checkValues() {
  for (size_t i = 0; i < function_->values.size(); ++i) {
    const Value &value = function_->values[i];
    for (Index<Value> operand : value.operands)
      require(operand && operand.value < i, "an operand does not come before its user");
    if (value.kind == ValueKind::Local)
      require(value.index < function_->locals.size(), "a value names no local");
    if (value.kind == ValueKind::Call)
      require(value.index < function_->calls.size(), "a value names no call");
  }
}

/// What a walk indexes without asking.
void Checker::checkPlaces() {
  auto all = [&](const auto &table, auto member, const char *problem) {
    for (const auto &entry : table)
      require(static_cast<bool>(entry.*member), problem);
  };
  all(function_->calls, &Call::block, "a call stands in no block");
  all(function_->assigns, &Assign::block, "an assignment stands in no block");
  all(function_->branches, &Branch::block, "a branch stands in no block");
  all(function_->switches, &Switch::block, "a switch stands in no block");
  all(function_->switches, &Switch::body, "a switch has no body");
  all(function_->loops, &Loop::block, "a loop stands in no block");
  all(function_->loops, &Loop::body, "a loop has no body");
  all(function_->tries, &Try::block, "a try stands in no block");
  all(function_->tries, &Try::body, "a try has no body");
  all(function_->handlers, &Handler::body, "a handler has no body");
  all(function_->handlers, &Handler::owner, "a handler belongs to no try");
  all(function_->exits, &Exit::block, "an exit stands in no block");
  all(function_->labels, &Label::block, "a label stands in no block");
  for (const Try &entry : function_->tries)
    for (Index<Handler> handler : entry.handlers)
      require(static_cast<bool>(handler), "a try has an empty handler");
  for (const Call &call : function_->calls) {
    require(call.defaultArguments <= call.arguments.size(), "a call has more defaults than arguments");
    for (Index<Value> argument : call.arguments)
      require(static_cast<bool>(argument), "a call has an empty argument");
  }
  require(function_->parameterCount <= function_->locals.size(), "there are more parameters than locals");
}

size_t Checker::stepLimit(StepKind kind) const {
  switch (kind) {
  case StepKind::Call: return function_->calls.size();
  case StepKind::Declare: return function_->locals.size();
  case StepKind::Assign: return function_->assigns.size();
  case StepKind::Branch: return function_->branches.size();
  case StepKind::Switch: return function_->switches.size();
  case StepKind::Loop: return function_->loops.size();
  case StepKind::Try: return function_->tries.size();
  case StepKind::Exit: return function_->exits.size();
  case StepKind::Label: return function_->labels.size();
  case StepKind::Block: return function_->blocks.size();
  }
  return 0;
}

/// Where the entry of `step` says it stands; its own place for steps that do not say.
Index<Block> Checker::placeOf(Step step) const {
  switch (step.kind) {
  case StepKind::Call: return function_->calls[step.index].block;
  case StepKind::Assign: return function_->assigns[step.index].block;
  case StepKind::Branch: return function_->branches[step.index].block;
  case StepKind::Switch: return function_->switches[step.index].block;
  case StepKind::Loop: return function_->loops[step.index].block;
  case StepKind::Try: return function_->tries[step.index].block;
  case StepKind::Exit: return function_->exits[step.index].block;
  case StepKind::Label: return function_->labels[step.index].block;
  case StepKind::Block: return function_->blocks[step.index].parent;
  case StepKind::Declare: break; // Its block is its scope, which may be wider.
  }
  return {};
}

/// `child` hangs below the step `owner` of `parent`, and nowhere else.
void Checker::claim(Index<Block> child, Step owner, Index<Block> parent) {
  if (!child)
    return;
  require(child.value != 0 && !seenBlocks_[child.value], "a block hangs in two places");
  require(function_->blocks[child.value].parent == parent, "a block names another parent");
  require(function_->blocks[child.value].owner == owner, "a block names another owner");
  seenBlocks_.set(child.value);
}

void Checker::claimChildren(Step step, Index<Block> place) {
  auto take = [&](Index<Block> child) { claim(child, step, place); };
  switch (step.kind) {
  case StepKind::Branch: {
    const Branch &branch = function_->branches[step.index];
    take(branch.then);
    return take(branch.otherwise);
  }
  case StepKind::Switch: return take(function_->switches[step.index].body);
  case StepKind::Loop: {
    const Loop &loop = function_->loops[step.index];
    take(loop.test);
    take(loop.body);
    return take(loop.increment);
  }
  case StepKind::Try: {
    const Try &entry = function_->tries[step.index];
    take(entry.body);
    for (Index<Handler> handler : entry.handlers) {
      require(function_->handlers[handler.value].owner.value == step.index, "a handler names another try");
      take(function_->handlers[handler.value].body);
    }
    return;
  }
  case StepKind::Block: return take(Index<Block>(step.index));
  case StepKind::Call:
  case StepKind::Declare:
  case StepKind::Assign:
  case StepKind::Exit:
  case StepKind::Label: return;
  }
}

void Checker::checkSteps(const Block &block, Index<Block> place) {
  for (Step step : block.steps) {
    llvm::BitVector &seen = seenSteps_[static_cast<size_t>(step.kind)];
    if (step.index >= seen.size())
      return complain("a step is out of range");
    if (seen[step.index])
      return complain("a step occurs twice");
    seen.set(step.index);
    require(step.kind == StepKind::Declare || placeOf(step) == place, "a step names another block");
    claimChildren(step, place);
    if (!problem_.empty())
      return;
  }
}

void Checker::checkTree() {
  const std::vector<Block> &blocks = function_->blocks;
  if (blocks.empty())
    return complain("there is no body");
  for (size_t kind = 0; kind < seenSteps_.size(); ++kind)
    seenSteps_[kind].resize(stepLimit(static_cast<StepKind>(kind)));
  seenBlocks_.resize(blocks.size());
  for (size_t i = 0; i < blocks.size() && problem_.empty(); ++i)
    checkSteps(blocks[i], Index<Block>(i));
  if (!problem_.empty())
    return;
  require(!blocks[0].parent, "the body has a parent");
  // Every other block was claimed once, by its parent; following parents must end at the body.
  llvm::BitVector reachesBody(blocks.size());
  reachesBody.set(0);
  for (size_t i = 1; i < blocks.size(); ++i) {
    require(seenBlocks_[i], "a block hangs nowhere");
    size_t at = i, hops = 0;
    for (; !reachesBody[at] && hops <= blocks.size() && blocks[at].parent; ++hops)
      at = blocks[at].parent.value;
    if (!reachesBody[at])
      return complain("blocks form a cycle");
    for (size_t on = i; !reachesBody[on]; on = blocks[on].parent.value)
      reachesBody.set(on);
  }
  for (const Switch &entry : function_->switches)
    for (const Case &label : entry.cases)
      require(label.position <= blocks[entry.body.value].steps.size(), "a case leads past its switch");
}

void Checker::checkFunction() {
  checkAll(*function_);
  if (!problem_.empty())
    return;
  checkValues();
  checkPlaces();
  if (problem_.empty())
    checkTree();
}

/// Type arguments are strictly smaller types; a cycle could only be damage.
void Checker::checkTypes() {
  const std::vector<Type> &types = facts_.types;
  enum class Mark : uint8_t { New, Open, Done };
  std::vector<Mark> marks(types.size(), Mark::New);
  std::vector<std::pair<size_t, size_t>> stack; // A type and its next argument.
  for (size_t root = 0; root < types.size(); ++root) {
    if (marks[root] == Mark::New)
      stack.emplace_back(root, 0);
    while (!stack.empty()) {
      auto &[at, next] = stack.back();
      marks[at] = Mark::Open;
      if (next == types[at].arguments.size()) {
        marks[at] = Mark::Done;
        stack.pop_back();
        continue;
      }
      const Index<Type> argument = types[at].arguments[next++];
      if (!argument || marks[argument.value] == Mark::Done)
        continue;
      if (marks[argument.value] == Mark::Open)
        return complain("a type is its own argument");
      stack.emplace_back(argument.value, 0);
    }
  }
}

template <class T> bool sortedById(const std::vector<T> &table) {
  return std::is_sorted(table.begin(), table.end(), [](const T &a, const T &b) { return a.id < b.id; });
}

ValueCounts countValues(const TuFacts &facts) {
  ValueCounts counts;
  for (const Function &function : facts.functions) {
    auto [at, isNew] = counts.try_emplace({function.id, function.instance}, function.values.size());
    if (!isNew) // Whichever of them a reader takes, the index must be good.
      at->second = std::min(at->second, function.values.size());
  }
  return counts;
}

} // namespace

llvm::Error checkFacts(const TuFacts &facts) {
  const ValueCounts around = countValues(facts);
  Checker outer(facts, around, nullptr);
  visitFields(facts, [&]<class Field>(const char *, const Field &field) {
    if constexpr (FactList<Field>)
      if constexpr (Fact<typename Field::value_type> && !std::is_same_v<typename Field::value_type, Function>)
        for (const auto &entry : field)
          outer.checkAll(entry);
  });
  if (llvm::Error error = outer.takeError())
    return error;
  outer.checkTypes();
  if (llvm::Error error = outer.takeError())
    return error;
  if (!sortedById(facts.declarations) || !sortedById(facts.records) || !sortedById(facts.enumerations))
    return makeError("a table is not sorted by id");
  for (const Function &function : facts.functions) {
    Checker inner(facts, around, &function);
    inner.checkFunction();
    if (llvm::Error error = inner.takeError())
      return error;
  }
  return llvm::Error::success();
}

} // namespace opex
