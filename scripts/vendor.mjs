// Copies third-party files into static/vendor, builds the icon sprite and compiles the style sheet.
// Run by developers after `npm ci --omit=optional`: `npm run vendor`; `npm run check` only compares.
// The results are committed, so neither installing nor running the platform needs Node.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const sums = "assets/SHA256SUMS";
const checking = process.argv.includes("--check");

const copies = [
  ["htmx.org/dist/htmx.min.js", "htmx/htmx-2.0.11.min.js"],
  ["htmx.org/LICENSE", "htmx/LICENSE"],
  ["tom-select/dist/js/tom-select.base.min.js", "tom-select/tom-select-2.6.2.base.min.js"],
  ["tom-select/LICENSE", "tom-select/LICENSE"],
  ["tweetnacl/nacl.min.js", "../js/cards/tweetnacl/nacl-1.0.3.min.js"],
  ["tweetnacl/LICENSE", "../js/cards/tweetnacl/LICENSE"],
  ["bootstrap/LICENSE", "bootstrap/LICENSE"],
  ["@tabler/icons/LICENSE", "tabler-icons/LICENSE"],
];

// Fonts of the official papers; they are read by the platform alone and never sent to a browser.
const fonts = [
  ["400Regular/NotoSerifSC_400Regular.ttf", "NotoSerifSC_400Regular.ttf"],
  ["700Bold/NotoSerifSC_700Bold.ttf", "NotoSerifSC_700Bold.ttf"],
  ["LICENSE_FONT", "LICENSE"],
];

// The parser with which tests/frontend reads our own scripts; it is neither served nor run by the platform.
const parser = [
  ["acorn/dist/acorn.js", "acorn-8.19.0.js"],
  ["acorn/LICENSE", "LICENSE"],
];

const read = (path) => readFileSync(join(root, path), "utf8");
const bytes = (path) => readFileSync(join(root, path));
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

// Source maps are not shipped; the hint would make hashed static storage look for them.
const withoutSourceMap = (text) => text.replace(/^\/\/# sourceMappingURL=.*\n?/m, "");

function vendored() {
  return copies.map(([from, to]) => [`static/${to.startsWith("../") ? to.slice(3) : `vendor/${to}`}`, withoutSourceMap(read(`node_modules/${from}`))]);
}

function vendoredFonts() {
  return fonts.map(([from, to]) => [
    `assets/fonts/noto-serif-sc/${to}`,
    bytes(`node_modules/@expo-google-fonts/noto-serif-sc/${from}`),
  ]);
}

function vendoredParser() {
  return parser.map(([from, to]) => [`tests/frontend/acorn/${to}`, read(`node_modules/${from}`)]);
}

function symbol(name) {
  const svg = read(`node_modules/@tabler/icons/icons/outline/${name}.svg`);
  const shapes = svg.match(/<(path|circle|rect|line|polyline)\b[^>]*\/>/g).filter((shape) => !shape.includes('stroke="none"'));
  return `<symbol id="i-${name}" viewBox="0 0 24 24">${shapes.join("")}</symbol>`;
}

function sprite() {
  const names = read("assets/icons.txt").split("\n").filter((line) => line && !line.startsWith("#"));
  const body = [...new Set(names)].sort().map(symbol).join("\n");
  return ["static/img/icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">\n${body}\n</svg>\n`];
}

function styles() {
  const { css } = sass.compile(join(root, "assets/scss/hebei.scss"), {
    style: "compressed",
    loadPaths: [join(root, "node_modules")],
    quietDeps: true,
    // Bootstrap 5 is written with @import; it is pinned below 6 for the sake of old browser kernels.
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  return ["static/css/hebei.css", css + "\n"];
}

function sourcePrints() {
  const sources = readdirSync(join(root, "assets/scss")).sort().map((name) => `assets/scss/${name}`);
  return ["assets/icons.txt", ...sources].map((path) => [path, read(path)]);
}

const built = [...vendored(), ...vendoredFonts(), ...vendoredParser(), sprite(), styles()];
const prints = [...built, ...sourcePrints()].map(([path, text]) => `${sha256(text)}  ${path}`).join("\n") + "\n";
const wanted = [...built, [sums, prints]];
const stale = wanted.filter(([path, text]) => !existsSync(join(root, path)) || !bytes(path).equals(Buffer.from(text))).map(([path]) => path);

if (checking) {
  console.log(stale.length ? `out of date: ${stale.join(", ")}` : "static files are up to date");
  process.exitCode = stale.length ? 1 : 0;
} else {
  for (const [path, text] of wanted) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  console.log(stale.length ? `written: ${stale.join(", ")}` : "nothing changed");
}
