#include "analysis/exceptions/standard_throws.h"

#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

#include <optional>

namespace opex {
namespace {

/// What allocates and does nothing else that fails.
constexpr llvm::StringLiteral kOwners[] = {
    "vector",
    "deque",
    "list",
    "forward_list",
    "map",
    "multimap",
    "set",
    "multiset",
    "unordered_map",
    "queue",
    "priority_queue",
    "stack",
    "unordered_multimap",
    "unordered_multiset",
    "unordered_set",
    "pair",
    "tuple",
    "path",
    "function",
};
constexpr llvm::StringLiteral kFree[] = {
    "operator+",  "operator==",   "operator!=", "operator<", "operator<=", "operator>",
    "operator>=", "operator<=>",  "to_string",  "make_pair", "swap",       "setw",
    "setfill",    "setprecision", "setbase",    "quoted",    "put_time",   "get_time",
};
/// Algorithms that do to the elements what these allow: compare, copy, move.
constexpr llvm::StringLiteral kAlgorithms[] = {
    "accumulate",  "binary_search", "copy",        "copy_n",   "count",       "distance",      "equal",
    "equal_range", "fill",          "fill_n",      "find",     "find_end",    "is_sorted",     "iota",
    "lower_bound", "max_element",   "min_element", "mismatch", "move",        "move_backward", "next",
    "nth_element", "prev",          "remove",      "replace",  "reverse",     "rotate",        "search",
    "sort",        "stable_sort",   "swap_ranges", "unique",   "upper_bound", "advance",       "max",
    "min",         "remove_copy",
};
/// Members of strings that refuse a position.
constexpr llvm::StringLiteral kChecked[] = {"at", "substr", "compare", "copy", "erase", "insert", "replace"};
/// Members that are told how much to allocate.
constexpr llvm::StringLiteral kSized[] = {"resize", "reserve", "assign"};

const Type *typeOf(const LinkedFunction &function, Index<Value> value) {
  Index<Type> type = value ? (*function.body)[value].type : Index<Type>();
  return type ? &(*function.unit)[type] : nullptr;
}

/// The class, and what pointers and references to it lead to.
bool isStream(const Type *type) {
  return type && type->recordName.starts_with("std::basic_") &&
         (type->recordName.ends_with("stream") || type->recordName.ends_with("_ios"));
}

Index<Value> subjectOf(const Call &call) {
  return call.object ? call.object : call.arguments.empty() ? Index<Value>() : call.arguments.front();
}

/// `std::cerr` of `std::cerr << a << b`.
Index<Value> streamOf(const LinkedFunction &function, const Call &call) {
  const Function &body = *function.body;
  Index<Value> subject = subjectOf(call);
  for (subject = subject ? withoutCasts(body, subject) : subject;
       subject && body[subject].kind == ValueKind::Call;) {
    Index<Value> inner = subjectOf(body.calls[body[subject].index]);
    if (!inner || !isStream(typeOf(function, inner)))
      break;
    subject = withoutCasts(body, inner);
  }
  return subject;
}

/// The variable is the object itself, and no reference or pointer to one.
bool isOwn(const Local &local, const TuFacts &unit) {
  return !local.byReference && local.type && unit[local.type].kind == TypeClass::Record;
}

/// Copying and comparing values of the type runs no code of the program's that throws more than containers
/// do.
bool isPlain(const TuFacts &unit, const Type &type, unsigned depth) {
  if (depth > 4 || type.kind == TypeClass::Dependent || type.kind == TypeClass::Other)
    return false;
  bool isUnknownClass =
      !type.recordName.empty() && !type.recordName.starts_with("std::") && !type.recordName.starts_with("__");
  if (isUnknownClass && type.kind != TypeClass::Enumeration && type.indirections < 2)
    return false;
  return llvm::all_of(type.arguments, [&](Index<Type> argument) {
    const Type &inner = unit[argument];
    return inner.kind == TypeClass::Pointer || isPlain(unit, inner, depth + 1);
  });
}

bool comparesPlainly(const LinkedFunction &function, const Call &call) {
  auto isPointer = [](const Type *type) { return type && type->kind == TypeClass::Pointer; };
  bool isOverArray = !call.arguments.empty() && isPointer(typeOf(function, call.arguments.front()));
  return llvm::all_of(call.arguments, [&](Index<Value> argument) {
    const Type *type = typeOf(function, argument);
    return type && ((isPointer(type) && !isOverArray) || isPlain(*function.unit, *type, 0));
  });
}

} // namespace

StandardThrows::StandardThrows(const Program &program) : program_(program) {
  for (const LinkedFunction &function : program.functions)
    for (const Call &call : function.body->calls) {
      if (call.name != "std::basic_ios::exceptions" || call.arguments.empty())
        continue;
      anyStreamThrows_ = true;
      const Variable variable = lastVariableOf(*function.body, streamOf(function, call));
      if (variable.entity)
        throwingStreams_.insert(variable.entity);
      else if (variable.local && isOwn(function.body->locals[*variable.local], *function.unit))
        throwingLocals_.insert({function.position, *variable.local});
      else
        unknownStreamThrows_ = true;
    }
}

bool StandardThrows::isStreaming(const Declaration &callee) const {
  llvm::StringRef name = callee.name;
  if (!name.consume_front("std::"))
    return false;
  auto [owner, member] = name.rsplit("::");
  if (member == "exceptions")
    return false;
  if (owner == "ios_base" ||
      (owner.starts_with("basic_") &&
       (owner.ends_with("stream") || owner == "basic_ios" || owner == "basic_filebuf")))
    return true;
  return callee.kind == EntityKind::Function && isStream(program_.parameterType(callee.id, 0));
}

bool StandardThrows::mayStreamThrow(const LinkedFunction &function, const Call &call) const {
  if (!anyStreamThrows_ || call.kind == CallKind::Constructor)
    return false;
  if (unknownStreamThrows_)
    return true;
  const Variable variable = lastVariableOf(*function.body, streamOf(function, call));
  if (variable.entity)
    return throwingStreams_.contains(variable.entity);
  bool isOwnLocal = variable.local && isOwn(function.body->locals[*variable.local], *function.unit);
  return !isOwnLocal || throwingLocals_.contains({function.position, *variable.local});
}

Throws StandardThrows::of(const LinkedFunction &function, const Call &call, const Declaration &callee) const {
  llvm::StringRef name = callee.name;
  if (!name.consume_front("std::"))
    return Throws::Anything;
  if (isStreaming(callee))
    return mayStreamThrow(function, call) ? Throws::Anything : Throws::Memory;
  if (name.starts_with("filesystem::path::"))
    name.consume_front("filesystem::");
  auto [owner, member] = name.rsplit("::");
  if (member.empty())
    return llvm::is_contained(kFree, owner) ||
                   (llvm::is_contained(kAlgorithms, owner) && comparesPlainly(function, call))
               ? Throws::Memory
               : Throws::Anything;
  auto isFixed = [&](Index<Value> argument) { return argument && (*function.body)[argument].constant; };
  const Type *given = call.arguments.empty() ? nullptr : typeOf(function, call.arguments.front());
  bool countsFirst = given && given->kind == TypeClass::Integer;
  bool isSized = (llvm::is_contained(kSized, member) || call.kind == CallKind::Constructor) && countsFirst &&
                 !isFixed(call.arguments.front());
  if (owner != "basic_string") {
    bool onlyAllocates = llvm::is_contained(kOwners, owner) && member != "at" && member != "operator()" &&
                         !member.contains("emplace");
    return !onlyAllocates ? Throws::Anything : isSized ? Throws::Size : Throws::Memory;
  }
  // A part of another text begins at a position that the text may not have; every text has a first one.
  auto isStart = [&](Index<Value> argument) {
    return isFixed(argument) && *(*function.body)[argument].constant == 0;
  };
  bool isText =
      given && (given->recordName == "std::basic_string" || given->recordName == "std::basic_string_view");
  bool isPart = isText && call.arguments.size() - call.defaultArguments > 1;
  bool isChecked = llvm::is_contained(kChecked, member) && countsFirst && !isStart(call.arguments.front());
  return isPart || isChecked || member == "at" ? Throws::Anything : isSized ? Throws::Size : Throws::Memory;
}

} // namespace opex
