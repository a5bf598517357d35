#include "frontend/skeleton_builder.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Lex/Lexer.h"

namespace opex {
namespace {

constexpr size_t kLongestSpelling = 80;

FunctionKind kindOf(const Body &body) {
  if (body.record)
    return FunctionKind::FieldInitializers;
  if (body.variable)
    return FunctionKind::GlobalInitializer;
  if (body.lambda)
    return FunctionKind::Lambda;
  if (llvm::isa<clang::CXXConstructorDecl>(body.function))
    return FunctionKind::Constructor;
  if (llvm::isa<clang::CXXDestructorDecl>(body.function))
    return FunctionKind::Destructor;
  if (llvm::isa<clang::CXXConversionDecl>(body.function))
    return FunctionKind::Conversion;
  return llvm::isa<clang::CXXMethodDecl>(body.function) ? FunctionKind::Method : FunctionKind::Free;
}

} // namespace

EntityId initializerId(Entities &entities, const clang::NamedDecl *owner) {
  return entities.derived(owner, "@initializer");
}

Function buildSkeleton(const TuTables &tables, const Body &body, std::vector<Body> &more) {
  Function function;
  SkeletonBuilder(tables, function, more).build(body);
  return function;
}

void collectMembers(const clang::CXXRecordDecl *record, const Body &like, std::vector<Body> &bodies) {
  for (const clang::Decl *member : record->decls()) {
    if (auto *friendDecl = llvm::dyn_cast<clang::FriendDecl>(member))
      member = friendDecl->getFriendDecl();
    if (auto *nested = llvm::dyn_cast_or_null<clang::CXXRecordDecl>(member);
        nested && nested->isThisDeclarationADefinition() && !nested->isInjectedClassName() &&
        !nested->isLambda())
      collectMembers(nested, like, bodies);
    auto *function = llvm::dyn_cast_or_null<clang::FunctionDecl>(member);
    if (!function || !function->doesThisDeclarationHaveABody() || function->isDefaulted())
      continue;
    Body body = like;
    body.function = function;
    bodies.push_back(std::move(body));
  }
}

SkeletonBuilder::SkeletonBuilder(const TuTables &tables, Function &function, std::vector<Body> &more)
    : tables_(tables), function_(function), more_(more) {}

clang::SourceLocation typeToken(const clang::TypeSourceInfo *type) {
  if (!type)
    return {};
  clang::TypeLoc written = type->getTypeLoc().getUnqualifiedLoc();
  if (auto special = written.getAs<clang::TemplateSpecializationTypeLoc>())
    return special.getTemplateNameLoc();
  if (auto deduced = written.getAs<clang::DeducedTemplateSpecializationTypeLoc>())
    return deduced.getTemplateNameLoc();
  if (auto alias = written.getAs<clang::TypedefTypeLoc>())
    return alias.getNameLoc();
  if (auto tag = written.getAs<clang::TagTypeLoc>())
    return tag.getNameLoc();
  if (auto used = written.getAs<clang::UsingTypeLoc>())
    return used.getNameLoc();
  return written.getBeginLoc();
}

Site SkeletonBuilder::site(clang::SourceRange range) { return place_ ? *place_ : tables_.files.site(range); }

Site SkeletonBuilder::token(clang::SourceLocation where) {
  return place_ ? *place_ : tables_.files.token(where);
}

/// What stands in the source, cut short; nothing of files outside the project.
llvm::StringRef SkeletonBuilder::spelling(clang::SourceRange range) {
  if (range.isInvalid() || !tables_.files.inProject(range.getBegin()))
    return "";
  const clang::SourceManager &sources = tables_.files.manager();
  const clang::LangOptions &language = tables_.context.getLangOpts();
  clang::CharSourceRange written =
      clang::Lexer::makeFileCharRange(clang::CharSourceRange::getTokenRange(range), sources, language);
  if (written.isInvalid())
    return "";
  llvm::StringRef text = clang::Lexer::getSourceText(written, sources, language);
  return save(text.take_front(kLongestSpelling));
}

void SkeletonBuilder::step(StepKind kind, size_t index) {
  function_.blocks[current_.value].steps.push_back({kind, static_cast<uint32_t>(index)});
}

Index<Block> SkeletonBuilder::addBlock(BlockRole role, Step owner, Site site) {
  Index<Block> index(function_.blocks.size());
  Block &block = function_.blocks.emplace_back();
  block.role = role;
  block.parent = current_;
  block.owner = owner;
  block.site = site;
  return index;
}

void SkeletonBuilder::inBlock(Index<Block> block, llvm::function_ref<void()> fill) {
  Index<Block> outer = std::exchange(current_, block);
  fill();
  current_ = outer;
}

Index<Local> SkeletonBuilder::addLocal(LocalKind kind, const clang::ValueDecl *decl, Index<Block> scope) {
  Index<Local> index(function_.locals.size());
  Local &local = function_.locals.emplace_back();
  local.kind = kind;
  local.name = save(decl->getName());
  local.type = type(decl->getType());
  local.site = token(decl->getLocation());
  local.block = scope;
  locals_[decl] = index;
  if (decl->getType().isNull() || decl->isInvalidDecl())
    return index;
  local.byReference = decl->getType()->isReferenceType();
  if (auto *variable = llvm::dyn_cast<clang::VarDecl>(decl);
      variable && !variable->getType()->isDependentType())
    local.hasDestructor = variable->needsDestruction(tables_.context) == clang::QualType::DK_cxx_destructor;
  return index;
}

void SkeletonBuilder::describe(const Body &body) {
  function_.kind = kindOf(body);
  function_.isUninstantiated = body.isUninstantiated;
  function_.enclosing = body.enclosing;
  function_.enclosingInstance = body.enclosingInstance;
  if (body.function)
    describeFunction(*body.function, body.lambda);
  else
    describeInitializer(body);
}

void SkeletonBuilder::describeInitializer(const Body &body) {
  Entities &entities = tables_.entities;
  const clang::NamedDecl *owner = body.record;
  if (body.variable)
    owner = body.variable;
  function_.id = initializerId(entities, owner);
  function_.instance = entities.instance(owner);
  function_.name = save((entities.name(owner) + "::(initializer)").str());
  function_.site = token(owner->getLocation());
  function_.extent = site(owner->getSourceRange());
  function_.isInternal = !owner->isExternallyVisible();
  if (body.record)
    function_.record = entities.id(body.record);
  else
    function_.variable = declare(body.variable);
  tables_.declarations.declareDerived(function_.id, EntityKind::Function, function_.name,
                                      (entities.usr(owner) + "@initializer").str(), {}, owner->getLocation());
}

void SkeletonBuilder::describeFunction(const clang::FunctionDecl &function, const clang::LambdaExpr *lambda) {
  Entities &entities = tables_.entities;
  function_.id = entities.id(&function);
  function_.instance = entities.instance(&function);
  function_.name = entities.name(&function);
  function_.site = lambda ? token(lambda->getBeginLoc()) : site(function.getNameInfo().getSourceRange());
  function_.extent = site(lambda ? lambda->getSourceRange() : function.getSourceRange());
  function_.result = type(function.getReturnType());
  function_.isNoexcept = isNoexcept(&function);
  function_.isNoReturn = function.isNoReturn();
  function_.isCoroutine = llvm::isa_and_nonnull<clang::CoroutineBodyStmt>(function.getBody());
  function_.isMain = function.isMain();
  function_.isExternC = function.isExternC();
  function_.isInternal = !function.isExternallyVisible();
  if (lambda) {
    tables_.declarations.declareDerived(function_.id, EntityKind::Method, function_.name, entities.usr(&function),
                                        function_.result, lambda->getBeginLoc());
    return;
  }
  declare(&function);
  function_.isStatic = function.getStorageClass() == clang::SC_Static;
  if (auto *method = llvm::dyn_cast<clang::CXXMethodDecl>(&function)) {
    function_.record = entities.id(method->getParent());
    tables_.declarations.tag(method->getParent());
    function_.isVirtual = method->isVirtual();
    function_.isStatic = method->isStatic();
    for (const clang::CXXMethodDecl *overridden : method->overridden_methods())
      function_.overrides.push_back(declare(overridden));
  }
}

void SkeletonBuilder::addParameters(const clang::FunctionDecl *function) {
  for (const clang::ParmVarDecl *parameter : function->parameters())
    addLocal(LocalKind::Parameter, parameter, {});
  function_.parameterCount = static_cast<uint32_t>(function_.locals.size());
  const clang::FunctionDecl *first = function->getCanonicalDecl();
  for (unsigned i = 0; i < function->getNumParams() && i < first->getNumParams(); ++i) {
    const clang::ParmVarDecl *parameter = function->getParamDecl(i);
    if (!parameter->hasDefaultArg())
      parameter = first->getParamDecl(i);
    if (!parameter->hasDefaultArg() || parameter->hasUninstantiatedDefaultArg() ||
        parameter->hasUnparsedDefaultArg() || !parameter->getDefaultArg())
      continue;
    // Only a value: what a default argument calls is called by the callers that leave it out.
    Index<Value> init;
    Function before = function_;
    size_t bodiesBefore = more_.size();
    init = value(parameter->getDefaultArg());
    if (!function_.blocks[0].steps.empty()) {
      function_ = std::move(before);
      weights_.resize(function_.values.size());
      more_.resize(bodiesBefore);
      init = {};
    }
    function_.locals[i].init = init;
  }
}

void SkeletonBuilder::addCaptures(const Body &body) {
  size_t position = 0;
  for (const clang::LambdaCapture &capture : body.lambda->captures()) {
    Index<Value> init = position < body.captures.size() ? body.captures[position] : Index<Value>();
    ++position;
    Index<Local> index(function_.locals.size());
    if (capture.capturesVariable()) {
      index = addLocal(LocalKind::Capture, capture.getCapturedVar(), {});
    } else if (capture.capturesThis()) {
      Local &local = function_.locals.emplace_back();
      local.kind = LocalKind::Capture;
      local.name = "this";
    } else {
      continue;
    }
    Local &local = function_.locals[index.value];
    local.site = token(capture.getLocation());
    local.init = init;
    local.byReference =
        capture.getCaptureKind() == clang::LCK_ByRef || capture.getCaptureKind() == clang::LCK_This;
    local.hasDestructor &= !local.byReference;
  }
}

void SkeletonBuilder::build(const Body &body) {
  describe(body);
  current_ = {};
  Site whole = function_.extent;
  if (body.function && body.function->getBody())
    whole = site(body.function->getBody()->getSourceRange());
  current_ = addBlock(BlockRole::Body, {}, whole);
  if (body.record)
    return addFieldInitializers(body.record);
  if (body.variable)
    return addVariableInitializer(body.variable);
  addParameters(body.function);
  if (body.lambda)
    addCaptures(body);
  auto *constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(body.function);
  auto initializers = [&] {
    if (constructor)
      addConstructorInitializers(constructor);
  };
  const clang::Stmt *code = body.function->getBody();
  if (auto *coroutine = llvm::dyn_cast_or_null<clang::CoroutineBodyStmt>(code))
    code = coroutine->getBody();
  if (auto *functionTry = llvm::dyn_cast_or_null<clang::CXXTryStmt>(code))
    return addTry(functionTry, /*isFunctionTry=*/true, initializers);
  initializers();
  contents(code);
}

void SkeletonBuilder::initializeField(const clang::FieldDecl *field, const clang::Expr *init, Site where,
                                      bool isWritten) {
  Index<Value> target;
  auto object = [&] { return target = target ? target : fieldOfThis(field, where); };
  Index<Value> start = initialize(init, object, where);
  // A member that only its class's own default constructor fills is told by that call.
  if (!isWritten || !start)
    return;
  Assign entry;
  entry.site = where;
  entry.target = object();
  entry.value = start;
  entry.isInitializer = true;
  entry.block = current_;
  step(StepKind::Assign, function_.assigns.size());
  function_.assigns.push_back(entry);
}

void SkeletonBuilder::addConstructorInitializers(const clang::CXXConstructorDecl *constructor) {
  for (const clang::CXXCtorInitializer *initializer : constructor->inits()) {
    const clang::Expr *init = initializer->getInit();
    if (!init)
      continue;
    Site where =
        token(initializer->isWritten() ? initializer->getMemberLocation() : constructor->getLocation());
    if (initializer->isAnyMemberInitializer()) {
      const clang::FieldDecl *field = initializer->getAnyMember();
      if (auto *inClass = llvm::dyn_cast<clang::CXXDefaultInitExpr>(init)) {
        where = token(field->getLocation());
        init = inClass->getExpr();
      }
      initializeField(field, init, where,
                      initializer->isWritten() || initializer->isInClassMemberInitializer());
      continue;
    }
    if (initializer->isWritten())
      where = token(typeToken(initializer->getTypeSourceInfo()));
    auto object = [&] {
      Value self;
      self.kind = ValueKind::This;
      self.type = type(constructor->getThisType());
      self.site = where;
      return add(std::move(self));
    };
    initialize(init, object, where);
  }
}

void SkeletonBuilder::addFieldInitializers(const clang::CXXRecordDecl *record) {
  for (const clang::FieldDecl *field : record->fields())
    if (field->hasInClassInitializer() && field->getInClassInitializer())
      initializeField(field, field->getInClassInitializer(), token(field->getLocation()), /*isWritten=*/true);
}

void SkeletonBuilder::addVariableInitializer(const clang::VarDecl *variable) {
  Site where = token(variable->getLocation());
  auto global = [&] {
    Value target;
    target.kind = ValueKind::Global;
    target.type = type(variable->getType());
    target.entity = declare(variable);
    target.site = where;
    return add(std::move(target));
  };
  Index<Value> start = initialize(variable->getInit(), global, where);
  if (start)
    assign(variable->getLocation(), global(), "=", start, /*isInitializer=*/true);
}

} // namespace opex
