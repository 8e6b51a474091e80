// Makes the plotly.js that the report carries: traces of bars, lines and points, and nothing else.
//
// It is a sixth smaller than plotly.js-basic-dist-min: without pies and calendars of other peoples,
// without what is never shown (descriptions of attributes, style of maps), and with those colour
// spaces alone that CSS knew before 2020.
import { parse } from "acorn";
import { full } from "acorn-walk";
import { build } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";
import { gzipAsync } from "@gfx/zopfli";
import { minify } from "terser";

const { version } = JSON.parse(await readFile("node_modules/plotly.js/package.json"));
const FOLDER = "../../src/accords/publish/static";

const ENTRY = `
const Plotly = require("plotly.js/lib/core");
Plotly.register([require("plotly.js/lib/bar")]);
module.exports = Plotly;
`;

const COLOURS = `
import { modeHsl, modeHwb, modeLrgb, modeRgb, useMode } from "culori/fn";
for (const mode of [modeRgb, modeLrgb, modeHsl, modeHwb]) useMode(mode);
export { converter, formatHex, formatRgb, wcagContrast, wcagLuminance } from "culori/fn";
`;

const lean = {
  name: "lean",
  setup(esbuild) {
    esbuild.onLoad({ filter: /plotly\.js[\\/]src[\\/].*\.js$/ }, async ({ path }) => {
      let text = await readFile(path, "utf8");
      const described = [];
      full(parse(text, { ecmaVersion: "latest" }), (node) => {
        if (node.type !== "ObjectExpression") return;
        for (const { type, key, value } of node.properties)
          if (type === "Property" && key.name === "description") described.push(value);
      });
      for (const { start, end } of described.sort((a, b) => b.start - a.start))
        text = `${text.slice(0, start)}""${text.slice(end)}`;
      return { contents: text, loader: "js" };
    });
    esbuild.onLoad({ filter: /\.css$/ }, () => ({ contents: "", loader: "js" }));
    esbuild.onResolve({ filter: /^culori$/ }, () => ({ path: "colours", namespace: "own" }));
    esbuild.onLoad({ filter: /./, namespace: "own" }, () => ({ contents: COLOURS, resolveDir: "." }));
  },
};

const bundle = await build({
  stdin: { contents: ENTRY, resolveDir: "." },
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  globalName: "Plotly",
  target: "es2020",
  legalComments: "none",
  plugins: [lean],
  alias: { regl: "@plotly/regl", stream: "stream-browserify" },
  define: { global: "window", "define.amd": "false", "process.env.NODE_DEBUG": "false" },
});
const { code } = await minify(bundle.outputFiles[0].text, {
  compress: { passes: 3, ecma: 2020, pure_getters: true },
  mangle: true,
});
const licence = `/*! plotly.js ${version} (bars, lines and points). Copyright 2012-2026, Plotly, Inc. MIT licence. */\n`;
const packed = await gzipAsync(Buffer.from(licence + code), { numiterations: 15 });
await writeFile(`${FOLDER}/plotly-bars-lines-${version}.min.js.gz`, packed);
console.log(`${code.length} bytes, ${packed.length} packed`);
