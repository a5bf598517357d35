// Which names say that something writes a log. Rule packs name the loggers of libraries; a project's own
// logger has no row until its team writes one, but it is nearly always called by one of a few words.
// Only names are judged here; a row of a pack is the better answer where there is one.
#pragma once

#include "model/kinds.h"

#include "llvm/ADT/StringRef.h"

namespace opex {

/// A function by its qualified name: "app::logError", "Logger::write", "ErrorLog::operator<<".
bool isNamedLikeLogger(llvm::StringRef qualifiedFunction);

/// A class, variable or macro: "CLogger", "g_log", "S3FS_PRN_ERR" (no), "LOG_ERROR" (yes).
bool isNamedLikeLog(llvm::StringRef name);

/// The level that an enumerator or macro is named after: `ll_notice`, `Severity::kWarning`, `LOG_ERR`.
std::optional<LogLevel> levelInName(llvm::StringRef name);

} // namespace opex
