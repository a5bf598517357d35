// What a function body does, in order: its blocks, and the steps that they are made of but for calls. See model/body.h.
#pragma once

#include "model/expressions.h"

#include <vector>

namespace opex {

struct Handler;
struct Try;

/// `target op value`. Member initialisers of constructors, written or default, are assignments to
/// `this->field` at the start of the body.
struct Assign {
  Site site;
  Index<Value> target;
  llvm::StringRef op = "="; ///< "=", "+=", "++", …
  Index<Value> value;       ///< None for ++ and --.
  bool isInitializer = false;
  Index<Block> block;

  void fields(auto &visit) {
    visit("site", site);
    visit("target", target);
    visit("op", op);
    visit("value", value);
    visit("isInitializer", isInitializer);
    visit("block", block);
  }
};

enum class BranchKind : uint8_t { If, Conditional, And, Or };

/// `if`, and `?:`, `&&`, `||` whose arms contain steps. `if constexpr` leaves only the taken arm, in line.
struct Branch {
  BranchKind kind = BranchKind::If;
  Site site;
  Index<Value> condition;
  Index<Block> then;      ///< And: the right operand, when the left is true.
  Index<Block> otherwise; ///< Or: the right operand, when the left is false. None if there is no else.
  Index<Block> block;

  void fields(auto &visit) {
    visit("kind", kind);
    visit("site", site);
    visit("condition", condition);
    visit("then", then);
    visit("otherwise", otherwise);
    visit("block", block);
  }
};

/// A label of a switch. `position` is the index of the first step of `Switch::body` it leads to.
struct Case {
  Site site;
  Index<Value> low, high; ///< Both none for `default`; `high` only for GNU ranges.
  uint32_t position = 0;

  void fields(auto &visit) {
    visit("site", site);
    visit("low", low);
    visit("high", high);
    visit("position", position);
  }
};

struct Switch {
  Site site;
  Index<Value> condition;
  Index<Block> body;
  std::vector<Case> cases;
  bool hasDefault = false;
  EntityId enumeration; ///< Of the condition, when it is of enumeration type.
  Index<Block> block;

  void fields(auto &visit) {
    visit("site", site);
    visit("condition", condition);
    visit("body", body);
    visit("cases", cases);
    visit("hasDefault", hasDefault);
    visit("enumeration", enumeration);
    visit("block", block);
  }
};

enum class LoopKind : uint8_t { For, While, DoWhile, RangeFor };

/// Initialisers of `for` and range-for are steps of a block around the loop.
struct Loop {
  LoopKind kind = LoopKind::For;
  Site site;
  Index<Value> condition; ///< None: loops until an exit.
  Index<Block> test;      ///< Steps that compute the condition, run before each iteration (after it for DoWhile).
  Index<Block> body;
  Index<Block> increment;
  Index<Value> range;    ///< RangeFor only.
  Index<Local> variable; ///< RangeFor only.
  Index<Block> block;

  void fields(auto &visit) {
    visit("kind", kind);
    visit("site", site);
    visit("condition", condition);
    visit("test", test);
    visit("body", body);
    visit("increment", increment);
    visit("range", range);
    visit("variable", variable);
    visit("block", block);
  }
};

/// One `catch`. `comment positions` are found by `lineBegin`…`lineEnd` among the file's comments.
struct Handler {
  Site site; ///< The `catch` keyword.
  Index<Type> caught; ///< None for `catch (...)`; without reference and cv.
  bool byReference = false;
  bool byPointer = false;
  Index<Local> variable; ///< The named exception, if it has a name.
  Index<Block> body;
  Index<Try> owner;

  void fields(auto &visit) {
    visit("site", site);
    visit("caught", caught);
    visit("byReference", byReference);
    visit("byPointer", byPointer);
    visit("variable", variable);
    visit("body", body);
    visit("owner", owner);
  }
};

struct Try {
  Site site; ///< The `try` keyword.
  Index<Block> body;
  std::vector<Index<Handler>> handlers; ///< In order.
  bool isFunctionTry = false;
  Index<Block> block;

  void fields(auto &visit) {
    visit("site", site);
    visit("body", body);
    visit("handlers", handlers);
    visit("isFunctionTry", isFunctionTry);
    visit("block", block);
  }
};

enum class ExitKind : uint8_t { Return, Throw, Rethrow, Break, Continue, Goto, CoReturn, CoYield };

/// A step that leaves its block (CoYield suspends and comes back).
struct Exit {
  ExitKind kind = ExitKind::Return;
  Site site;
  Index<Value> value;      ///< Returned or thrown.
  llvm::StringRef label;   ///< Goto.
  Index<Block> block;

  void fields(auto &visit) {
    visit("kind", kind);
    visit("site", site);
    visit("value", value);
    visit("label", label);
    visit("block", block);
  }
};

/// Where a goto leads.
struct Label {
  llvm::StringRef name;
  Site site;
  Index<Block> block;

  void fields(auto &visit) {
    visit("name", name);
    visit("site", site);
    visit("block", block);
  }
};

enum class StepKind : uint8_t { Call, Declare, Assign, Branch, Switch, Loop, Try, Exit, Label, Block };

/// One step of a block: an entry of the function's table of that kind (Declare: `locals`).
struct Step {
  StepKind kind = StepKind::Call;
  uint32_t index = 0;

  bool operator==(const Step &) const = default;

  void fields(auto &visit) {
    visit("kind", kind);
    visit("index", index);
  }
};

enum class BlockRole : uint8_t {
  Body, Plain, Then, Else, LoopTest, LoopBody, LoopIncrement, SwitchBody, TryBody, HandlerBody,
};

/// A scope: its steps in order, and the step of `parent` that owns it.
struct Block {
  BlockRole role = BlockRole::Plain;
  std::vector<Step> steps;
  Index<Block> parent; ///< None for the function's body.
  Step owner;          ///< In `parent`. For a handler's body: the Try step.
  Site site;           ///< From `{` to `}`, or the single statement.

  void fields(auto &visit) {
    visit("role", role);
    visit("steps", steps);
    visit("parent", parent);
    visit("owner", owner);
    visit("site", site);
  }
};

} // namespace opex
