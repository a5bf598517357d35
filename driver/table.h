// Text in columns, for the commands that answer with a table.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace opex {

/// Writes one line for each row, columns left-aligned and two spaces apart; cells are made printable.
void writeTable(llvm::ArrayRef<std::vector<std::string>> rows, llvm::raw_ostream &out);

/// "1 row", "2 rows".
std::string counted(size_t number, llvm::StringRef what);

} // namespace opex
