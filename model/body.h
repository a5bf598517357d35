// The operational skeleton of one function body: what it calls, in which order and under which control
// structure, what it assigns, catches, throws and returns. It knows no library and no rule.
//
// A body is a tree of blocks with explicit exits. A Block is an ordered list of steps; every step is an
// entry in one of the function's tables (calls, branches, loops, …), and every entry names the block it
// stands in, so that a check can walk outwards from any of them. Calls are steps of their own, in order
// of evaluation, before the step that uses their result: the arms of `&&`, `||` and `?:` that contain
// calls are branches. Expressions are trees in `Function::values`.
//
// To add a fact: a member here, its line in `fields`, its extraction in frontend/skeleton*, and an
// `expect-fact` in testdata/facts. Encoding, dumping and comparing follow from `fields`.
#pragma once

#include "model/ids.h"

#include "llvm/ADT/SmallVector.h"

#include <optional>
#include <vector>

namespace opex {

struct Block;
struct Branch;
struct Call;
struct Exit;
struct Function;
struct Handler;
struct Local;
struct Loop;
struct Switch;
struct Try;
struct Type;
struct Value;

enum class ValueKind : uint8_t {
  Unknown,    ///< Not modelled; `text` keeps the spelling.
  Constant,   ///< Integer, boolean, character or duration literal: see `constant`.
  Float,      ///< `text` keeps the spelling.
  String,     ///< `text` keeps the characters (literal concatenation done).
  Null,       ///< nullptr, NULL, or a null pointer constant 0.
  Enumerator, ///< `entity`, and its number in `constant`.
  Local,      ///< `index` into Function::locals (parameters and captures included).
  Global,     ///< `entity`: variable with static storage, static member.
  Function,   ///< `entity`: a function or method named without being called.
  This,
  Field,     ///< Operand 0 `.` or `->` `entity`.
  Element,   ///< Operand 0 `[` operand 1 `]` on arrays and pointers.
  Deref,     ///< `*` operand 0.
  AddressOf, ///< `&` operand 0.
  Call,      ///< Result of `Function::calls[index]`, constructors included.
  Lambda,    ///< `entity`: the lambda's body, a Function of its own.
  Unary,     ///< `text` is the operator: `-`, `!`, `~`, `++`, `--`.
  Binary,    ///< `text` is the operator, two operands.
  Choice,    ///< operand 0 ? operand 1 : operand 2.
  Cast,      ///< Operand 0, to `type`. Implicit conversions that change no value are left out.
  List,      ///< Braced initialiser; operands in order, designators resolved to the field's place.
  Await,     ///< co_await operand 0.
  SizeOf,    ///< sizeof and friends, value in `constant`.
};

/// An expression. Owned by `Function::values`; operands come before their users.
struct Value {
  ValueKind kind = ValueKind::Unknown;
  Index<Type> type;
  EntityId entity;
  uint32_t index = 0;
  /// Set when the whole expression is a constant. Of integer type: its value; std::chrono durations and
  /// time points: nanoseconds (saturated). Kept beside the structure, so `n * kMs` keeps both.
  std::optional<int64_t> constant;
  llvm::StringRef text;
  llvm::SmallVector<Index<Value>, 2> operands;
  Site site;

  void fields(auto &visit) {
    visit("kind", kind);
    visit("type", type);
    visit("entity", entity);
    visit("index", index);
    visit("constant", constant);
    visit("text", text);
    visit("operands", operands);
    visit("site", site);
  }
};

enum class CallKind : uint8_t {
  Function,    ///< Free function or static method.
  Method,      ///< On `object`; Call::isVirtual says whether it is dispatched.
  Operator,    ///< Overloaded operator; for members the left operand is `object`. For `operator()`, that of
               ///< std::function included, `calleeValue` is the object too.
  Constructor, ///< `object` is what is constructed when that is a variable or field.
  Destructor,  ///< Explicit, or through `delete`.
  Indirect,    ///< Through `calleeValue`: pointer or reference to a function or member function.
  Dependent,   ///< In a template never instantiated here: `name` is all that is known.
};

enum class ResultUse : uint8_t { Used, Discarded, VoidCast };

/// A call, construction or deletion, in the order in which it happens.
struct Call {
  CallKind kind = CallKind::Function;
  Site site; ///< The callee's name (or operator, or constructed type): one short token.
  Site extent;
  EntityId callee;   ///< At the template's pattern; see `instance`.
  EntityId instance; ///< The specialisation called, when the callee is a template.
  llvm::StringRef name; ///< As Declaration::name; spelling for Dependent calls.
  Index<Value> object;
  Index<Value> calleeValue;
  llvm::SmallVector<Index<Value>, 4> arguments; ///< Default arguments included, at the end.
  uint32_t defaultArguments = 0;                ///< How many of them were not written by the caller.
  llvm::SmallVector<Index<Type>, 2> templateArguments; ///< Type arguments of the function itself.
  Index<Type> type;                                    ///< Of the result; the class for constructors.
  ResultUse result = ResultUse::Used;
  bool isVirtual = false;   ///< Dispatched at run time.
  bool isNoReturn = false;
  bool isAwaited = false;   ///< Directly under co_await.
  bool isHeap = false;      ///< Constructed by a new-expression.
  bool isTemporary = false; ///< The object dies at the end of the full expression.
  Index<Block> block;

