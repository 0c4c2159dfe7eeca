// The settings as a JSON Schema (draft 07, which editors read), for editors that do not use dinc's language
// server.

import type { DataForm, JsonSchema, SettingDescription, SettingGroup, Settings } from "./setting-kinds.ts";
import { settings } from "./settings.ts";

export function settingsSchema(): JsonSchema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "dinc.yaml",
    ...schemaOf(settings),
  };
}

function schemaOf(described: SettingDescription): JsonSchema {
  switch (described.what) {
    case "setting": {
      const { doc, kind, otherwise, preset } = described;
      const description = otherwise === null ? doc : `${doc} Default: ${otherwise}.`;
      return { description, ...kind.schema, ...(preset === null ? {} : { default: preset }) };
    }
    case "params": {
      const values = { type: ["number", "string", "array"], items: { type: "number" } };
      return { description: described.doc, type: "object", additionalProperties: values };
    }
    case "named": {
      const { doc, kind, isOneEnough } = described;
      const byName = { type: "object", additionalProperties: kind.schema };
      return { description: doc, ...(isOneEnough === true ? { anyOf: [kind.schema, byName] } : byName) };
    }
    case "groups": {
      const { doc, group } = described;
      const each = { anyOf: [{ type: "null" }, groupSchema(group)] };
      return { description: doc, type: "object", additionalProperties: each };
    }
    case "group":
      return groupSchema(described);
  }
}

function groupSchema({ doc, settings: known }: SettingGroup): JsonSchema {
  const entries = Object.entries(known);
  const properties = Object.fromEntries(entries.map(([key, each]) => [key, schemaOf(each)]));
  const required = entries.filter(([, { required, form }]) => required === true && form === undefined);
  const rules = [...exclusions(known), ...forms(known)];
  return {
    description: doc,
    type: "object",
    additionalProperties: false,
    properties,
    ...(required.length === 0 ? {} : { required: required.map(([key]) => key) }),
    ...(rules.length === 0 ? {} : { allOf: rules }),
  };
}

function exclusions(known: Settings): JsonSchema[] {
  return Object.entries(known).flatMap(([key, { notWith = [] }]) =>
    notWith.map((other) => ({ not: { required: [key, other] } })),
  );
}

/**
 * If a setting decides on a form, settings of the other form are not allowed, and the required ones of this
 * form must be present.
 */
function forms(known: Settings): JsonSchema[] {
  const entries = Object.entries(known);
  const keysOf = (form: DataForm) => entries.filter(([, each]) => each.form === form).map(([key]) => key);
  const [rows, events] = [keysOf("rows"), keysOf("events")];
  if (rows.length === 0 || events.length === 0) return [];
  const anyOf = events.map((key) => ({ required: [key] }));
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  return [{ if: { anyOf }, then: ofForm(known, "events"), else: ofForm(known, "rows") }];
}

/** The additional rules for the settings of a form. */
function ofForm(known: Settings, form: DataForm): JsonSchema {
  const properties: Record<string, JsonSchema | boolean> = {};
  const required: string[] = [];
  const oneOf: JsonSchema[] = [];
  for (const [key, described] of Object.entries(known)) {
    const { unless } = described;
    if (described.form !== undefined && described.form !== form) properties[key] = false;
    else if (described.form === form && described.required === true)
      if (unless === undefined) required.push(key);
      else oneOf.push({ anyOf: [key, ...unless].map((each) => ({ required: [each] })) });
    // A setting that belongs to a form has no settings of the other.
    if (described.what !== "group" || described.form !== undefined) continue;
    const inner = ofForm(described.settings, form);
    if (Object.keys(inner).length > 0) properties[key] = inner;
  }
  return {
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    ...(required.length === 0 ? {} : { required }),
    ...(oneOf.length === 0 ? {} : { allOf: oneOf }),
  };
}
