// Bundles the pages into built/: hashed names, source maps, HTML shells that point at them, and manifest.json, which is
// the list of files the server may serve. `--tests` bundles the unit tests instead and runs them with node --test.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const PAGES = [
  "landing",
  "exam_room",
  "exams",
  "practice_room",
  "proctor_wall",
  "marking",
  "results",
  "reviews",
  "rights",
  "report",
  "fairness",
  "finance",
  "money",
  "credential",
  "sign_up",
  "sign_in",
  "mail_link",
  "reset_password",
  "join",
  "account",
  "home",
  "organisations",
  "contracts",
  "onboarding",
  "onboarding_reviews",
  "opportunities",
  "opportunity_reviews",
  "hiring",
  "webhooks",
  "mailbox",
  "authoring",
  "chat_widget",
  "chat_demo",
  "desk",
  "numbers",
  "faq",
  "not_found",
];
const WORKERS = ["ticker_worker", "offline_worker"];
const here = fileURLToPath(new URL(".", import.meta.url));
const built = join(here, "built");
const tests = join(here, "../../../tests/guildhall/pages");

const common = {
  bundle: true,
  format: "esm",
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
};

async function bundle(entryPoints, more = {}) {
  const result = await build({
    ...common,
    entryPoints,
    outdir: built,
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    minify: true,
    sourcemap: true,
    splitting: true,
    metafile: true,
    define: { "process.env.NODE_ENV": '"production"', ...more },
  });
  return Object.entries(result.metafile.outputs).map(([path, output]) => ({
    ...output,
    name: basename(path),
    imports: output.imports.filter((each) => each.kind === "import-statement").map((each) => basename(each.path)),
    entry: output.entryPoint === undefined ? null : basename(output.entryPoint).replace(/\.tsx?$/, ""),
  }));
}

/** The one line that other sites embed: a classic script of its own, since it shares nothing with the pages. */
async function bundleLoader() {
  const { outputFiles } = await build({
    ...common,
    entryPoints: [join(here, "chat_widget/loader.ts")],
    format: "iife",
    minify: true,
    write: false,
  });
  return writeHashed("loader", "js", outputFiles[0].contents);
}

function writeHashed(stem, extension, body) {
  const name = `${stem}-${createHash("sha256").update(body).digest("hex").slice(0, 8).toUpperCase()}.${extension}`;
  writeFileSync(join(built, name), body);
  return name;
}

function writeShell(page, outputs, icon) {
  const script = outputs.find((output) => output.entry === page);
  const links = [
    `<link rel="icon" href="/static/${icon}" type="image/svg+xml">`,
    `<link rel="stylesheet" href="/static/${basename(script.cssBundle)}">`,
    ...script.imports.map((name) => `<link rel="modulepreload" href="/static/${name}">`),
    `<script type="module" src="/static/${script.name}"></script>`,
  ];
  const shell = readFileSync(join(here, page, `${page}.html`), "utf8");
  if (!shell.includes("<!-- bundle -->")) throw new Error(`${page}.html has no <!-- bundle --> line.`);
  writeFileSync(join(built, `${page}.html`), shell.replace("<!-- bundle -->", links.join("\n    ")));
}

async function buildPages() {
  rmSync(built, { recursive: true, force: true });
  mkdirSync(built, { recursive: true });
  const workers = await bundle(WORKERS.map((name) => join(here, "exam_room", `${name}.ts`)));
  const addressOf = (name) => JSON.stringify(`/static/${workers.find((output) => output.entry === name).name}`);
  const outputs = await bundle(
    PAGES.map((page) => join(here, page, `${page}.tsx`)),
    { TICKER_URL: addressOf("ticker_worker"), OFFLINE_WORKER_URL: addressOf("offline_worker") },
  );
  const icon = writeHashed("mark", "svg", readFileSync(join(here, "shared/mark.svg")));
  const loader = await bundleLoader();
  for (const page of PAGES) writeShell(page, outputs, icon);
  const files = [...workers, ...outputs].map((output) => output.name);
  const manifest = { shells: PAGES.map((page) => `${page}.html`), static: [...files, icon, loader].toSorted() };
  // Written last: a manifest means that the build is whole.
  writeFileSync(join(built, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const bytes = outputs.filter((output) => /\.(js|css)$/.test(output.name)).reduce((sum, one) => sum + one.bytes, 0);
  console.log(`Built ${PAGES.length} pages, ${Math.round(bytes / 1024)} KB of script and style, in ${relative(process.cwd(), built)}`);
}

async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), "guildhall-pages-"));
  try {
    const entryPoints = readdirSync(tests, { recursive: true })
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => join(tests, name));
    await build({ ...common, entryPoints, outdir: folder, outExtension: { ".js": ".mjs" }, platform: "node", sourcemap: "inline" });
    const bundled = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".mjs"));
    const run = spawnSync(process.execPath, ["--test", "--enable-source-maps", ...bundled.map((name) => join(folder, name))], { stdio: "inherit" });
    process.exitCode = run.status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await (process.argv.includes("--tests") ? runTests() : buildPages());
