// What a TU knows of the declarations, classes and enumerations that its bodies mention. Owns
// TuFacts::declarations, records and enumerations. Everything is described at the template's pattern, so
// that all TUs that see a declaration describe it alike.
#pragma once

#include "frontend/types.h"

#include "llvm/ADT/DenseSet.h"

namespace opex {

class Declarations {
public:
  Declarations(TuFacts &facts, SourceFiles &files, Entities &entities, Types &types);

  /// Records `decl` once and returns its id; zero for null.
  EntityId declare(const clang::NamedDecl *decl);
  /// Records a declaration that exists in no source: lambdas' and initialisers' bodies.
  void declareDerived(EntityId id, EntityKind kind, llvm::StringRef name, llvm::StringRef usr,
                      Index<Type> type, clang::SourceLocation where);
  /// Records a class with its bases, or an enumeration.
  void tag(const clang::TagDecl *tag);
  /// Lists and declares every enumerator (done for the project's own enumerations anyway), so that a
  /// switch over a foreign one can be judged.
  void enumerators(const clang::EnumDecl *enumeration);

  /// Sorts the tables.
  void finish();

private:
  void record(const clang::RecordDecl *record);
  void enumeration(const clang::EnumDecl *enumeration);
  void describe(const clang::NamedDecl *decl, Declaration &fact);
  void describeFunction(const clang::FunctionDecl *function, Declaration &fact);
  void describeValue(const clang::ValueDecl *value, Declaration &fact);
  void addMembers(const clang::RecordDecl *definition, Record &fact);
  FieldFact field(const clang::ValueDecl *member);

  TuFacts &facts_;
  SourceFiles &files_;
  Entities &entities_;
  Types &types_;
  llvm::DenseSet<uint64_t> known_, knownTags_;
  llvm::DenseMap<uint64_t, size_t> enumerationIndex_;
};

/// `function` never throws: written so, or a destructor without any specification.
bool isNoexcept(const clang::FunctionDecl *function);

} // namespace opex
