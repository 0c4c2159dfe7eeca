// All files of the reader, given together or one after the other, with their roles and their common draft.

import { type TableRole, takenAs } from "../../compiler/tools/init/tables.ts";
import type { Model } from "../../compiler/train/index.ts";
import type { TrainingNews } from "./messages.ts";
import { type OwnData, openData, ownRows } from "./own-data.ts";
import { type OwnFile, readFile } from "./own-file.ts";
import { textOf } from "./problem-text.ts";
import type { TrainingInput } from "./shown-user.ts";

type Answer = Extract<TrainingNews, { readonly kind: "drafted" | "refused" }>;

export class OwnFiles {
  private readonly given = new Map<string, OwnFile>();
  /** The roles that the reader chose; null to leave a file out. */
  private readonly said = new Map<string, TableRole | null>();
  private drafted: OwnData | null = null;

  /** The data of the last draft; null before the first. */
  get data(): OwnData | null {
    return this.drafted;
  }

  rows(model: Model, seed: number): TrainingInput {
    return ownRows(model, seed, this.drafted!);
  }

  async add(files: readonly File[]): Promise<Answer> {
    const problems: string[] = [];
    const read: OwnFile[] = [];
    for (const file of files)
      try {
        read.push(await readFile(file));
      } catch (error) {
        problems.push(textOf(error));
      }
    if (this.areOfAnotherMatter(read)) {
      this.given.clear();
      this.said.clear();
    }
    for (const each of read) this.given.set(each.name, each);
    return this.draft(problems, read.length === 0);
  }

  take(name: string, as: TableRole | null): Answer {
    this.said.set(name, as);
    return this.draft();
  }

  /** Whether files have nothing in common with earlier ones, and suffice for a draft of their own. */
  private areOfAnotherMatter(files: readonly OwnFile[]): boolean {
    const { given, said } = this;
    const taken = takenAs([...given.values(), ...files], said);
    if (files.some(({ name }) => given.has(name) || taken.get(name)!.as !== null)) return false;
    try {
      openData(files, takenAs(files, said));
      return true;
    } catch {
      return false;
    }
  }

  /** Drafts a spec for all files; `problems` are the reasons why others could not be read. */
  private draft(problems: readonly string[] = [], isRefused = false): Answer {
    const all = [...this.given.values()];
    const taken = takenAs(all, this.said);
    const files = all.map(({ name, rows }) => {
      const { as, reason } = taken.get(name)!;
      return { name, rows, as, reason };
    });
    if (isRefused) return { kind: "refused", text: problems.join("\n"), files };
    try {
      const data = openData(all, taken);
      this.drafted = data;
      const { name, rows, drafted } = data;
      const { spec, config, plan } = drafted;
      const guesses = [...plan.guesses, ...plan.exceptions, ...plan.leftOut].map(
        ({ column, is, reason }) => ({
          ...{ column, is, reason },
        }),
      );
      return { kind: "drafted", name, rows, files, problems, spec, config, guesses };
    } catch (error) {
      return { kind: "refused", text: [...problems, textOf(error)].join("\n"), files };
    }
  }
}
