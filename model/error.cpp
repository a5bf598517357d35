#include "model/error.h"

namespace opex {

llvm::Error makeError(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Error addContext(const llvm::Twine &context, llvm::Error inner) {
  return makeError(context + ": " + llvm::toString(std::move(inner)));
}

} // namespace opex
