#include "tests/pack_headers.h"

#include "frontend/arguments.h"
#include "frontend/declarations.h"

#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendActions.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Tooling/Tooling.h"

namespace opex::test {
namespace {

class Collector : public clang::RecursiveASTVisitor<Collector> {
public:
  Collector(Declarations &declarations, Entities &entities, Headers &out)
      : declarations_(declarations), entities_(entities), out_(out) {}

  bool shouldVisitImplicitCode() const { return true; }

  bool VisitNamedDecl(clang::NamedDecl *decl) {
    if (llvm::isa<clang::TypedefNameDecl, clang::TagDecl>(decl))
      out_.types.insert(entities_.qualifiedName(decl));
    if (auto *record = llvm::dyn_cast<clang::CXXRecordDecl>(decl); record && record->hasDefinition())
      declarations_.tag(record->getDefinition());
    bool isLocal = decl->getParentFunctionOrMethod() != nullptr;
    if (!isLocal &&
        llvm::isa<clang::FunctionDecl, clang::FieldDecl, clang::EnumConstantDecl, clang::VarDecl>(decl))
      declarations_.declare(decl);
    return true;
  }

private:
  Declarations &declarations_;
  Entities &entities_;
  Headers &out_;
};

/// The preprocessor is asked, as `hasFatalErrorOccurred` of Clang's diagnostics turns true only with the next diagnostic
/// after the fatal one: a unit whose only fault is its last missing header passes for a good one.
class MissingHeaders : public clang::PPCallbacks {
public:
  explicit MissingHeaders(Headers &out) : out_(out) {}

  bool FileNotFound(llvm::StringRef name) override {
    out_.missing.push_back(name.str());
    return false;
  }

private:
  Headers &out_;
};

class Describe : public clang::ASTFrontendAction {
public:
  explicit Describe(Headers &out) : out_(out) {}

  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &, llvm::StringRef) override {
    return std::make_unique<clang::ASTConsumer>();
  }

  void ExecuteAction() override {
    clang::CompilerInstance &compiler = getCompilerInstance();
    compiler.getFrontendOpts().SkipFunctionBodies = true;
    // Errors inside a library's headers (Boost 1.74 has one) matter where they take declarations away, and
    // then rows fail.
    compiler.getDiagnostics().setClient(new clang::IgnoringDiagConsumer, true);
    clang::Preprocessor &preprocessor = compiler.getPreprocessor();
    preprocessor.addPPCallbacks(std::make_unique<MissingHeaders>(out_));
    clang::ASTFrontendAction::ExecuteAction();
    for (const auto &macro : preprocessor.macros())
      out_.macros.insert(macro.first->getName().str());
    const ProjectScope scope{"/no/project", {}};
    SourceFiles files(scope, out_.facts, compiler.getSourceManager(), compiler.getLangOpts(),
                      &preprocessor.getHeaderSearchInfo());
    Entities entities(compiler.getASTContext(), files, out_.facts);
    Types types(compiler.getASTContext(), out_.facts, entities);
    Declarations declarations(out_.facts, files, entities, types);
    types.onTag = [&](const clang::TagDecl *tag) { declarations.tag(tag); };
    Collector(declarations, entities, out_).TraverseDecl(compiler.getASTContext().getTranslationUnitDecl());
    declarations.finish();
    files.finish();
  }

private:
  Headers &out_;
};

/// Generated code is part of two libraries: made from an interface of ours (tests/CMakeLists.txt).
std::vector<std::string> generatedFor(llvm::StringRef pack) {
  if (pack == "grpc")
    return {"store.grpc.pb.h"};
  if (pack == "thrift")
    return {"Shelf.h", "Drawer.h"};
  return {};
}

} // namespace

Headers headersOf(const rules::Pack &pack) {
  Headers headers;
  std::string code;
  for (const std::string &header : pack.proof.includes)
    code += "#include <" + header + ">\n";
  for (const std::string &header : generatedFor(pack.name))
    code += "#include <" + header + ">\n";
  std::vector<std::string> arguments = {"-std=gnu++20", "-I" OPEX_BINARY_DIR "/rules_generated",
                                        "-resource-dir=" + clangResourceDir()};
  arguments.insert(arguments.end(), pack.proof.flags.begin(), pack.proof.flags.end());
  clang::tooling::runToolOnCodeWithArgs(std::make_unique<Describe>(headers), code, arguments, "pack.cpp");
  return headers;
}

} // namespace opex::test
