#include "frontend/types.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "llvm/ADT/StringExtras.h"

#include <numeric>

namespace opex {
namespace {

constexpr unsigned kDeepestArgument = 5;
constexpr size_t kMostArguments = 16;

const clang::ClassTemplateSpecializationDecl *chronoSpecial(clang::QualType type, llvm::StringRef name) {
  auto *special = llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(type->getAsCXXRecordDecl());
  if (!special || !special->getIdentifier() || special->getName() != name || !isInChrono(special))
    return nullptr;
  return special;
}

std::optional<ChronoType> durationType(clang::QualType type) {
  const clang::ClassTemplateSpecializationDecl *duration = chronoSpecial(type, "duration");
  if (!duration || duration->getTemplateArgs().size() != 2 ||
      duration->getTemplateArgs()[1].getKind() != clang::TemplateArgument::Type)
    return std::nullopt;
  auto *ratio = llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(
      duration->getTemplateArgs()[1].getAsType()->getAsCXXRecordDecl());
  if (!ratio || ratio->getTemplateArgs().size() != 2)
    return std::nullopt;
  int64_t parts[2];
  for (unsigned i = 0; i < 2; ++i) {
    const clang::TemplateArgument &part = ratio->getTemplateArgs()[i];
    if (part.getKind() != clang::TemplateArgument::Integral)
      return std::nullopt;
    std::optional<int64_t> value = part.getAsIntegral().trySExtValue();
    if (!value || *value <= 0)
      return std::nullopt;
    parts[i] = *value;
  }
  int64_t divisor = std::gcd(parts[0], parts[1]);
  return ChronoType{false, parts[0] / divisor, parts[1] / divisor};
}

TypeClass builtinClass(const clang::BuiltinType *builtin) {
  if (builtin->getKind() == clang::BuiltinType::Void)
    return TypeClass::Void;
  if (builtin->getKind() == clang::BuiltinType::Bool)
    return TypeClass::Bool;
  if (builtin->getKind() == clang::BuiltinType::NullPtr)
    return TypeClass::Pointer;
  if (builtin->isInteger())
    return TypeClass::Integer;
  if (builtin->isFloatingPoint())
    return TypeClass::Float;
  return builtin->isDependentType() ? TypeClass::Dependent : TypeClass::Other;
}

TypeClass classOf(clang::QualType canonical) {
  if (auto *builtin = llvm::dyn_cast<clang::BuiltinType>(canonical))
    return builtinClass(builtin);
  if (const clang::TagDecl *tag = tagOf(canonical)) {
    if (llvm::isa<clang::EnumDecl>(tag))
      return TypeClass::Enumeration;
    if (std::optional<ChronoType> chrono = chronoType(canonical))
      return chrono->isTimePoint ? TypeClass::TimePoint : TypeClass::Duration;
    return TypeClass::Record;
  }
  if (canonical->isReferenceType())
    return TypeClass::Reference;
  if (canonical->isPointerType())
    return TypeClass::Pointer;
  if (canonical->isArrayType())
    return TypeClass::Array;
  if (canonical->isFunctionType())
    return TypeClass::Function;
  return canonical->isDependentType() ? TypeClass::Dependent : TypeClass::Other;
}

/// The template arguments of a class as its author wrote them, else as the compiler has them.
llvm::SmallVector<clang::TemplateArgument, 4> argumentsOf(clang::QualType type, clang::ASTContext &context) {
  llvm::SmallVector<clang::TemplateArgument, 4> result;
  const clang::Type *previous = nullptr;
  for (clang::QualType step = type; step.getTypePtr() != previous;
       step = step.getSingleStepDesugaredType(context)) {
    previous = step.getTypePtr();
    auto *written = llvm::dyn_cast<clang::TemplateSpecializationType>(previous);
    if (written && !written->isTypeAlias()) {
      llvm::append_range(result, written->template_arguments());
      break;
    }
  }
  auto *special = llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(type->getAsCXXRecordDecl());
  if (special)
    for (const clang::TemplateArgument &argument : special->getTemplateArgs().asArray().drop_front(
             std::min<size_t>(result.size(), special->getTemplateArgs().size()))) {
      if (argument.getKind() == clang::TemplateArgument::Pack)
        llvm::append_range(result, argument.pack_elements());
      else
        result.push_back(argument);
    }
  return result;
}

std::string print(clang::QualType type, const clang::PrintingPolicy &policy) {
  return type.getAsString(policy);
}

} // namespace

bool isInChrono(const clang::Decl *decl) {
  const clang::DeclContext *context = decl->getDeclContext();
  while (context && (context->isInlineNamespace() || context->isTransparentContext()))
    context = context->getParent();
  auto *chrono = llvm::dyn_cast_or_null<clang::NamespaceDecl>(context);
  return chrono && chrono->getName() == "chrono" && chrono->getParent()->isStdNamespace();
}

std::optional<ChronoType> chronoType(clang::QualType type) {
  if (type.isNull() || type->isDependentType())
    return std::nullopt;
  if (std::optional<ChronoType> duration = durationType(type))
    return duration;
  const clang::ClassTemplateSpecializationDecl *point = chronoSpecial(type, "time_point");
  if (!point || point->getTemplateArgs().size() != 2 ||
      point->getTemplateArgs()[1].getKind() != clang::TemplateArgument::Type)
    return std::nullopt;
  std::optional<ChronoType> ticks = durationType(point->getTemplateArgs()[1].getAsType());
  if (ticks)
    ticks->isTimePoint = true;
  return ticks;
}

const clang::TagDecl *tagOf(clang::QualType type) {
  if (type.isNull())
    return nullptr;
  if (const clang::TagDecl *tag = type->getAsTagDecl())
    return tag;
  if (auto *special = type->getAs<clang::TemplateSpecializationType>())
    if (auto *classTemplate =
            llvm::dyn_cast_or_null<clang::ClassTemplateDecl>(special->getTemplateName().getAsTemplateDecl()))
      return classTemplate->getTemplatedDecl();
  return nullptr;
}

Types::Types(clang::ASTContext &context, TuFacts &facts, Entities &entities)
    : context_(context), facts_(facts), entities_(entities), spelling_(context.getLangOpts()),
      canonical_(context.getLangOpts()) {
  spelling_.AnonymousTagLocations = false;
  spelling_.SuppressTagKeyword = true;
  canonical_ = spelling_;
  canonical_.UsePreferredNames = false;
  canonical_.SuppressInlineNamespace =
      llvm::to_underlying(clang::PrintingPolicy::SuppressInlineNamespaceMode::All);
}

Index<Type> Types::type(clang::QualType type) { return type.isNull() ? Index<Type>() : make(type, 0); }

Index<Type> Types::make(clang::QualType type, unsigned depth) {
  if (auto found = known_.find(type.getAsOpaquePtr()); found != known_.end())
    return found->second;
  Type fact;
  clang::QualType canonical = type.getCanonicalType();
  fact.kind = classOf(canonical);
  fact.spelled = facts_.save(print(type, spelling_));
  // Clang merges arrays of dependent size, and names the parameter of whichever came first.
  const bool isNamedByChance = canonical.getNonReferenceType()->isDependentSizedArrayType();
  fact.canonical = facts_.save(print(isNamedByChance ? type : canonical, canonical_));
  describeTarget(type, fact, depth);
  Index<Type> index = intern(std::move(fact));
  return known_[type.getAsOpaquePtr()] = index;
}

/// Strips pointers, references and arrays; what is left names the record, or at least an alias of it.
void Types::describeTarget(clang::QualType type, Type &fact, unsigned depth) {
  const clang::TypedefNameDecl *outerAlias = nullptr, *innerAlias = nullptr;
  while (true) {
    const clang::Type *previous = nullptr;
    for (clang::QualType step = type; step.getTypePtr() != previous;
         step = step.getSingleStepDesugaredType(context_)) {
      previous = step.getTypePtr();
      if (auto *alias = llvm::dyn_cast<clang::TypedefType>(previous)) {
        innerAlias = alias->getDecl();
        outerAlias = outerAlias ? outerAlias : innerAlias;
      }
    }
    if (clang::QualType pointee = type->getPointeeType(); !pointee.isNull() && !type->isMemberPointerType()) {
      ++fact.indirections;
      type = pointee;
      outerAlias = nullptr;
    } else if (const clang::ArrayType *array = context_.getAsArrayType(type)) {
      type = array->getElementType();
    } else {
      break;
    }
  }
  fact.isConst = type.isConstQualified();
  if (std::optional<ChronoType> chrono = chronoType(type)) {
    fact.periodNumerator = chrono->numerator;
    fact.periodDenominator = chrono->denominator;
  }
  if (const clang::TagDecl *tag = tagOf(type)) {
    fact.record = entities_.id(tag);
    fact.recordName = entities_.name(tag);
    addArguments(type, fact, depth);
    if (onTag)
      onTag(tag);
  } else if (const clang::TypedefNameDecl *alias = type->isVoidType() ? innerAlias : outerAlias) {
    fact.recordName = facts_.save(entities_.qualifiedName(alias));
  }
}

void Types::addArguments(clang::QualType type, Type &fact, unsigned depth) {
  if (depth >= kDeepestArgument)
    return;
  for (const clang::TemplateArgument &argument : argumentsOf(type, context_)) {
    if (argument.getKind() != clang::TemplateArgument::Type)
      continue;
    if (fact.arguments.size() == kMostArguments)
      break;
    fact.arguments.push_back(make(argument.getAsType(), depth + 1));
  }
}

/// Types that print and resolve alike are one entry, however the compiler tells their sugar apart.
Index<Type> Types::intern(Type fact) {
  std::string key = (fact.spelled + llvm::Twine('\0') + fact.canonical + llvm::Twine('\0') + fact.recordName +
                     llvm::Twine('\0') + llvm::Twine(fact.record.hash))
                        .str();
  for (Index<Type> argument : fact.arguments)
    key += "," + llvm::utostr(argument.value);
  auto [slot, isNew] = equal_.try_emplace(key, facts_.types.size());
  if (isNew)
    facts_.types.push_back(std::move(fact));
  return slot->second;
}

} // namespace opex
