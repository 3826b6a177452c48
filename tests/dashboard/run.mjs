// Runs the strategy as a page does, without a browser: prints what it generates.
// Standard input: {"hass": {...}, "texts": {...}, "before": {...} or nothing}
import { readFileSync } from "node:fs";

const { hass, texts, before, registered } = JSON.parse(readFileSync(0, "utf8"));
const elements = new Map();
globalThis.HTMLElement = class {};
globalThis.window = { customStrategies: registered };
globalThis.customElements = {
  get: (tag) => elements.get(tag),
  define: (tag, element) => elements.set(tag, element),
  whenDefined: async () => undefined,
};
await import(process.argv[2]);
await new Promise((resolve) => setTimeout(resolve));

const fill = (text, values = {}) =>
  text?.replace(/{(\w+)}/g, (_, name) => String(values[name]));
hass.loadBackendTranslation = async () => (key, values) =>
  fill(texts[key.split(".").pop()], values);
// Home Assistant keeps the object of a registry in which nothing has changed.
for (const name of Object.keys(before ?? {}))
  if (JSON.stringify(before[name]) === JSON.stringify(hass[name]))
    before[name] = hass[name];
const [[tag, strategy]] = elements;
console.log(
  JSON.stringify({
    tag,
    strategies: globalThis.window.customStrategies,
    dashboard: await strategy.generate({}, hass),
    again: before && strategy.shouldRegenerate({}, before, hass),
  })
);
