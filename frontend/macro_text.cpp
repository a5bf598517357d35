#include "frontend/macro_text.h"

#include "clang/Lex/MacroInfo.h"
#include "clang/Lex/Preprocessor.h"

namespace opex {

std::string definitionText(const clang::Preprocessor &preprocessor, const clang::MacroInfo &macro) {
  std::string text;
  if (macro.isFunctionLike()) {
    text = "(";
    for (const clang::IdentifierInfo *parameter : macro.params()) {
      text += text.size() > 1 ? "," : "";
      const bool isRest = macro.isVariadic() && parameter == macro.params().back();
      text += isRest && macro.isC99Varargs() ? "..."
              : isRest                       ? parameter->getName().str() + "..."
                                             : parameter->getName().str();
    }
    text += ")";
  }
  for (const clang::Token &token : macro.tokens())
    text += " " + preprocessor.getSpelling(token);
  return text;
}

} // namespace opex
