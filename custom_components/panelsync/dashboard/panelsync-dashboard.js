// The PanelSync dashboard: a strategy that Home Assistant lists under "Add dashboard".
// It builds its cards from the registries, so names, areas and new locations follow.

const DOMAIN = "panelsync";
const TYPE = "panelsync";
const TAG = `ll-strategy-dashboard-${TYPE}`;
const REGISTRIES = ["entities", "devices", "areas", "floors"];
const SYNCS = ["sync_users", "sync_panel", "refresh_status"];

// What the cards say in words of their own, which do not follow by themselves.
const WRITTEN_OUT = ["pending_user_changes", "sync"];

// One tile for each colour; Home Assistant shows the one whose states apply.
const STATUS_COLORS = [
  ["green", ["in_sync"]],
  ["blue", ["syncing"]],
  ["amber", ["sync_required", "changes_waiting", "mismatch", "unconfirmed"]],
  ["red", ["failed"]],
  ["grey", ["unknown", "unavailable"]],
];

// Entities that devices of one kind alone have.
const OF_ACCOUNT = [...SYNCS.map((key) => `${key}_all`), "service_status"];
const OF_LOCATION = [...SYNCS, "sync_status", "sync", "last_panel_sync"];
const OF_USER_SYNCS = ["sync_users", "pending_user_changes", "last_user_sync"];

/** A device with its PanelSync entities: `known` are all, `entities` those to show. */
const itemOf = (hass, device) => {
  const item = { device, known: {}, entities: {} };
  for (const entity of Object.values(hass.entities)) {
    if (entity.device_id !== device.id || entity.platform !== DOMAIN) continue;
    const key = entity.translation_key;
    if (!key) continue;
    item.known[key] ??= entity.entity_id;
    if (!entity.hidden) item.entities[key] ??= entity.entity_id;
  }
  return item;
};

const hasAny = (item, keys) => keys.some((key) => item.known[key]);

const nameOf = (device) => device.name_by_user || device.name || "PanelSync";

/** Floor, area, name: the order in which Home Assistant itself lists devices. */
const placeOf = (hass, device) => {
  const area = hass.areas[device.area_id];
  const floor = area && hass.floors?.[area.floor_id];
  return [floor?.level ?? 99, area?.name ?? "\uffff", nameOf(device)];
};

const inOrder = (hass) => (left, right) => {
  const [a, b] = [placeOf(hass, left.device), placeOf(hass, right.device)];
  return (
    a[0] - b[0] ||
    a[1].localeCompare(b[1], hass.locale?.language) ||
    a[2].localeCompare(b[2], hass.locale?.language)
  );
};

/** Accounts, locations and local panels, by what each has, hidden or not. */
const readHome = (hass) => {
  const home = { accounts: [], locations: [], panels: [] };
  const deviceIds = new Set(
    Object.values(hass.entities)
      .filter((entity) => entity.platform === DOMAIN && entity.device_id)
      .map((entity) => entity.device_id)
  );
  for (const id of deviceIds) {
    const device = hass.devices[id];
    if (!device || device.disabled_by) continue;
    const item = itemOf(hass, device);
    if (hasAny(item, OF_ACCOUNT)) home.accounts.push(item);
    else if (hasAny(item, OF_LOCATION)) home.locations.push(item);
    else home.panels.push(item);
  }
  for (const group of Object.values(home)) group.sort(inOrder(hass));
  return home;
};

const heading = (text, icon, style = "title") => ({
  type: "heading",
  heading: text,
  heading_style: style,
  icon,
});

/**
 * A tile for each entity that exists, by the entity's own name. In a tile that is less
 * wide a phone cuts names, and in some languages every screen does.
 */
const tiles = (item, keys, options = {}) =>
  keys
    .filter((key) => item.entities[key])
    .map((key) => ({
      type: "tile",
      entity: item.entities[key],
      name: { type: "entity" },
      grid_options: { columns: "full" },
      ...options,
    }));

/** How many user changes a press makes live; NaN where that is not known. */
const pendingAt = (hass, locations) =>
  locations
    .filter((item) => hasAny(item, OF_USER_SYNCS))
    .map((item) => hass.states[item.known.pending_user_changes]?.state)
    .reduce((sum, state) => sum + Number.parseInt(state, 10), 0);

