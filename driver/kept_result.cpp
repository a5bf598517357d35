#include "driver/kept_result.h"

#include "driver/pipeline.h"
#include "frontend/parse_identity.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

namespace opex {
namespace {

/// Texts and numbers, each with its size, so that no two lists of them read the same.
class Writer {
public:
  void add(llvm::StringRef text) {
    llvm::encodeULEB128(text.size(), out_);
    out_ << text;
  }
  void add(uint64_t number) { llvm::encodeULEB128(number, out_); }
  void addAll(llvm::ArrayRef<std::string> texts) {
    add(uint64_t(texts.size()));
    for (const std::string &text : texts)
      add(llvm::StringRef(text));
  }
  std::string &bytes() { return bytes_; }

private:
  std::string bytes_;
  llvm::raw_string_ostream out_{bytes_};
};

} // namespace

std::optional<Digest> rulesState(const Options &options) {
  Writer all;
  for (const std::string &file : options.ruleFiles) {
    auto buffer = llvm::MemoryBuffer::getFile(file, /*IsText=*/false, /*RequiresNullTerminator=*/false, /*IsVolatile=*/true);
    if (!buffer)
      return std::nullopt;
    llvm::SmallString<256> real; // A row that means nothing is reported at its place.
    (void)llvm::sys::fs::real_path(file, real);
    all.addAll({file, real.str().str()});
    all.add((*buffer)->getBuffer());
  }
  return digestOf(all.bytes());
}

std::optional<Digest> resultKey(const Options &options, const Selection &selection, const std::optional<Digest> &facts,
                                const std::optional<Digest> &rules) {
  if (!facts || !rules)
    return std::nullopt;
  Writer all;
  all.add(buildIdentity());
  all.add(toText(*facts));
  all.add(toText(*rules));
  all.add(selection.root);
  all.addAll(selection.leftOut);
  all.addAll(selection.notices);
  for (const std::string *text : {&options.checks, &options.warningsAsErrors, &options.headerFilter, &options.profile})
    all.add(llvm::StringRef(*text));
  all.add(uint64_t(options.checkOptions.size()));
  for (const auto &[check, values] : options.checkOptions) {
    all.add(llvm::StringRef(check));
    all.add(uint64_t(values.size()));
    for (const auto &[name, value] : values)
      all.addAll({name, value});
  }
  const bool isTerminal = llvm::sys::Process::StandardOutIsDisplayed();
  for (const OutputRequest &output : options.outputs) {
    all.add(static_cast<uint64_t>(output.format));
    all.add(uint64_t(output.file == "-" && isTerminal));
  }
  for (uint64_t number : {uint64_t(options.githubSarif), uint64_t(options.quiet), uint64_t(options.keepGoing),
                          options.useColor ? 1 + uint64_t(*options.useColor) : 0,
                          options.failOn ? 1 + static_cast<uint64_t>(*options.failOn) : 0})
    all.add(number);
  return digestOf(all.bytes());
}

std::string encodeResult(const RunResult &result) {
  Writer all;
  all.add(static_cast<uint64_t>(result.exitCode));
  all.addAll(result.contents);
  return std::move(all.bytes());
}

std::optional<RunResult> decodeResult(llvm::StringRef bytes, size_t outputs) {
  bool isGood = true;
  auto number = [&]() -> uint64_t {
    unsigned length = 0;
    const char *error = nullptr;
    const uint64_t value = llvm::decodeULEB128(bytes.bytes_begin(), &length, bytes.bytes_end(), &error);
    isGood &= !error;
    bytes = bytes.drop_front(error ? bytes.size() : length);
    return value;
  };
  RunResult result;
  result.exitCode = static_cast<int>(number() & 0xff);
  if (number() != outputs)
    return std::nullopt;
  for (size_t i = 0; i < outputs && isGood; ++i) {
    const uint64_t size = number();
    isGood &= size <= bytes.size();
    result.contents.push_back(bytes.take_front(size).str());
    bytes = bytes.drop_front(std::min<uint64_t>(size, bytes.size()));
  }
  return isGood && bytes.empty() ? std::optional(std::move(result)) : std::nullopt;
}

} // namespace opex
