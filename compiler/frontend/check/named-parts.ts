// Reads `for:`, which names parts of a model, and finds their weights and tables. It runs after the network
// was checked, because only that check finds the tables of an expression.

import { partHasTwo, partWithoutTables, unknownPart } from "../../diagnostics/catalog/parts.ts";
import type { ModelPart, PartOptimizer } from "../../middle/training/settings.ts";
import type { Declarations } from "../elaborate/declarations.ts";
import { NETWORK } from "../elaborate/parts.ts";
import { ownerOf, type Table } from "../model/model.ts";
import { SCOPES } from "../syntax/build.ts";
import type { Argument, Expression, Identifier } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";

/** The option `for:` of optimizers and of penalties that make weights 0. */
export const FOR = {
  option: "for",
  doc: "The parts of the model to which it applies: a `let`, a prediction, a loss, a feature, a group, a history, or `tables` for all tables; several in a list. Names of network parts take precedence over those of features, and these over `tables`.",
  tables: "tables",
  allTables: "All tables that belong to no other named part.",
} as const;

/** The weights and tables of the statements of a net, by statement name. */
export type ContentsByStatement = ReadonlyMap<string, PartContents>;

export interface PartContents {
  /** Tables that its own expression looks up, except the features' own tables. */
  readonly tables: ReadonlySet<string>;
  /** Weights, which other statements may share. */
  readonly weights: ReadonlySet<string>;
}

/**
 * A part, with the precision of each of its names: 2 for a statement of the net, 1 for a feature, 0 for all
 * tables.
 */
interface Named {
  readonly name: Identifier;
  readonly rank: 0 | 1 | 2;
  readonly part: Omit<ModelPart, "names">;
}

/** A part as it is read. The parts of all optimizers are assigned together afterwards. */
export type ReadPart = readonly Named[];

export class PartReader {
  private readonly declarations: Declarations;
  private readonly reporter: Reporter;
  private readonly made: ContentsByStatement;
  private readonly tables: ReadonlyMap<string, Table>;
  /** False if the model has mistakes: parts may then be missing, and nothing more is reported about them. */
  private readonly isSound: boolean;

  constructor(
    declarations: Declarations,
    reporter: Reporter,
    made: ContentsByStatement,
    tables: ReadonlyMap<string, Table>,
  ) {
    this.declarations = declarations;
    this.reporter = reporter;
    this.made = made;
    this.tables = tables;
    this.isSound = reporter.errors === 0;
  }

  /**
   * Reads the part that `argument` names; returns null if a mistake was reported. `setting` is given if only
   * tables can have it.
   */
  read({ value }: Argument, setting: string | null = null): ReadPart | null {
    const written = value.kind === "list" ? value.elements : [value];
    const names = written.map((each) => this.named(each, setting));
    return names.some((name) => name === null) || names.length === 0 ? null : (names as Named[]);
  }

  private named(value: Expression, setting: string | null): Named | null {
    if (value.kind !== "name") {
      if (value.kind !== "error")
        this.reporter.report(unknownPart, { name: "this" }, value.span, { help: unknownPart.helps.list() });
      return null;
    }
    const found = this.find(value);
    if (!this.isSound) return found;
    if (found === null) {
      const { features, groups, histories } = this.declarations;
      const known = [
        ...this.made.keys(),
        ...features.keys(),
        ...groups.keys(),
        ...histories.keys(),
        FOR.tables,
      ];
      this.reporter.report(
        unknownPart,
        { name: value.name },
        value.span,
        this.reporter.didYouMean(value, known, unknownPart.helps.name()),
      );
      return null;
    }
    const { part, rank } = found;
    if (part.tables.length > 0 || (setting === null && part.weights.length > 0) || rank === 0) return found;
    this.reporter.report(partWithoutTables, { name: value.name, setting }, value.span);
    return found;
  }

  private find(name: Identifier): Named | null {
    const { features, groups, histories } = this.declarations;
    const made = this.made.get(name.name);
    if (made !== undefined) {
      const weights = [`${NETWORK}.${name.name}`, ...made.weights];
      return { name, rank: 2, part: { tables: [...made.tables], weights } };
    }
    const history = histories.get(name.name);
    const members =
      features.get(name.name) !== undefined
        ? [name.name]
        : (groups.get(name.name)?.features ??
          history?.fields.flatMap(({ feature }) => (feature.scope === "history" ? [feature.name] : [])) ??
          (name.name in SCOPES
            ? [...features.values()].flatMap((each) => (each.scope === name.name ? [each.name] : []))
            : null));
    if (members !== null) return { name, rank: 1, part: this.ofFeatures(members) };
    if (name.name !== FOR.tables) return null;
    return { name, rank: 0, part: { tables: this.trained().map((table) => table.name), weights: [] } };
  }

  allTables(): ModelPart {
    return { names: [FOR.tables], tables: this.trained().map(({ name }) => name), weights: [] };
  }

  private trained(): readonly Table[] {
    return [...this.tables.values()].filter(({ options }) => !options.frozen);
  }

  private ofFeatures(members: readonly string[]): Named["part"] {
    const owners = members.map((member) => {
      const feature = this.declarations.features.get(member);
      return feature === undefined ? member : ownerOf(feature);
    });
    const tables = this.trained().filter(({ feature }) => owners.includes(feature));
    const shared = [...this.made.values()].flatMap(({ weights }) => [...weights]);
    const weights = shared.filter((name) => owners.some((owner) => name.startsWith(`${NETWORK}.${owner}.`)));
    return { tables: tables.map(({ name }) => name), weights: [...new Set(weights)] };
  }

  /** Assigns each weight and table to one optimizer: the one with the most precise name for it. */
  settled(
    optimizers: readonly (Pick<PartOptimizer, "optimizer"> & { readonly named: ReadPart })[],
  ): PartOptimizer[] {
    const owners = new Map<string, { readonly named: Named; readonly place: number }>();
    const reported = new Set<Identifier>();
    optimizers.forEach(({ named: all }, place) => {
      for (const named of all)
        for (const key of keysOf(named.part)) {
          const known = owners.get(key);
          if (known === undefined || known.named.rank < named.rank) owners.set(key, { named, place });
          else if (known.named.rank === named.rank && known.place !== place && !reported.has(named.name)) {
            reported.add(named.name);
            const [one, other] = [known.named.name, named.name];
            this.reporter.report(
              partHasTwo,
              { what: whatIs(key), one: one.name, other: other.name },
              other.span,
              { related: [at(one.span, "first here")] },
            );
          }
        }
    });
    return optimizers.map(({ optimizer, named }, place) => {
      const own = [...owners].flatMap(([key, owner]) => (owner.place === place ? [key] : []));
      return { optimizer, part: { names: named.map(({ name }) => name.name), ...partOf(own) } };
    });
  }
}

/** Joins everything that `named` covers into one part. */
export function wholeOf(named: ReadPart): ModelPart {
  return {
    names: named.map(({ name }) => name.name),
    ...partOf([...new Set(named.flatMap(({ part }) => keysOf(part)))]),
  };
}

const TABLE = "table ";

function keysOf({ tables, weights }: Named["part"]): readonly string[] {
  return [...tables.map((table) => TABLE + table), ...weights];
}

function partOf(keys: readonly string[]): Named["part"] {
  return {
    tables: keys.flatMap((key) => (key.startsWith(TABLE) ? [key.slice(TABLE.length)] : [])),
    weights: keys.filter((key) => !key.startsWith(TABLE)),
  };
}

function whatIs(key: string): string {
  return key.startsWith(TABLE) ? `the table \`${key.slice(TABLE.length)}\`` : `the weights \`${key}\``;
}
