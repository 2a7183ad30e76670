// Usage: node render.mjs PAYLOAD.json OUT.png
// PAYLOAD.json holds {"blocks": [...]}. Needs Chromium; CHROMIUM names another binary.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const [payloadFile, pngFile] = process.argv.slice(2);
if (!payloadFile || !pngFile) {
  console.error("usage: node render.mjs PAYLOAD.json OUT.png");
  process.exit(2);
}

const here = dirname(fileURLToPath(import.meta.url));
const work = mkdtempSync(join(tmpdir(), "coach-render-"));

async function bundlePage() {
  await build({
    entryPoints: [join(here, "page.jsx")],
    bundle: true,
    minify: true,
    jsx: "automatic",
    loader: { ".css": "css" },
    define: { "process.env.NODE_ENV": '"production"' },
    outfile: join(work, "page.js"),
    logLevel: "error",
  });
}

function writePage() {
  const payload = JSON.stringify(JSON.parse(readFileSync(payloadFile, "utf8"))).replaceAll("<", "\\u003c");
  const page = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="page.css">
<div id="root"></div><script>window.PAYLOAD=${payload}</script><script src="page.js"></script>`;
  writeFileSync(join(work, "page.html"), page);
}

// Chromium cannot shoot "as tall as the page" headless, so the page first tells its height.
function chromium(...options) {
  const common = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
    "--allow-file-access-from-files", "--virtual-time-budget=4000"];
  return execFileSync(process.env.CHROMIUM ?? "chromium", [...common, ...options],
    { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

try {
  await bundlePage();
  writePage();
  const url = pathToFileURL(join(work, "page.html")).href;
  writeFileSync(join(work, "measure.html"), readFileSync(join(work, "page.html"), "utf8") +
    "<script>setTimeout(()=>{document.title='height='+document.documentElement.scrollHeight},1500)</script>");
  const measured = chromium("--window-size=712,400", "--dump-dom", pathToFileURL(join(work, "measure.html")).href);
  const height = Math.max(120, Number(/height=(\d+)/.exec(measured)?.[1] ?? 2000)) + 16;
  chromium(`--window-size=712,${height}`, `--screenshot=${resolve(pngFile)}`, url);
  console.log(`${pngFile} (712x${height})`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
