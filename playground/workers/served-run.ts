// A trained run on the page's server: its compiled module ranks, and users of its data are shown.

import { check, type Model, sourceFile } from "../../compiler/train/index.ts";
import { describeFiles } from "./compiled.ts";
import type {
  Compiled,
  ItemTitles,
  RankedCandidates,
  RunDescription,
  ShownItem,
  ShownTarget,
  ShownUser,
} from "./messages.ts";
import { rowsOfEvents } from "./own-events.ts";
import { ServedModel } from "./ranker.ts";
import { type ShownRow, type ShownUserTable, shownIn } from "./shown-user.ts";
import { withPairs } from "./weighted-cells.ts";

export class ServedRun {
  private readonly address: string;
  private readonly description: RunDescription;
  private readonly served: ServedModel;
  private readonly model: Model;
  private readonly rows: readonly ShownRow[];
  private readonly titles: ItemTitles | null;
  private shown: ShownUserTable;

  private constructor(address: string, description: RunDescription, model: Model, served: ServedModel) {
    this.address = address;
    this.description = description;
    this.model = model;
    this.served = served;
    const { users, titles } = description;
    const { seed } = model.train;
    const rows =
      users.kind === "rows"
        ? users.rows
        : rowsOfEvents(model, seed, "", new Map(Object.entries(users.columns)), users.by).some;
    this.rows = withPairs(model, rows);
    this.titles = titles === null ? null : { feature: titles.feature, of: new Map(titles.of) };
    this.shown = shownIn(model, this.rows, { titles: this.titles });
  }

  static async of(address: string): Promise<ServedRun> {
    const description: RunDescription = await (await fetch(address)).json();
    const { value: model } = check(sourceFile("model.din", description.spec));
    if (model === null) throw new Error(`the spec of ${description.name} has mistakes`);
    const at = (name: string) => fetch(new URL(`ts/${name}`, address));
    const javascript = await (await at("model.js")).text();
    const weights = new Uint8Array(await (await at("model.weights.bin")).arrayBuffer());
    return new ServedRun(address, description, model, await ServedModel.written(model, javascript, weights));
  }

  get spec(): string {
    return this.description.spec;
  }

  get user(): ShownUser {
    return this.shown.user;
  }

  show(who: string): ShownUser {
    this.shown = shownIn(this.model, this.rows, { who, titles: this.titles });
    return this.shown.user;
  }

  rank(history: readonly ShownItem[]): RankedCandidates {
    return this.served.rank(this.shown, history, this.shown.user.candidates);
  }

  async compiled(target: ShownTarget): Promise<Compiled> {
    const names = this.description.targets[target];
    if ("problem" in names) return names;
    const files = new Map(
      await Promise.all(
        names.map(async (name) => {
          const answer = await fetch(new URL(`${target}/${name}`, this.address));
          const isText = /\.(ts|js|py|json|md|toml)$/.test(name);
          return [name, isText ? await answer.text() : new Uint8Array(await answer.arrayBuffer())] as const;
        }),
      ),
    );
    return describeFiles(files, this.description.places, true);
  }
}
