// Judges rule packs by the JSON Schema that editors use (rules/pack.schema.json): every FILE must pass. What the
// program's own reader refuses must fail: --refuse FILE...
//
//   node ci/packs_validate.mjs [--refuse] FILE...      exit 1 if one does not
//
// Needs `npm ci --prefix ci`.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parseDocument } from "yaml";

const require = createRequire(import.meta.url);
const Ajv = require("ajv/dist/2020.js").default;

const files = process.argv.slice(2);
const refuses = files[0] === "--refuse" && Boolean(files.shift());
// A row's key `constructor` is no property that every object of JavaScript has.
const schema = JSON.parse(readFileSync(new URL("../rules/pack.schema.json", import.meta.url), "utf8"));
const validate = new Ajv({ allErrors: true, ownProperties: true, strict: true, strictTypes: false, strictRequired: false }).compile(schema);

let failed = 0;
for (const file of files) {
  const document = parseDocument(readFileSync(file, "utf8"), { strict: true });
  const isValid = document.errors.length === 0 && validate(document.toJS());
  if (isValid !== refuses)
    continue;
  failed++;
  const errors = document.errors.length ? document.errors : (validate.errors ?? []);
  for (const error of errors.slice(0, 10))
    console.log(`${file}: ${error.instancePath ?? ""} ${error.message} ${JSON.stringify(error.params ?? {})}`);
  if (refuses)
    console.log(`${file}: accepted`);
}
console.log(`${files.length} packs, ${failed} not as they should be`);
process.exit(failed || !files.length ? 1 : 0);
