// Bundles the page: `node build.mjs OUT_DIR`. Needs what `npm ci` installed; fetches nothing itself.
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) {
  console.error("usage: node build.mjs OUT_DIR");
  process.exit(2);
}

await build({
  entryPoints: { page: join(here, "src/main.jsx") },
  outdir: out,
  bundle: true,
  minify: true,
  target: "es2022",
  jsx: "automatic",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".woff": "empty" },
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "error",
});
mkdirSync(out, { recursive: true });
copyFileSync(join(here, "index.html"), join(out, "index.html"));
