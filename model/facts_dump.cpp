#include "model/facts_io.h"
#include "model/facts_text.h"
#include "model/facts_visit.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <array>
#include <initializer_list>

namespace opex {
namespace {

/// Writes lines. A line is what its caller says first, then every field that the caller did not show and
/// that differs from its default: a new field appears by itself.
class Dumper {
public:
  Dumper(const TuFacts &facts, llvm::raw_ostream &out) : facts_(facts), text_(facts), out_(out) {}

  void dump();

private:
  using Shown = std::initializer_list<llvm::StringRef>;

  /// `indent`, then the place if there is one.
  llvm::raw_ostream &begin(const Site *site = nullptr) {
    out_.indent(2 * depth_);
    if (site && site->valid())
      out_ << site->line << ':' << site->column << ' ';
    return out_;
  }

  template <Fact T> void end(const T &fact, Shown shown = {}) {
    static const T kDefault{};
    visitFieldPairs(fact, kDefault, [&](llvm::StringRef name, const auto &field, const auto &standard) {
      if (!equalFacts(field, standard) && !llvm::is_contained(shown, name))
        printField(name, field);
    });
    out_ << '\n';
  }

  template <class T> void printField(llvm::StringRef name, const T &field) {
    if constexpr (std::is_same_v<T, Site>) {
      out_ << ' ';
      if (name != "site")
        out_ << name << '=';
      printSite(field);
    } else if constexpr (std::is_same_v<T, bool>) {
      out_ << ' ' << name << (field ? "" : "=false");
    } else if constexpr (std::is_same_v<T, EntityId>) {
      // A fact's own id is shown as it is; other ids by what they name.
      out_ << ' ' << name << '=' << (name == "id" ? hash(field.hash) : text_.name(field));
    } else {
      out_ << ' ' << name << '=';
      printValue(field);
    }
  }

  template <class T> void printValue(const T &field) {
    if constexpr (std::is_same_v<T, llvm::StringRef>)
      out_ << quoted(field);
    else if constexpr (std::is_same_v<T, EntityId>)
      out_ << text_.name(field);
    else if constexpr (FactIndex<T>)
      printIndex(field);
    else if constexpr (FactOptional<T>)
      printValue(*field);
    else if constexpr (FactList<T>) {
      out_ << '[';
      llvm::interleaveComma(field, out_, [&](const auto &element) { printValue(element); });
      out_ << ']';
    } else if constexpr (std::is_enum_v<T>)
      out_ << enumWord(field);
    else if constexpr (std::is_same_v<T, uint64_t>)
      out_ << hash(field);
    else if constexpr (Fact<T>) {
      out_ << '{';
      visitFields(field, [&](llvm::StringRef name, const auto &part) { printField(name, part); });
      out_ << " }";
    } else
      out_ << field;
  }

  static std::string hash(uint64_t number) { return "#" + llvm::utohexstr(number, /*LowerCase=*/true, 16); }

  void printIndex(Index<Type> index) { out_ << '\'' << text_.type(index) << '\''; }
  void printIndex(Index<File> index) {
    out_ << (index.value < facts_.files.size() ? facts_[index].path : "?");
  }
  void printIndex(Index<Expansion> index) {
    out_ << (index.value < facts_.expansions.size() ? facts_[index].macro : "?");
  }
  void printIndex(Index<Value> index) {
    out_ << (function_ ? text_.expression(*function_, index) : std::to_string(index.value));
  }
  void printIndex(Index<Local> index) {
    const bool isKnown = function_ && index.value < function_->locals.size();
    out_ << (isKnown ? function_->locals[index.value].name : "?");
  }
  template <class T> void printIndex(Index<T> index) { out_ << index.value; }

  void printSite(const Site &site);
  void dumpFile(const File &file);
  void dumpRecord(const Record &record);
  void dumpFunction(const Function &function);
  void dumpValues();
  void dumpLocal(const Local &local, llvm::StringRef word);
  void dumpBlock(Index<Block> index);
  void dumpStep(Step step);
  void dumpBranch(const Branch &branch);
  void dumpSwitch(const Switch &entry);
  void dumpLoop(const Loop &loop);
  void dumpTry(const Try &entry);
  void dumpLoose();
  template <class T> static const T *at(const std::vector<T> &table, uint32_t index) {
    return index < table.size() ? &table[index] : nullptr;
  }
  std::string expression(Index<Value> value) const { return text_.expression(*function_, value); }

  static constexpr unsigned kMaxDepth = 200;

