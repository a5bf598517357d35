#include "model/kinds.h"

#include "llvm/Support/ErrorHandling.h"

namespace opex {

const char *toString(DependencyKind kind) {
  switch (kind) {
  case DependencyKind::Http: return "http";
  case DependencyKind::Rpc: return "rpc";
  case DependencyKind::Database: return "database";
  case DependencyKind::Cache: return "cache";
  case DependencyKind::Broker: return "broker";
  case DependencyKind::Dns: return "dns";
  case DependencyKind::Socket: return "socket";
  case DependencyKind::Subprocess: return "subprocess";
  case DependencyKind::Pool: return "pool";
  case DependencyKind::LocalWait: return "local wait";
  }
  llvm_unreachable("unknown kind");
}

const char *toString(LogLevel level) {
  switch (level) {
  case LogLevel::Trace: return "trace";
  case LogLevel::Debug: return "debug";
  case LogLevel::Info: return "info";
  case LogLevel::Warning: return "warning";
  case LogLevel::Error: return "error";
  case LogLevel::Fatal: return "fatal";
  }
  llvm_unreachable("unknown level");
}

std::optional<LogLevel> logLevelOf(llvm::StringRef text) {
  using enum LogLevel;
  for (LogLevel level : {Trace, Debug, Info, Warning, Error, Fatal})
    if (text == toString(level))
      return level;
  return std::nullopt;
}

} // namespace opex