/** What a press will do, said before it is done. */
const confirmation = (hass, text, key, item, locations) => {
  const location = nameOf(item.device);
  if (!key.startsWith("sync_users")) return text(key, { location });
  const count = pendingAt(hass, locations);
  const form = Number.isNaN(count) ? "unknown" : count === 1 ? "one" : "many";
  return text(`${key}_${form}`, { count, location });
};

const pressTiles = (hass, text, item, locations, keys) =>
  keys
    .filter((key) => item.entities[key])
    .map((key) => {
      const press = {
        action: "perform-action",
        perform_action: "button.press",
        target: { entity_id: item.entities[key] },
        confirmation: { text: confirmation(hass, text, key, item, locations) },
      };
      const [tile] = tiles(item, [key]);
      return {
        ...tile,
        hide_state: true,
        tap_action: press,
        icon_tap_action: press,
      };
    });

const statusTiles = (item) =>
  STATUS_COLORS.flatMap(([color, states]) =>
    tiles(item, ["sync_status"], { color }).map((tile) => ({
      ...tile,
      visibility: [{ condition: "state", entity: tile.entity, state: states }],
    }))
  );

/** Why the last outcome is what it is: a text that wraps, where a tile would cut it. */
const outcomeText = (hass, text, item) => {
  const { reason, evidence } = hass.states[item.entities.sync]?.attributes ?? {};
  const content = [text.value("reason", reason)]
    .concat((evidence ?? []).map((fact) => text.value("evidence", fact)))
    .filter(Boolean)
    .join(" · ");
  if (!content) return [];
  return [
    { type: "markdown", content, text_only: true, grid_options: { columns: "full" } },
  ];
};

const locationSection = (hass, text, item) => {
  const area = hass.areas[item.device.area_id];
  const cards = [heading(nameOf(item.device), "mdi:shield-home")];
  if (area) cards.push(heading(area.name, area.icon || "mdi:texture-box", "subtitle"));
  cards.push(
    ...statusTiles(item),
    ...pressTiles(hass, text, item, [item], SYNCS),
    ...tiles(item, ["sync"], {
      state_content: ["kind", "event_type", "state"],
    }),
    ...outcomeText(hass, text, item),
    ...tiles(item, [
      "pending_user_changes",
      "arming_state",
      "last_user_sync",
      "last_panel_sync",
      "open_zones",
      "last_panel_report",
    ])
  );
  return { type: "grid", cards };
};

const panelSection = (text, item, location) => {
  const cards = [heading(nameOf(item.device), "mdi:lan-connect")];
  cards.push(
    ...tiles(item, ["status_mismatch"], {
      state_content: ["state", "differences"],
    }),
    ...tiles(item, ["arming_state"], { name: text("at_the_panel") })
  );
  if (location)
    cards.push(...tiles(location, ["arming_state"], { name: text("at_the_service") }));
  // Home Assistant's amber of what is on would look like a warning.
  const good = { color: "green" };
  cards.push(
    ...tiles(item, ["open_zones"]),
    ...tiles(item, ["ready"], good),
    ...tiles(item, ["trouble"]),
    ...tiles(item, ["panel_connection"], good)
  );
  return { type: "grid", cards };
};

const accountSection = (hass, text, item, locations) => ({
  type: "grid",
  cards: [
    heading(text("all_locations"), "mdi:home-group"),
    ...pressTiles(
      hass,
      text,
      item,
      locations,
      SYNCS.map((key) => `${key}_all`)
    ),
    ...tiles(item, ["service_status"]),
  ],
});

const activitySection = (text, items) => ({
  type: "grid",
  cards: [
    heading(text("activity"), "mdi:format-list-bulleted"),
    {
      type: "logbook",
      hours_to_show: 24,
      target: { device_id: items.map((item) => item.device.id) },
      grid_options: { columns: "full", rows: 8 },
    },
  ],
});

const view = (hass, text, account, locations, panels) => {
  const sections = [];
  for (const location of locations) {
    sections.push(locationSection(hass, text, location));
    for (const panel of panels)
      if (panel.device.via_device_id === location.device.id)
        sections.push(panelSection(text, panel, location));
  }
  for (const panel of panels)
    if (!locations.some((item) => item.device.id === panel.device.via_device_id))
      sections.push(panelSection(text, panel));
  if (account) sections.push(accountSection(hass, text, account, locations));
  sections.push(
    activitySection(text, [...(account ? [account] : []), ...locations, ...panels])
  );
  return {
    title: account
      ? nameOf(account.device)
      : text(locations.length ? "all_locations" : "panels"),
    path: account ? account.device.id : "panels",
    type: "sections",
    max_columns: 3,
    sections,
  };
};