  void fields(auto &visit) {
    visit("kind", kind);
    visit("site", site);
    visit("extent", extent);
    visit("callee", callee);
    visit("instance", instance);
    visit("name", name);
    visit("object", object);
    visit("calleeValue", calleeValue);
    visit("arguments", arguments);
    visit("defaultArguments", defaultArguments);
    visit("templateArguments", templateArguments);
    visit("type", type);
    visit("result", result);
    visit("isVirtual", isVirtual);
    visit("isNoReturn", isNoReturn);
    visit("isAwaited", isAwaited);
    visit("isHeap", isHeap);
    visit("isTemporary", isTemporary);
    visit("block", block);
  }
};

enum class LocalKind : uint8_t { Parameter, Automatic, Static, ThreadLocal, Caught, Range, Binding, Capture };

/// A variable of the function. The first `Function::parameterCount` are its parameters.
struct Local {
  LocalKind kind = LocalKind::Automatic;
  llvm::StringRef name;
  Index<Type> type;
  Site site;
  /// What it starts from: initialiser, default argument of a parameter, range of a range-for, and for a
  /// capture the captured variable. For captures the value stands in the *enclosing* function's table.
  Index<Value> init;
  Index<Block> block; ///< Its scope: it dies where this block ends. None for parameters and captures.
  bool hasDestructor = false; ///< Non-trivial.
  bool byReference = false;   ///< Capture by reference, or a variable of reference type.

  void fields(auto &visit) {
    visit("kind", kind);
    visit("name", name);
    visit("type", type);
    visit("site", site);
    visit("init", init);
    visit("block", block);
    visit("hasDestructor", hasDestructor);
    visit("byReference", byReference);
  }
};

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

enum class FunctionKind : uint8_t {
  Free, Method, Constructor, Destructor, Conversion, Lambda,
  FieldInitializers, ///< In-class initialisers of a record that no constructor of it runs (aggregates).
  GlobalInitializer, ///< Initialiser of one variable with static storage.
};

/// One function body as one TU sees it. Its declaration is in TuFacts::declarations under `id`.
struct Function {
  EntityId id;       ///< At the template's pattern.
  EntityId instance; ///< The specialisation this body belongs to; none if it is no template's.
  FunctionKind kind = FunctionKind::Free;
  llvm::StringRef name; ///< As Declaration::name; lambdas: the enclosing function's with "::(lambda)".
  EntityId record;      ///< Class of a method; the record of FieldInitializers.
  EntityId variable;    ///< The variable of a GlobalInitializer.
  EntityId enclosing;   ///< Of a lambda or local class method: the function around it.
  EntityId enclosingInstance;
  Site site;            ///< The name.
  Site extent;          ///< From the first token of the declaration to the closing brace.
  Index<Type> result;
  uint32_t parameterCount = 0;
  std::vector<EntityId> overrides; ///< Directly overridden methods.
  bool isVirtual = false;
  bool isStatic = false;
  bool isNoexcept = false; ///< Evaluated; destructors by default.
  bool isNoReturn = false;
  bool isCoroutine = false;
  bool isMain = false;
  bool isExternC = false;
  bool isInternal = false; ///< Internal linkage: nobody outside its TU can name it.
  bool isUninstantiated = false; ///< The template's own text: types and callees may be missing.
  uint64_t contentHash = 0; ///< Of the skeleton without places outside its own lines.

  std::vector<Local> locals;
  std::vector<Value> values;
  std::vector<Block> blocks; ///< blocks[0] is the body.
  std::vector<Call> calls;
  std::vector<Assign> assigns;
  std::vector<Branch> branches;
  std::vector<Switch> switches;
  std::vector<Loop> loops;
  std::vector<Try> tries;
  std::vector<Handler> handlers;
  std::vector<Exit> exits;
  std::vector<Label> labels;

  const Value &operator[](Index<Value> i) const { return values[i.value]; }
  const Call &operator[](Index<Call> i) const { return calls[i.value]; }
  const Block &operator[](Index<Block> i) const { return blocks[i.value]; }
  const Local &operator[](Index<Local> i) const { return locals[i.value]; }
  const Handler &operator[](Index<Handler> i) const { return handlers[i.value]; }
  const Try &operator[](Index<Try> i) const { return tries[i.value]; }

  void fields(auto &visit) {
    visit("id", id);
    visit("instance", instance);
    visit("kind", kind);
    visit("name", name);
    visit("record", record);
    visit("variable", variable);
    visit("enclosing", enclosing);
    visit("enclosingInstance", enclosingInstance);
    visit("site", site);
    visit("extent", extent);
    visit("result", result);
    visit("parameterCount", parameterCount);
    visit("overrides", overrides);
    visit("isVirtual", isVirtual);
    visit("isStatic", isStatic);
    visit("isNoexcept", isNoexcept);
    visit("isNoReturn", isNoReturn);
    visit("isCoroutine", isCoroutine);
    visit("isMain", isMain);
    visit("isExternC", isExternC);
    visit("isInternal", isInternal);
    visit("isUninstantiated", isUninstantiated);
    visit("contentHash", contentHash);
    visit("locals", locals);
    visit("values", values);
    visit("blocks", blocks);
    visit("calls", calls);
    visit("assigns", assigns);
    visit("branches", branches);
    visit("switches", switches);
    visit("loops", loops);
    visit("tries", tries);
    visit("handlers", handlers);
    visit("exits", exits);
    visit("labels", labels);
  }
};

} // namespace opex