  const TuFacts &facts_;
  FactText text_;
  llvm::raw_ostream &out_;
  unsigned depth_ = 0;
  const Function *function_ = nullptr; ///< Being dumped.
  std::array<llvm::BitVector, enumeratorCount<StepKind>()> seen_;
};

/// [line:column-line:column @offset+length in file via macro], the file when it is not the function's.
void Dumper::printSite(const Site &site) {
  out_ << '[' << site.line << ':' << site.column << '-' << site.endLine << ':' << site.endColumn << " @"
       << site.offset << '+' << site.length;
  if (site.file && (!function_ || site.file != function_->site.file)) {
    out_ << " in ";
    printIndex(site.file);
  }
  if (site.expansion) {
    out_ << " via ";
    printIndex(site.expansion);
  }
  out_ << ']';
}

void Dumper::dump() {
  begin() << "tu " << facts_.mainFile << " status=" << enumWord(facts_.status);
  end(facts_, {"mainFile", "status", "notices", "files", "expansions", "types", "declarations", "records",
               "enumerations", "functions", "foundNames", "foundMacros", "foundHeaders"});
  ++depth_;
  for (const ParseNotice &notice : facts_.notices) {
    begin() << notice.line << ':' << notice.column << " notice " << notice.path << ": " << notice.message;
    end(notice, {"path", "line", "column", "message"});
  }
  for (const File &file : facts_.files)
    dumpFile(file);
  for (const Expansion &expansion : facts_.expansions) {
    begin() << "expansion " << expansion.macro;
    end(expansion, {"macro"});
  }
  for (const Type &type : facts_.types) {
    begin() << "type '" << type.spelled << '\'';
    end(type, {"spelled"});
  }
  for (const Declaration &declaration : facts_.declarations) {
    begin() << "declaration " << declaration.name << " kind=" << enumWord(declaration.kind);
    end(declaration, {"name", "kind"});
  }
  for (const Record &record : facts_.records)
    dumpRecord(record);
  for (const Enumeration &enumeration : facts_.enumerations) {
    begin() << "enumeration " << enumeration.name;
    end(enumeration, {"name"});
  }
  for (const Function &function : facts_.functions)
    dumpFunction(function);
  for (const FoundName &found : facts_.foundNames) {
    begin() << "found " << found.name;
    end(found, {"name"});
  }
  for (const FoundMacro &found : facts_.foundMacros) {
    begin() << "found macro " << found.name;
    end(found, {"name"});
  }
  for (llvm::StringRef header : facts_.foundHeaders)
    begin() << "found header " << header << '\n';
  --depth_;
}

void Dumper::dumpRecord(const Record &record) {
  begin(&record.site) << "record " << record.name;
  end(record, {"name", "members"});
  ++depth_;
  for (const FieldFact &member : record.members) {
    begin(&member.site) << "field " << member.name;
    end(member, {"name"});
  }
  --depth_;
}

void Dumper::dumpFile(const File &file) {
  begin() << "file " << file.path;
  end(file, {"path", "lines", "comments", "skipped"});
  ++depth_;
  for (const SourceLine &line : file.lines) {
    begin() << line.number << ":1 line";
    end(line, {"number"});
  }
  for (const Comment &comment : file.comments) {
    begin() << comment.line << ':' << comment.column << " comment";
    end(comment, {"line", "column"});
  }
  for (const LineRange &range : file.skipped)
    begin() << range.first << ":1 skipped to " << range.last << '\n';
  --depth_;
}

void Dumper::dumpFunction(const Function &function) {
  begin(&function.site) << "function " << function.name << " kind=" << enumWord(function.kind);
  end(function, {"name", "kind", "locals", "values", "blocks", "calls", "assigns", "branches", "switches",
                 "loops", "tries", "handlers", "exits", "labels"});
  function_ = &function;
  const std::array<size_t, enumeratorCount<StepKind>()> sizes = {
      function.calls.size(),    function.locals.size(), function.assigns.size(), function.branches.size(),
      function.switches.size(), function.loops.size(),  function.tries.size(),   function.exits.size(),
      function.labels.size(),   function.blocks.size()};
  for (size_t kind = 0; kind < sizes.size(); ++kind) {
    seen_[kind].clear();
    seen_[kind].resize(sizes[kind]);
  }
  ++depth_;
  for (size_t i = 0; i < function.locals.size(); ++i) {
    const Local &local = function.locals[i];
    if (i >= function.parameterCount && local.kind != LocalKind::Capture)
      continue;
    seen_[static_cast<size_t>(StepKind::Declare)].set(i);
    dumpLocal(local, i < function.parameterCount ? "param" : "capture");
  }
  if (!function.blocks.empty())
    dumpBlock(Index<Block>(0));
  dumpLoose();
  dumpValues();
  --depth_;
  function_ = nullptr;
}

/// Entries that no block reaches: none in sound facts, but a dump is read when they are not.
void Dumper::dumpLoose() {
  seen_[static_cast<size_t>(StepKind::Block)].set();
  for (size_t kind = 0; kind < seen_.size(); ++kind)
    for (size_t i = 0; i < seen_[kind].size(); ++i)
      if (!seen_[kind][i]) {
        begin() << "loose " << enumWord(static_cast<StepKind>(kind)) << ' ' << i << '\n';
        ++depth_;
        dumpStep({static_cast<StepKind>(kind), static_cast<uint32_t>(i)});
        --depth_;
      }
}

void Dumper::dumpValues() {
  for (size_t i = 0; i < function_->values.size(); ++i) {
    const Value &value = function_->values[i];
    begin(&value.site) << "value %" << i << ' ' << enumWord(value.kind) << ' ' << expression(Index<Value>(i));
    if (!value.operands.empty()) {
      out_ << " operands=[";
      llvm::interleaveComma(value.operands, out_,
                            [&](Index<Value> operand) { out_ << '%' << operand.value; });
      out_ << ']';
    }
    end(value, {"kind", "operands"});
  }
}

void Dumper::dumpLocal(const Local &local, llvm::StringRef word) {
  begin(&local.site) << word << ' ' << local.name;
  if (local.init && local.kind == LocalKind::Capture)
    out_ << " = %" << local.init.value << " of the enclosing function";
  else if (local.init)
    out_ << " = " << expression(local.init);
  end(local, {"name", "init"});
}

void Dumper::dumpBlock(Index<Block> index) {
  const Block *block = at(function_->blocks, index.value);
  llvm::BitVector &seen = seen_[static_cast<size_t>(StepKind::Block)];
  if (!block || seen[index.value])
    return;
  seen.set(index.value);
  begin(&block->site) << "block " << index.value << ' ' << enumWord(block->role);
  end(*block, {"role", "steps", "parent", block->parent ? "owner" : ""}); // Of the body it means nothing.
  if (depth_ == kMaxDepth)
    return;
  ++depth_;
  for (Step step : block->steps)
    dumpStep(step);
  --depth_;
}

void Dumper::dumpStep(Step step) {
  llvm::BitVector &seen = seen_[static_cast<size_t>(step.kind)];
  if (step.kind == StepKind::Block)
    return dumpBlock(Index<Block>(step.index));
  if (step.index >= seen.size() || seen[step.index])
    return;
  seen.set(step.index);
  switch (step.kind) {
  case StepKind::Call: {
    const Call &call = function_->calls[step.index];
    begin(&call.site) << "call " << text_.call(*function_, call);
    const bool nameIsCallees = call.callee && text_.name(call.callee) == call.name;
    return end(call, {nameIsCallees ? "name" : "", "arguments", "block"});
  }
  case StepKind::Declare: return dumpLocal(function_->locals[step.index], "declare");
  case StepKind::Assign: {
    const Assign &assign = function_->assigns[step.index];
    begin(&assign.site) << "assign " << expression(assign.target) << ' ' << assign.op << ' '
                        << expression(assign.value);
    return end(assign, {"target", "op", "value", "block"});
  }
  case StepKind::Branch: return dumpBranch(function_->branches[step.index]);
  case StepKind::Switch: return dumpSwitch(function_->switches[step.index]);
  case StepKind::Loop: return dumpLoop(function_->loops[step.index]);
  case StepKind::Try: return dumpTry(function_->tries[step.index]);
  case StepKind::Exit: {
    const Exit &exit = function_->exits[step.index];
    begin(&exit.site) << "exit " << enumWord(exit.kind);
    if (exit.value)
      out_ << ' ' << expression(exit.value);
    return end(exit, {"kind", "value", "block"});
  }
  case StepKind::Label: {
    const Label &label = function_->labels[step.index];
    begin(&label.site) << "label " << label.name;
    return end(label, {"name", "block"});
  }
  case StepKind::Block: return;
  }
}

void Dumper::dumpBranch(const Branch &branch) {
  begin(&branch.site) << "branch " << enumWord(branch.kind) << " (" << expression(branch.condition) << ')';
  end(branch, {"kind", "condition", "then", "otherwise", "block"});
  ++depth_;
  dumpBlock(branch.then);
  dumpBlock(branch.otherwise);
  --depth_;
}

void Dumper::dumpSwitch(const Switch &entry) {
  begin(&entry.site) << "switch (" << expression(entry.condition) << ')';
  end(entry, {"condition", "body", "cases", "block"});
  ++depth_;
  for (const Case &label : entry.cases) {
    begin(&label.site) << (label.low ? "case " + expression(label.low) : "default");
    if (label.high)
      out_ << " ... " << expression(label.high);
    out_ << " position=" << label.position;
    end(label, {"low", "high", "position"});
  }
  dumpBlock(entry.body);
  --depth_;
}

void Dumper::dumpLoop(const Loop &loop) {
  begin(&loop.site) << "loop " << enumWord(loop.kind) << " (" << expression(loop.condition) << ')';
  end(loop, {"kind", "condition", "test", "body", "increment", "block"});
  ++depth_;
  dumpBlock(loop.test);
  dumpBlock(loop.body);
  dumpBlock(loop.increment);
  --depth_;
}

void Dumper::dumpTry(const Try &entry) {
  begin(&entry.site) << "try";
  end(entry, {"body", "handlers", "block"});
  ++depth_;
  dumpBlock(entry.body);
  for (Index<Handler> index : entry.handlers) {
    const Handler *handler = at(function_->handlers, index.value);
    if (!handler)
      continue;
    begin(&handler->site) << "catch (" << (handler->caught ? text_.type(handler->caught) : "...") << ')';
    end(*handler, {"body", "owner"});
    ++depth_;
    dumpBlock(handler->body);
    --depth_;
  }
  --depth_;
}

} // namespace

void dumpFacts(const TuFacts &facts, llvm::raw_ostream &out) { Dumper(facts, out).dump(); }

} // namespace opex
