// Writes a JSON Schema of every official block, generated from @slack/types, without its prose.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createGenerator } from "ts-json-schema-generator";

const here = dirname(fileURLToPath(import.meta.url));
const types = join(here, "node_modules/@slack/types/dist/block-kit/blocks.d.ts");
const schema = createGenerator({ path: types, type: "KnownBlock", skipTypeCheck: true }).createSchema("KnownBlock");

const isProse = (key, value) => ["description", "deprecated"].includes(key) && typeof value !== "object";
const withoutProse = (key, value) => (isProse(key, value) ? undefined : value);
const target = join(here, "../../tests/slack/blocks.schema.json");
writeFileSync(target, `${JSON.stringify(schema, withoutProse, 1)}\n`);
console.log(`${target}: ${Object.keys(schema.definitions).length} definitions`);
