// Turns Block Kit payloads into pictures, to be looked at.
//
//   node render.mjs PAYLOAD.json...
//
// Each PAYLOAD.json holds {"blocks": [...]} and becomes PAYLOAD.png beside it. Needs Chromium (Debian:
// apt-get install chromium fonts-lato fonts-noto-color-emoji); CHROMIUM names another binary.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const WIDTH = 712;
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

function writePage(name, payload, extra = "") {
  const data = JSON.stringify(payload).replaceAll("<", "\\u003c");
  const page = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="page.css">
<div id="root"></div><script>window.PAYLOAD=${data}</script><script src="page.js"></script>${extra}`;
  writeFileSync(join(work, name), page);
  return pathToFileURL(join(work, name)).href;
}

function chromium(...options) {
  const common = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
    "--allow-file-access-from-files", "--virtual-time-budget=4000"];
  return execFileSync(process.env.CHROMIUM ?? "chromium", [...common, ...options],
    { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

// Headless Chromium cannot shoot "as tall as the page", so the page first tells its height.
function heightOf(payload) {
  const report = "<script>setTimeout(()=>{document.title='height='+document.documentElement.scrollHeight},1500)</script>";
  const page = chromium(`--window-size=${WIDTH},400`, "--dump-dom", writePage("measure.html", payload, report));
  const measured = /height=(\d+)/.exec(page);
  if (!measured) throw new Error("the page was not rendered; is CHROMIUM a working browser?");
  return Number(measured[1]) + 16;
}

function shoot(payloadFile) {
  const payload = JSON.parse(readFileSync(payloadFile, "utf8"));
  const pngFile = resolve(payloadFile.replace(/\.json$/, "") + ".png");
  const size = `${WIDTH},${heightOf(payload)}`;
  chromium(`--window-size=${size}`, `--screenshot=${pngFile}`, writePage("page.html", payload));
  console.log(`${pngFile} (${size})`);
}

const payloadFiles = process.argv.slice(2);
if (payloadFiles.length === 0) {
  console.error("usage: node render.mjs PAYLOAD.json...");
  process.exit(2);
}
try {
  await bundlePage();
  payloadFiles.forEach(shoot);
} finally {
  rmSync(work, { recursive: true, force: true });
}
