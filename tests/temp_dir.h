// A directory that a test fills with files; removed with everything in it when the test ends.
#pragma once

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace opex::test {

class TempDir {
public:
  TempDir() {
    llvm::SmallString<128> made, real;
    if (llvm::sys::fs::createUniqueDirectory("opex-test", made) || llvm::sys::fs::real_path(made, real))
      llvm::report_fatal_error("cannot make a temporary directory");
    path_ = real.str().str();
  }
  ~TempDir() { llvm::sys::fs::remove_directories(path_); }
  TempDir(const TempDir &) = delete;
  TempDir &operator=(const TempDir &) = delete;

  const std::string &path() const { return path_; }

  std::string operator/(llvm::StringRef name) const { return path_ + "/" + name.str(); }

  /// Writes `text` to `name`, making directories on the way; returns the absolute path.
  std::string write(llvm::StringRef name, llvm::StringRef text) const {
    const std::string file = *this / name;
    llvm::sys::fs::create_directories(llvm::sys::path::parent_path(file));
    std::error_code problem;
    llvm::raw_fd_ostream out(file, problem);
    if (problem)
      llvm::report_fatal_error("cannot write a test's file");
    out << text;
    return file;
  }

private:
  std::string path_;
};

} // namespace opex::test
