// The kinds by which rules tell what they name apart: dependencies, the phases of a call, log statements. Read from packs by
// rules/, asked by analysis/ and by checks.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>

namespace opex {

enum class DependencyKind : uint8_t { Http, Rpc, Database, Cache, Broker, Dns, Socket, Subprocess, Pool, LocalWait };

/// What a call does in one of its phases. Packs name phases freely; these are the differences that matter.
enum class PhaseKind : uint8_t {
  Preparation, ///< It only leads up to asking: connects, waits for a connection, looks a name up.
  Writing,     ///< Waits until there is room to send.
  Asking,      ///< Everything else: waits for the other side.
};

enum class LogLevel : uint8_t { Trace, Debug, Info, Warning, Error, Fatal };

/// As packs write it, but "local wait".
const char *toString(DependencyKind kind);

/// As packs write it.
const char *toString(LogLevel level);

/// None for what is no level.
std::optional<LogLevel> logLevelOf(llvm::StringRef text);

} // namespace opex
