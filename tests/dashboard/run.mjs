// Runs the strategy as a page does, without a browser: prints what it generates.
// Standard input: {"hass": {...}, "texts": {...}, "before": {...} or nothing,
// "failing": how often texts cannot be loaded}
// `texts` are those of a language's file.
import { readFileSync } from "node:fs";

const { hass, texts, before, registered, failing } = JSON.parse(
  readFileSync(0, "utf8")
);
const elements = new Map();
globalThis.HTMLElement = class {};
globalThis.window = { customStrategies: registered };
globalThis.customElements = {
  get: (tag) => elements.get(tag),
  define: (tag, element) => elements.set(tag, element),
  whenDefined: async () => undefined,
};
const home = {};
globalThis.document = { querySelector: () => home };
await import(process.argv[2]);
await new Promise((resolve) => setTimeout(resolve));

// As the page does: only what was loaded is there, and who asks again while it is being
// loaded is told at once that it is.
const loading = new Set();
const loaded = new Set();
const fill = (text, values = {}) =>
  text?.replace(/{(\w+)}/g, (_, name) => String(values[name]));
const asked = {};
hass.localize = (key, values) => {
  const [, , category, ...path] = key.split(".");
  asked[[category, ...path].join(".")] = Object.keys(values ?? {});
  if (!loaded.has(category)) return undefined;
  return fill(
    path.reduce((found, part) => found?.[part], texts[category]),
    values
  );
};
let failures = 0;
hass.loadBackendTranslation = async (category) => {
  if (failures < failing) {
    failures += 1;
    throw new Error("The connection is lost");
  }
  if (!loading.has(category)) {
    loading.add(category);
    await new Promise((resolve) => setTimeout(resolve, 20));
    loaded.add(category);
  }
  const known = new Set(loaded);
  return (key, values) =>
    known.has(key.split(".")[2]) ? hass.localize(key, values) : undefined;
};
const early = globalThis.window.customStrategies[0].description;
home.hass = hass;
const [[tag, strategy]] = elements;
let dashboard = strategy.generate({}, hass);
if (failing) dashboard = dashboard.catch(() => strategy.generate({}, hass));
// However slow the machine is; what never comes is found to be missing.
for (let round = 0; round < 1000 && !window.customStrategies[0].description; round++)
  await new Promise((resolve) => setTimeout(resolve, 10));
// Home Assistant keeps the object of a registry in which nothing has changed.
for (const name of Object.keys(before ?? {}))
  if (JSON.stringify(before[name]) === JSON.stringify(hass[name]))
    before[name] = hass[name];
console.log(
  JSON.stringify({
    tag,
    early,
    asked,
    strategies: globalThis.window.customStrategies,
    dashboard: await dashboard,
    again: before && strategy.shouldRegenerate({}, before, hass),
  })
);
