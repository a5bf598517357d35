#include "rules/values.h"

#include "llvm/Support/ErrorHandling.h"

namespace opex::rules {

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

} // namespace opex::rules
