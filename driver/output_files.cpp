#include "driver/output_files.h"

#include "model/error.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace opex {
namespace {

namespace fs = llvm::sys::fs;

llvm::Error cannotWrite(llvm::StringRef path, const llvm::Twine &why) {
  return makeError("cannot write " + (path == "-" ? "standard output" : "'" + path.str() + "'") + ": " + why);
}

/// What stands at the path now, if anything does; links followed.
std::optional<fs::file_status> statusOf(llvm::StringRef path) {
  fs::file_status status;
  if (fs::status(path, status) || !fs::exists(status))
    return std::nullopt;
  return status;
}

/// Closes the stream, so that what the disk refused is known.
llvm::Error finish(llvm::raw_fd_ostream &out, llvm::StringRef path) {
  out.flush();
  if (std::error_code code = out.error()) {
    out.clear_error();
    return cannotWrite(path, code.message());
  }
  return llvm::Error::success();
}

llvm::Error writeDirectly(const OutputFile &file) {
  std::error_code code;
  // "-" is standard output for raw_fd_ostream, too.
  llvm::raw_fd_ostream out(file.path, code, fs::OF_None);
  if (code)
    return cannotWrite(file.path, code.message());
  out << file.content;
  return finish(out, file.path);
}

llvm::Error writeAndMove(const OutputFile &file) {
  llvm::SmallString<256> target(file.path);
  // Replace what a link points to, not the link.
  if (llvm::SmallString<256> real; statusOf(file.path) && !fs::real_path(file.path, real))
    target = real;
  llvm::Expected<fs::TempFile> temporary =
      fs::TempFile::create(target + ".%%%%%%%%.tmp", fs::all_read | fs::all_write);
  if (!temporary)
    return cannotWrite(file.path, llvm::toString(temporary.takeError()));
  llvm::Error error = llvm::Error::success();
  {
    llvm::raw_fd_ostream out(temporary->FD, /*shouldClose=*/false);
    out << file.content;
    error = llvm::joinErrors(std::move(error), finish(out, file.path));
  }
  if (error)
    return llvm::joinErrors(std::move(error), temporary->discard());
  if (llvm::Error moved = temporary->keep(target))
    return cannotWrite(file.path, llvm::toString(std::move(moved)));
  return llvm::Error::success();
}

} // namespace

llvm::Error checkWritable(llvm::StringRef path) {
  if (path == "-")
    return llvm::Error::success();
  if (path.empty())
    return makeError("cannot write a file without a name");
  std::optional<fs::file_status> status = statusOf(path);
  if (status && fs::is_directory(*status))
    return cannotWrite(path, "it is a directory");
  if (status && fs::access(path, fs::AccessMode::Write))
    return cannotWrite(path, "it is write-protected");
  if (status && !fs::is_regular_file(*status))
    return llvm::Error::success();
  llvm::StringRef folder = llvm::sys::path::parent_path(path);
  if (folder.empty())
    folder = ".";
  std::optional<fs::file_status> folderStatus = statusOf(folder);
  if (!folderStatus)
    return cannotWrite(path, "there is no directory '" + folder + "'");
  if (!fs::is_directory(*folderStatus))
    return cannotWrite(path, "'" + folder + "' is not a directory");
  if (fs::access(folder, fs::AccessMode::Write))
    return cannotWrite(path, "the directory '" + folder + "' is write-protected");
  return llvm::Error::success();
}

llvm::Error writeOutputFile(const OutputFile &file) {
  if (llvm::Error error = checkWritable(file.path))
    return error;
  std::optional<fs::file_status> status;
  if (file.path != "-")
    status = statusOf(file.path);
  bool isDirect = file.path == "-" || (status && !fs::is_regular_file(*status));
  return isDirect ? writeDirectly(file) : writeAndMove(file);
}

llvm::Error writeOutputFiles(llvm::ArrayRef<OutputFile> files) {
  llvm::Error all = llvm::Error::success();
  for (const OutputFile &file : files)
    all = llvm::joinErrors(std::move(all), writeOutputFile(file));
  return all;
}

} // namespace opex
