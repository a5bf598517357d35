// What a function body computes: its expressions, the calls in them and its variables. See model/body.h.
#pragma once

#include "model/ids.h"

#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace opex {

struct Block;
struct Type;

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

} // namespace opex
