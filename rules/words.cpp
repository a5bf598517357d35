#include "rules/words.h"

#include "rules/embedded.h"
#include "rules/pack_values.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace opex::rules {
// Not in an unnamed namespace: the templates of reader.h find this by argument.

static void read(Reader &in, const YamlNode &node, WordGroup &out) {
  Keys keys(in, node, "group of words");
  if (const YamlNode *section = keys.find("section"))
    readWord<std::string>(in, *section, "section",
                          {{"calls", "calls"}, {"loggers", "loggers"}, {"queues", "queues"}, {"retries", "retries"}},
                          out.section);
  else
    keys.missing("section");
  DependencyKind kind; // Only what packs may write.
  if (const YamlNode *text = keys.find("kind")) {
    read(in, *text, kind);
    out.kind = text->text;
  }
  keys.required("words", out.words);
}

llvm::Expected<Words> parseWords(llvm::StringRef yaml, llvm::StringRef name) {
  llvm::Expected<YamlNode> root = parseYaml(yaml, name);
  if (!root)
    return root.takeError();
  Reader in(name);
  Words words;
  {
    Keys keys(in, *root, "the list of words");
    const YamlNode *schema = keys.find("schema");
    if (!schema || schema->text != "opex-tidy/words/1")
      in.error(schema ? *schema : *root, "expected 'schema: opex-tidy/words/1'");
    keys.required("verbs", words.verbs);
    keys.required("verbs-of-clients", words.verbsOfClients);
    keys.required("clients", words.clients);
    keys.required("limits", words.limits);
    keys.required("harmless", words.harmless);
    readRows(keys, "groups", words.groups);
  }
  if (llvm::Error error = in.take())
    return std::move(error);
  return words;
}

llvm::Expected<Words> loadWords() {
  constexpr llvm::StringRef kFile = "rules/words.yaml";
  const EmbeddedFile *file =
      llvm::find_if(embeddedFiles(), [&](const EmbeddedFile &each) { return each.name == kFile; });
  return parseWords(file->text, kFile);
}

std::vector<std::string> wordsOf(llvm::StringRef name) {
  std::vector<std::string> words;
  std::string word;
  auto end = [&] {
    if (!word.empty())
      words.push_back(llvm::StringRef(word).lower());
    word.clear();
  };
  for (size_t i = 0; i < name.size(); ++i) {
    char c = name[i], next = i + 1 < name.size() ? name[i + 1] : '\0';
    if (!llvm::isAlnum(c)) {
      end();
      continue;
    }
    bool isUpper = c >= 'A' && c <= 'Z', wasUpper = !word.empty() && word.back() >= 'A' && word.back() <= 'Z';
    if (isUpper && !word.empty() && (!wasUpper || (next >= 'a' && next <= 'z')))
      end();
    word += c;
  }
  end();
  return words;
}

} // namespace opex::rules
