#include "driver/table.h"

#include "report/text_report.h"

#include <algorithm>

namespace opex {

void writeTable(llvm::ArrayRef<std::vector<std::string>> rows, llvm::raw_ostream &out) {
  std::vector<size_t> widths;
  for (const std::vector<std::string> &row : rows)
    for (size_t i = 0; i < row.size(); ++i) {
      widths.resize(std::max(widths.size(), i + 1));
      widths[i] = std::max(widths[i], printable(row[i]).size());
    }
  for (const std::vector<std::string> &row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      std::string cell = printable(row[i]);
      line += cell + std::string(widths[i] - cell.size() + 2, ' ');
    }
    out << llvm::StringRef(line).rtrim(' ') << '\n';
  }
}

std::string counted(size_t number, llvm::StringRef what) {
  return std::to_string(number) + " " + what.str() + (number == 1 ? "" : "s");
}

} // namespace opex
