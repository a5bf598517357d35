#include "rules/pack_check.h"

#include "model/suggest.h"
#include "rules/match.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <map>
#include <set>

namespace opex::rules {
namespace {

using Names = std::set<llvm::StringRef>;

class Checker {
public:
  Checker(Reader &in, const Pack &pack, llvm::ArrayRef<Pack> others) : in_(in), pack_(pack), others_(others) {
    for (const Pack &other : others)
      packNames_.insert(other.name);
    for (const Pack &other : others)
      if (other.name != pack.name) // Otherwise it is about to be replaced.
        llvm::for_each(other.subjects, [&](const Subject &subject) { learn(subject); });
    for (const Subject &subject : pack.subjects) {
      if (subjects_.count(subject.id))
        error(subject.origin, "subject " + quoted(subject.id) + " is there twice");
      learn(subject);
      for (const Setting &setting : subject.settings)
        if (!setting.otherDefaults.empty())
          needVersions("default-in", subject.origin);
    }
  }

  void run() {
    if (!llvm::all_of(pack_.name, [](char c) { return llvm::isAlnum(c) || c == '-' || c == '_'; }) ||
        pack_.name.empty())
      error(pack_.origin, "a pack's name is made of letters, digits, '-' and '_'");
    forEachSection(pack_, [&](llvm::StringRef section, const auto &rows) { checkIds(section, rows); });
    for (const Disabled &disabled : pack_.disables)
      checkOther(disabled.id, {}, disabled.origin);
    for (const Maker &maker : pack_.makers)
      expect(subjects_, maker.subject, "subject", maker.origin);
    for (const Setter &setter : pack_.setters)
      for (const std::string &setting : setter.settings)
        expect(settings_, setting, "setting", setter.origin);
    for (const TextSetting &text : pack_.textSettings)
      for (const TextSetting::Key &key : text.keys)
        expect(settings_, key.setting, "setting", text.origin);
    for (const DependencyCall &call : pack_.calls)
      checkCall(call);
    for (const Logger &logger : pack_.loggers)
      if (!logger.level && logger.levelFrom.kind == Place::None)
        error(logger.origin, "a logger needs 'level' or 'level-from'");
    for (const Queue &queue : pack_.queues)
      for (const std::string &setting : queue.bounds)
        expect(settings_, setting, "setting", queue.origin);
    for (const Cache &cache : pack_.caches)
      for (const std::string &setting : cache.bounds)
        expect(settings_, setting, "setting", cache.origin);
    for (const Retry &retry : pack_.retries)
      checkRetry(retry);
  }

private:
  void learn(const Subject &subject) {
    subjects_.insert(subject.id);
    for (const Setting &setting : subject.settings)
      settings_.insert(setting.name);
  }

  /// Ids of the pack's own choice are given once; those that are names may be shared by many rows.
  template <class SomeRow> void checkIds(llvm::StringRef section, const std::vector<SomeRow> &rows) {
    Names seen;
    for (const Row &row : rows) {
      bool isNamed = !row.match.names.empty() && row.id != row.match.names.front();
      if (isNamed && !seen.insert(row.id).second)
        error(row.origin, "row " + quoted(row.id) + " is there twice");
      if (!row.replaces.empty())
        checkOther(row.replaces, section, row.origin);
      if (isLimited(row.versions))
        needVersions("versions", row.origin);
    }
  }

  void needVersions(llvm::StringRef key, const Origin &origin) {
    if (pack_.versionMacros.empty())
      error(origin, "'" + key + "' needs 'version-macros' in 'pack'");
  }

  /// `<pack>/<id>` of a row that was loaded before, in this section or (empty) in any.
  void checkOther(llvm::StringRef id, llvm::StringRef section, const Origin &origin) {
    auto [packName, rowId] = id.split('/');
    const Pack *other = llvm::find_if(others_, [&, name = packName](const Pack &pack) { return pack.name == name; });
    if (other == others_.end())
      return expect(packNames_, packName, "pack", origin);
    std::set<std::string> known;
    forEachSection(*other, [&](llvm::StringRef name, const auto &rows) {
      for (const Row &row : rows)
        if (section.empty() || section == name)
          known.insert(row.id);
    });
    std::string what = ("row of pack '" + packName + "' " + (section.empty() ? "" : "in '" + section + "' ") + "called").str();
    expect(Names(known.begin(), known.end()), rowId, what, origin);
  }

  void checkRetry(const Retry &retry) {
    if (retry.setting.empty() != (retry.subject.kind == Place::None))
      error(retry.origin, "'subject' and 'setting' say together how often, one is not enough");
    if (!retry.setting.empty())
      expect(settings_, retry.setting, "setting", retry.origin);
  }

  void checkCall(const DependencyCall &call) {
    if (!ids_.insert(call.id).second)
      error(call.origin, "call " + quoted(call.id) + " is there twice, give it another 'id'");
    if (!call.onlyOn.empty())
      expect(subjects_, call.onlyOn, "subject", call.origin);
    for (const Phase &phase : call.phases)
      for (const Bound &bound : phase.anyOf)
        if (const auto *settings = std::get_if<SettingsBound>(&bound))
          checkSettings(call, *settings);
  }

  void checkSettings(const DependencyCall &call, const SettingsBound &bound) {
    if (call.subject.kind == Place::None)
      error(call.origin, "call " + quoted(call.id) + " is bounded by settings, but has no 'subject'");
    for (const std::string &setting : bound.settings)
      expect(settings_, setting, "setting", call.origin);
  }

  void expect(const Names &names, llvm::StringRef name, llvm::StringRef what, const Origin &origin) {
    if (names.count(name))
      return;
    std::string message = ("there is no " + what + " " + quoted(name)).str();
    if (&names == &settings_)
      message = "no subject has a setting " + quoted(name);
    if (in_.isFull())
      return error(origin, message);
    std::vector<llvm::StringRef> known(names.begin(), names.end());
    if (std::optional<std::string> near = suggest(name, known))
      message += ", did you mean '" + *near + "'?";
    error(origin, message);
  }

  void error(const Origin &origin, const llvm::Twine &message) {
    in_.error(origin.line, origin.column, message);
  }

  Reader &in_;
  const Pack &pack_;
  llvm::ArrayRef<Pack> others_;
  Names subjects_, settings_, ids_, packNames_;
};

} // namespace

void checkReferences(Reader &in, const Pack &pack, llvm::ArrayRef<Pack> others) {
  Checker(in, pack, others).run();
}

} // namespace opex::rules
