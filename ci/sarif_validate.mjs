// Judges SARIF files: against the standard's JSON schema, with the rules of the SARIF multitool (those of
// GitHub's code scanning included), and for references inside the file that neither of them follows.
//
//   node ci/sarif_validate.mjs FILE...              exit 1 if any file has an error or a warning
//   node ci/sarif_validate.mjs --accept RULE FILE...  the same, but what this one rule says is only printed
//   node ci/sarif_validate.mjs --self-test FILE     breaks FILE in several ways; exit 1 if one goes unnoticed
//
// Needs `npm ci --prefix ci`. The schema is the edition that the multitool's package carries, which is the
// OASIS one (2.1.0 with errata 01) rewritten for a newer JSON Schema dialect and a little looser; `tighten`
// puts back what the OASIS edition demands beyond it. --schema FILE takes any other edition.
import { spawnSync } from "node:child_process";
import { accessSync, chmodSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const multitool = join(here, "node_modules/@microsoft/sarif-multitool-linux");
const require = createRequire(import.meta.url);

const guidPattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$";

/** Puts back what the OASIS edition demands and the multitool's leaves out. */
function tighten(schema) {
  const definitions = schema.definitions ?? schema.$defs;
  if (!definitions?.region)
    throw new Error("this is no SARIF schema: it does not define a region");
  definitions.region.anyOf = [{ required: ["startLine"] }, { required: ["charOffset"] }, { required: ["byteOffset"] }];
  for (const definition of Object.values(definitions))
    for (const property of Object.values(definition.properties ?? {})) {
      if (property.format === "uuid")
        property.pattern = guidPattern;
      if (property.items?.format === "uuid")
        property.items.pattern = guidPattern;
    }
  return schema;
}

function makeSchemaValidator(schemaFile) {
  const schema = JSON.parse(readFileSync(schemaFile, "utf8"));
  const isDraft4 = (schema.$schema ?? "").includes("draft-04");
  if (isDraft4) {
    // Nothing that the schema uses changed its meaning between draft 4 and draft 7.
    schema.$schema = "http://json-schema.org/draft-07/schema#";
    schema.$id = schema.id;
    delete schema.id;
  }
  const Ajv = require(isDraft4 ? "ajv" : "ajv/dist/2020.js").default;
  const ajv = new Ajv({ strict: false, allErrors: true });
  require("ajv-formats").default(ajv);
  return ajv.compile(isDraft4 ? schema : tighten(schema));
}

function schemaErrors(validate, file) {
  let log;
  try {
    log = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    return [`not JSON: ${error.message}`];
  }
  return validate(log) ? [] : validate.errors.map((e) => `schema: ${e.instancePath || "/"} ${e.message}`);
}

/** The multitool exits with 0 whatever it finds, so what counts is the log that it writes. One list per file. */
function multitoolErrors(files, scratch) {
  const program = join(multitool, "Sarif.Multitool");
  try {
    accessSync(program, constants.X_OK);
  } catch {
    chmodSync(program, 0o755); // npm skips the package's own install script where scripts are off.
  }
  const output = join(scratch, "verdict.sarif");
  rmSync(output, { force: true });
  const run = spawnSync(program, ["validate", ...files.map((file) => resolve(file)), "--rule-kind", "Sarif;Gh",
    "--level", "Error;Warning", "-o", output, "--log", "ForceOverwrite"], {
    encoding: "utf8",
    cwd: scratch,
    env: { ...process.env, DOTNET_BUNDLE_EXTRACT_BASE_DIR: join(scratch, "dotnet"), DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" },
  });
  let verdict;
  try {
    verdict = JSON.parse(readFileSync(output, "utf8").replace(/^\uFEFF/, ""));
  } catch {
    return files.map(() => [`multitool: gave no verdict (status ${run.status}): ${run.stdout}${run.stderr}`]);
  }
  const errors = files.map(() => []);
  // What cannot be laid at one file's door counts against all.
  const blame = (location, text) => {
    const uri = location?.physicalLocation?.artifactLocation?.uri ?? "";
    const index = files.findIndex((file) => uri.endsWith(pathToFileURL(resolve(file)).pathname));
    (index < 0 ? errors : [errors[index]]).forEach((list) => list.push(`multitool: ${text}`));
  };
  for (const { invocations, results, tool } of verdict.runs) {
    if (invocations?.[0]?.executionSuccessful !== true)
      blame(undefined, `did not come to an end: ${run.stdout}${run.stderr}`);
    for (const note of invocations?.[0]?.toolExecutionNotifications ?? [])
      if (note.level === "error")
        blame(note.locations?.[0], note.message.text);
    for (const result of results ?? []) {
      const level = result.level ?? "warning";
      if (level !== "error" && level !== "warning")
        continue;
      const rule = tool.driver.rules[result.ruleIndex ?? 0];
      const template = rule?.messageStrings?.[result.message.id]?.text ?? result.message.text ?? "";
      const text = template.replace(/\{(\d+)\}/g, (_, n) => result.message.arguments?.[n] ?? "");
      blame(result.locations?.[0], `${result.ruleId} ${level}: ${text}`);
    }
  }
  return errors;
}

/** Every object of a log that has the member `key`. */
function* objectsWith(value, key) {
  if (value === null || typeof value !== "object")
    return;
  if (!Array.isArray(value) && key in value)
    yield value;
  for (const member of Object.values(value))
    yield* objectsWith(member, key);
}

/** Indices must lead to the thing that the name beside them names. */
function referenceErrors(file) {
  const errors = [];
  for (const run of JSON.parse(readFileSync(file, "utf8")).runs) {
    const { rules = [], notifications = [] } = run.tool.driver;
    for (const result of run.results)
      if (rules[result.ruleIndex]?.id !== result.ruleId)
        errors.push(`references: ruleIndex ${result.ruleIndex} is not ${result.ruleId}`);
    for (const { descriptor } of objectsWith(run.invocations, "descriptor"))
      if (notifications[descriptor.index]?.id !== descriptor.id)
        errors.push(`references: notification ${descriptor.index} is not ${descriptor.id}`);
    for (const place of objectsWith(run, "uriBaseId")) {
      if (!(place.uriBaseId in (run.originalUriBaseIds ?? {})))
        errors.push(`references: base ${place.uriBaseId} is not declared`);
      if (place.index !== undefined && run.artifacts?.[place.index]?.location.uri !== place.uri)
        errors.push(`references: artifact ${place.index} is not ${place.uri}`);
    }
    for (const { target } of objectsWith(rules, "target")) {
      const taxonomy = run.taxonomies?.find(({ name }) => name === target.toolComponent.name);
      if (!taxonomy?.taxa.some(({ id }) => id === target.id))
        errors.push(`references: ${target.toolComponent.name} has no ${target.id}`);
    }
  }
  return errors;
}

/** Ways to break a log that holds one of everything; each must be noticed by the judge named. */
const faults = [
  ["schema", "a level that does not exist", (run) => { run.results[0].level = "fatal"; }],
  ["schema", "a column of zero", (run) => { run.results[0].locations[0].physicalLocation.region.startColumn = 0; }],
  ["schema", "a region without a line", (run) => { run.results[0].locations[0].physicalLocation.region = { endLine: 3 }; }],
  ["schema", "a member that does not exist", (run) => { run.results[0].colour = "red"; }],
  ["schema", "a result without message", (run) => { delete run.results[0].message; }],
  ["schema", "an invocation that does not say how it went", (run) => { delete run.invocations[0].executionSuccessful; }],
  ["references", "a rule index of another rule", (run) => { run.results[0].ruleIndex = 1; }],
  ["multitool", "a region that ends before it begins", (run) => { run.results[0].locations[0].physicalLocation.region.endLine = 1; }],
  ["references", "a base that is not declared", (run) => { delete run.originalUriBaseIds; }],
  ["multitool", "a rule without help", (run) => { delete run.tool.driver.rules[0].help; delete run.tool.driver.rules[0].fullDescription; delete run.tool.driver.rules[0].shortDescription; }],
  ["references", "an artifact index of another file", (run) => { run.results[0].locations[0].physicalLocation.artifactLocation.index = 0; }],
  ["references", "a practice that no taxonomy holds", (run) => { run.taxonomies[0].taxa.pop(); }],
  ["multitool", "an artifact index out of range", (run) => { run.results[0].locations[0].physicalLocation.artifactLocation.index = 99; }],
];

/** All that the judges say, as one list per file: [judge, text]. */
function judge(files, validate, scratch) {
  const said = new Map(files.map((file) => [file, schemaErrors(validate, file).map((error) => ["schema", error])]));
  // The multitool gives up on all files over one that does not fit the schema, so it sees the others only.
  const sound = files.filter((file) => said.get(file).length === 0);
  const ofSound = sound.length > 0 ? multitoolErrors(sound, scratch) : [];
  sound.forEach((file, index) => {
    said.get(file).push(...ofSound[index].map((error) => ["multitool", error]));
    said.get(file).push(...referenceErrors(file).map((error) => ["references", error]));
  });
  return files.map((file) => said.get(file));
}

function selfTest(file, validate, scratch) {
  const broken = faults.map(([, , damage], index) => {
    const log = JSON.parse(readFileSync(file, "utf8"));
    damage(log.runs[0]);
    const name = join(scratch, `broken${index}.sarif`);
    writeFileSync(name, JSON.stringify(log));
    return name;
  });
  const [ofOriginal, ...ofBroken] = judge([file, ...broken], validate, scratch);
  for (const [, error] of ofOriginal)
    console.log(`not valid to begin with: ${error}`);
  let isSharp = ofOriginal.length === 0;
  faults.forEach(([name, what], index) => {
    const isNoticed = ofBroken[index].some(([by]) => by === name);
    console.log(`${isNoticed ? "noticed" : "UNNOTICED"} by the ${name}: ${what}`);
    isSharp &&= isNoticed;
  });
  return isSharp;
}

function main(args) {
  let schemaFile = join(multitool, "sarif-2.1.0.json");
  const isSelfTest = args[0] === "--self-test";
  if (isSelfTest)
    args.shift();
  if (args[0] === "--schema")
    [, schemaFile] = args.splice(0, 2);
  let accepted;
  if (args[0] === "--accept")
    [, accepted] = args.splice(0, 2);
  if (args.length === 0) {
    console.error("usage: node ci/sarif_validate.mjs [--self-test] [--schema FILE] [--accept RULE] FILE...");
    return 2;
  }
  const validate = makeSchemaValidator(schemaFile);
  const scratch = mkdtempSync(join(tmpdir(), "opex-sarif-"));
  try {
    if (isSelfTest)
      return selfTest(args[0], validate, scratch) ? 0 : 1;
    let isClean = true;
    judge(args, validate, scratch).forEach((said, index) => {
      for (const [, error] of said)
        console.log(`${args[index]}: ${error}`);
      const isValid = said.every(([, error]) => accepted && error.includes(`${accepted} `));
      if (isValid)
        console.log(`${basename(args[index])}: valid`);
      isClean &&= isValid;
    });
    return isClean ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

process.exit(main(process.argv.slice(2)));