const texts = {};
const descriptions = {};

const loadTexts = async (hass) => {
  await hass.loadBackendTranslation("entity", DOMAIN);
  const localize = await hass.loadBackendTranslation("common", DOMAIN);
  const text = (key, values) =>
    localize(`component.${DOMAIN}.common.dashboard_${key}`, values) || key;
  text.value = (attribute, value) =>
    localize(
      `component.${DOMAIN}.entity.event.sync.state_attributes.${attribute}.state.${value}`
    );
  descriptions[hass.language] = text("description");
  return text;
};

/**
 * Our own texts, in the language of the person who looks. They are loaded once: Home
 * Assistant takes what is still being loaded for loaded. What failed is tried again.
 */
const textsFor = (hass) =>
  (texts[hass.language] ??= loadTexts(hass).catch((error) => {
    delete texts[hass.language];
    throw error;
  }));

class PanelSyncDashboard extends HTMLElement {
  static registryDependencies = REGISTRIES;

  static noEditor = true;

  static getCreateSuggestions() {
    return { title: "PanelSync", icon: "mdi:shield-sync" };
  }

  // A confirmation names how many changes wait, and an outcome is explained in words.
  static shouldRegenerate(_config, before, now) {
    if (REGISTRIES.some((registry) => before[registry] !== now[registry])) return true;
    if (before.language !== now.language) return true;
    return Object.values(now.entities).some(
      (entity) =>
        entity.platform === DOMAIN &&
        WRITTEN_OUT.includes(entity.translation_key) &&
        before.states[entity.entity_id]?.state !== now.states[entity.entity_id]?.state
    );
  }

  static async generate(_config, hass) {
    const text = await textsFor(hass);
    const { accounts, locations, panels } = readHome(hass);
    const views = accounts.map((account) => {
      const own = locations.filter(
        (item) => item.device.via_device_id === account.device.id
      );
      const beside = panels.filter((panel) =>
        own.some((item) => item.device.id === panel.device.via_device_id)
      );
      return view(hass, text, account, own, beside);
    });
    // A person may have disabled the account's device; its locations are shown, too.
    const shown = new Set(accounts.map((account) => account.device.id));
    const others = locations.filter((item) => !shown.has(item.device.via_device_id));
    const alone = panels.filter(
      (panel) =>
        !locations.some(
          (item) =>
            item.device.id === panel.device.via_device_id && !others.includes(item)
        )
    );
    if (others.length || alone.length)
      views.push(view(hass, text, undefined, others, alone));
    if (!views.length) views.push(emptyView(text));
    return { title: "PanelSync", views };
  }
}

const emptyView = (text) => ({
  title: "PanelSync",
  path: "start",
  cards: [
    { type: "markdown", content: text("nothing_yet") },
    {
      type: "button",
      name: text("add"),
      icon: "mdi:plus",
      tap_action: {
        action: "navigate",
        navigation_path: `/config/integrations/integration/${DOMAIN}`,
      },
    },
  ],
});

/** What is listed under "Add dashboard"; its description is read when it is shown. */
const listed = (home) => ({
  type: TYPE,
  strategyType: "dashboard",
  name: "PanelSync",
  get description() {
    if (home.hass) textsFor(home.hass).catch(() => {});
    return descriptions[home.hass?.language] ?? "";
  },
  documentationURL: "https://github.com/panelsync/panelsync#readme",
});

// Home Assistant replaces the registry of elements while it starts: one that is
// defined before that is lost, so this waits for Home Assistant's own first element.
const register = async () => {
  await customElements.whenDefined("home-assistant");
  if (customElements.get(TAG)) return;
  customElements.define(TAG, PanelSyncDashboard);
  const home = document.querySelector("home-assistant");
  window.customStrategies = window.customStrategies || [];
  window.customStrategies.push(listed(home));
  // Its text has to be there before the list is shown.
  while (!home.hass) await new Promise((resolve) => setTimeout(resolve, 100));
  await textsFor(home.hass).catch(() => {});
};

register();
