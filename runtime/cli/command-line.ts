// The parser of the command line, made from the table of commands. A command's code is loaded only when the command runs, so that
// `dinc check` starts without DuckDB and TensorFlow.

import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { version } from "../files/version.ts";
import { commands } from "./table/commands.ts";
import {
  type ArgumentDescription,
  type CommandDescription,
  type CommandGroup,
  flagOf,
  type OptionDescription,
  usageOf,
} from "./table/describe.ts";
import { withOtherWords } from "./table/other-words.ts";
import type { Terminal } from "./terminal.ts";

type Run = (terminal: Terminal, options: unknown, ...values: unknown[]) => Promise<number>;

/** `done` gets the exit code of the command that was performed; `argv` helps to explain mistakes. */
export function commandLine(
  terminal: Terminal,
  done: (code: number) => void,
  argv: readonly string[] = [],
): Command {
  const flagsOf = (name: string): string[] => {
    const entry = commands().find((each) => each.name === name);
    return entry !== undefined && "run" in entry ? entry.options.map(flagOf) : [];
  };
  const program = new Command("dinc")
    .description("Compiles .din models: checks them, trains them, and turns runs into standalone TypeScript.")
    .version(version(), "--version", "print the version")
    .helpOption("-h, --help", "show this help")
    .showHelpAfterError("(dinc --help shows the commands)")
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.say(text.replace(/\n$/, "")),
      outputError: (text, write) => write(withOtherWords(text, argv, flagsOf)),
    })
    .exitOverride()
    .addHelpText("before", "  $ dinc train model.din -c dinc.yaml --out my-run\n");
  const perform = async (command: CommandDescription, options: object, values: readonly unknown[]) =>
    done(await (command.run as Run)(terminal, options, ...values));
  for (const entry of commands()) {
    const added = addExamples(program.command(entry.name), entry).showHelpAfterError(exampleOf(entry));
    if ("run" in entry) addCommand(terminal, added, entry, perform);
    else
      for (const command of entry.commands) {
        const own = added.command(command.name).showHelpAfterError(exampleOf(command, entry.name));
        addCommand(terminal, own, command, perform);
      }
  }
  return program;
}

/** For a mistake in the words of a command. */
function exampleOf({ name, examples }: CommandDescription | CommandGroup, group?: string): string {
  const path = group === undefined ? name : `${group} ${name}`;
  return `(such as \`${examples[0]}\`; dinc ${path} --help shows more)`;
}

function addExamples(command: Command, { doc, examples }: CommandDescription | CommandGroup): Command {
  return command
    .description(doc)
    .addHelpText("before", `${examples.map((example) => `  $ ${example}`).join("\n")}\n`);
}

function addCommand(
  terminal: Terminal,
  command: Command,
  described: CommandDescription,
  perform: (command: CommandDescription, options: object, values: readonly unknown[]) => Promise<void>,
): void {
  command.description(described.doc);
  for (const argument of described.arguments) command.addArgument(argumentOf(argument));
  for (const option of described.options) command.addOption(optionOf(option));
  if (described.after !== undefined) command.addHelpText("after", `\n${described.after}`);
  const lists = described.options.filter(({ isRepeatable }) => isRepeatable === "always");
  const gone = described.options.filter((option) => option.gone !== undefined);
  command.action(async () => {
    const none = Object.fromEntries(lists.map(({ name }) => [name, []]));
    const given = gone.filter(({ name }) => command.getOptionValueSource(name) !== undefined);
    if (given.length > 0) (await import("./removed-options.ts")).tellRemoved(given, terminal);
    return perform(described, { ...none, ...command.opts() }, command.processedArgs);
  });
}

function argumentOf({ usage, doc, choices, default: otherwise }: ArgumentDescription): Argument {
  const argument = new Argument(usage, doc);
  if (choices !== undefined) argument.choices(choices);
  return otherwise === undefined ? argument : argument.default(otherwise);
}

function optionOf(described: OptionDescription): Option {
  const { doc, choices, former, parse, isRepeatable, conflicts } = described;
  const option = new Option(usageOf(described), doc);
  if (choices !== undefined) option.choices(choices);
  if (choices !== undefined && former !== undefined)
    option.argParser((value) => {
      if (choices.includes(value) || former(value)) return value;
      throw new InvalidArgumentError(`Allowed choices are ${choices.join(", ")}.`);
    });
  if (parse !== undefined) option.argParser(parse);
  if (isRepeatable !== undefined)
    option.argParser<readonly string[]>((value, previous = []) => [...previous, value]);
  if (described.default !== undefined) option.default(described.default);
  if (conflicts !== undefined) option.conflicts(conflicts);
  return option.makeOptionMandatory(described.isRequired === true).hideHelp(described.isHidden === true);
}
