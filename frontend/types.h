// From Clang types to TuFacts::types: spelling with the author's aliases, the record behind pointers and
// references, template arguments, the tick of durations. Owns that table; equal types share an entry.
#pragma once

#include "frontend/entity.h"

#include "clang/AST/PrettyPrinter.h"
#include "clang/AST/Type.h"
#include "llvm/ADT/StringMap.h"

#include <functional>

namespace opex {

/// std::chrono types as far as values need them.
struct ChronoType {
  bool isTimePoint = false;
  int64_t numerator = 1, denominator = 1; ///< Seconds per tick.
};

/// Set for std::chrono::duration and time_point themselves (not for references to them).
std::optional<ChronoType> chronoType(clang::QualType type);

/// The class, enumeration or template of a class behind `type`, also when it is dependent; else null.
const clang::TagDecl *tagOf(clang::QualType type);

/// True if `decl` is declared in namespace std::chrono itself (inline namespaces looked through).
bool isInChrono(const clang::Decl *decl);

class Types {
public:
  Types(clang::ASTContext &context, TuFacts &facts, Entities &entities);

  /// None for a null type.
  Index<Type> type(clang::QualType type);

  /// Called once for every class or enumeration that a recorded type names.
  std::function<void(const clang::TagDecl *)> onTag;

private:
  Index<Type> make(clang::QualType type, unsigned depth);
  void describeTarget(clang::QualType type, Type &fact, unsigned depth);
  void addArguments(clang::QualType type, Type &fact, unsigned depth);
  Index<Type> intern(Type fact);

  clang::ASTContext &context_;
  TuFacts &facts_;
  Entities &entities_;
  clang::PrintingPolicy spelling_, canonical_;
  llvm::DenseMap<void *, Index<Type>> known_;
  llvm::StringMap<Index<Type>> equal_;
};

} // namespace opex
