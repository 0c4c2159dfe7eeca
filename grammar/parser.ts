// The grammar: parses one item at a time to a concrete syntax tree, and recovers from mistakes. Where the text is
// broken, children of the tree may be missing; `compiler/frontend/syntax/build.ts` expects that.

import type { IToken, TokenType } from "./chevrotain.mjs";
import type { CstNode } from "./cst.ts";
import * as t from "./tokens.ts";
import { TreeParser } from "./tree-parser.ts";

/** An item with more errors is given up: nobody would read on, and recovery is recursive. */
const maxErrors = 100;

class TooManyErrors extends Error {}

/** The expectations of the current item's errors, in the parser's order. */
let expectations: Expectation[] = [];

function expecting(rule: string, token: TokenType | null): string {
  if (expectations.length === maxErrors) throw new TooManyErrors();
  return `${expectations.push({ rule, token }) - 1}`;
}

/** Tokens that recovery may insert if they are missing: never a number, nor a name outside a declaration. */
const insertable = new Set<TokenType>([
  ...[t.RightParenthesis, t.RightBracket, t.LeftBrace, t.RightBrace, t.CallParenthesis],
  ...[t.Colon, t.Equals, t.Comma, t.DeclaredName, t.FromKeyword],
]);

export interface ParserOptions {
  /** Without recovery the parser stops at the first error, and is several times as fast. */
  readonly recovers: boolean;
  /** Whether to validate the grammar itself, which takes longer than parsing most specs. */
  readonly validates: boolean;
}

export class DinParser extends TreeParser {
  constructor({ recovers, validates }: ParserOptions) {
    super(t.tokenTypes, {
      recoveryEnabled: recovers,
      skipValidations: !validates,
      maxLookahead: 2,
      errorMessageProvider: {
        buildMismatchTokenMessage: ({ ruleName, expected }) => expecting(ruleName, expected),
        buildNotAllInputParsedMessage: ({ ruleName }) => expecting(ruleName, null),
        buildNoViableAltMessage: ({ ruleName }) => expecting(ruleName, null),
        buildEarlyExitMessage: ({ ruleName }) => expecting(ruleName, null),
      },
    });
    this.performSelfAnalysis();
  }

  protected override canTokenTypeBeInsertedInRecovery(type: TokenType): boolean {
    return insertable.has(type);
  }

  /** A token is left out only within its line: the next line has a meaning of its own. */
  protected override canTokenTypeBeDeletedInRecovery(): boolean {
    return this.LA(1).startLine === this.LA(2).startLine;
  }

  /** Null if there were too many errors. */
  parse(tokens: IToken[]): CstNode | null {
    this.input = tokens;
    // chevrotain throws an exception for each mistake in the text, and half of its cost is an unused stack
    // trace.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return this.treeOf(this.item);
    } catch (error) {
      if (error instanceof TooManyErrors) return null;
      throw error;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  /**
   * `id`, `id(min_count: 2)`, `log1p`. References have rules of their own, so that messages can name them.
   */
  private reference(): void {
    this.CONSUME(t.Identifier);
    this.OPTION(() => this.SUBRULE(this.options));
  }

  readonly item = this.RULE("item", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.model) },
      { ALT: () => this.SUBRULE(this.features) },
      { ALT: () => this.SUBRULE(this.history) },
      { ALT: () => this.SUBRULE(this.label) },
      { ALT: () => this.SUBRULE(this.block) },
      { ALT: () => this.SUBRULE(this.net) },
      { ALT: () => this.SUBRULE(this.train) },
      { ALT: () => this.SUBRULE(this.tune) },
      { ALT: () => this.SUBRULE(this.import) },
      { ALT: () => this.SUBRULE(this.param) },
      { ALT: () => this.SUBRULE(this.variant) },
    ]);
  });

  readonly model = this.RULE("model", () => {
    this.CONSUME(t.ModelKeyword);
    this.CONSUME(t.DeclaredName);
  });

  readonly features = this.RULE("features", () => {
    this.CONSUME(t.FeaturesKeyword);
    this.CONSUME(t.DeclaredName);
    this.OPTION(() => this.CONSUME2(t.DeclaredName));
    this.CONSUME(t.LeftBrace);
    this.MANY(() => this.SUBRULE(this.declaration));
    this.CONSUME(t.RightBrace);
  });

  readonly declaration = this.RULE("declaration", () => {
    this.CONSUME(t.Identifier);
    this.described();
  });

  /** The part after the first name of a feature, or of a history's own field: `.. c26, user : id`. */
  private described(): void {
    this.OPTION3(() => {
      this.CONSUME(t.DotDot);
      this.CONSUME3(t.Identifier);
    });
    this.MANY3(() => {
      this.CONSUME(t.Comma);
      this.CONSUME4(t.Identifier);
      this.OPTION4(() => {
        this.CONSUME2(t.DotDot);
        this.CONSUME5(t.Identifier);
      });
    });
    this.CONSUME(t.Colon);
    this.SUBRULE(this.kind);
    this.MANY(() => {
      this.CONSUME(t.Pipe);
      this.SUBRULE(this.transform);
    });
    this.OPTION5(() => this.SUBRULE(this.source));
    // The checker explains why both are wrong; here, any order recovers better.
    this.MANY2(() => {
      this.OR2([{ ALT: () => this.SUBRULE(this.embed) }, { ALT: () => this.SUBRULE(this.share) }]);
    });
  }

  readonly kind = this.RULE("kind", () => this.reference());
  readonly labelKind = this.RULE("labelKind", () => this.reference());

  readonly transform = this.RULE("transform", () => this.reference());

  /** `embed 16`, or with options `embed(16, init: zeros)`. */
  readonly embed = this.RULE("embed", () => {
    this.CONSUME(t.EmbedKeyword);
    this.OR([
      { ALT: () => this.SUBRULE(this.options), IGNORE_AMBIGUITIES: true },
      { ALT: () => this.SUBRULE(this.sum) },
    ]);
  });

  /** `from item_id`: the feature whose values it is computed from. */
  readonly source = this.RULE("source", () => {
    this.CONSUME(t.FromKeyword);
    this.CONSUME(t.Identifier);
  });

  readonly share = this.RULE("share", () => {
    this.CONSUME(t.ShareKeyword);
    this.CONSUME(t.Identifier);
  });

  readonly history = this.RULE("history", () => {
    this.CONSUME(t.HistoryKeyword);
    this.CONSUME(t.DeclaredName);
    this.OPTION(() => this.SUBRULE(this.options));
    this.CONSUME(t.LeftBrace);
    this.MANY(() => this.SUBRULE(this.binding));
    this.CONSUME(t.RightBrace);
  });

  /** `item_id <-> hist_item_id`, or a field of its own: `dwell : number |> log1p`. */
  readonly binding = this.RULE("binding", () => {
    this.CONSUME(t.Identifier);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.BindingArrow);
          this.CONSUME2(t.Identifier);
          this.OPTION(() => {
            this.CONSUME2(t.Colon);
            this.SUBRULE2(this.kind);
          });
          this.OPTION2(() => this.SUBRULE2(this.embed));
        },
      },
      { ALT: () => this.described() },
    ]);
  });

  readonly label = this.RULE("label", () => {
    this.CONSUME(t.LabelKeyword);
    this.CONSUME(t.DeclaredName);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.labelKind);
    this.MANY(() => {
      this.CONSUME(t.Pipe);
      this.SUBRULE(this.transform);
    });
  });

  readonly block = this.RULE("block", () => {
    this.CONSUME(t.BlockKeyword);
    this.CONSUME(t.DeclaredName);
    this.CONSUME(t.OpenParenthesis);
    this.OPTION(() => {
      this.SUBRULE(this.parameter);
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.parameter);
      });
      this.OPTION2(() => this.CONSUME2(t.Comma));
    });
    this.CONSUME(t.RightParenthesis);
    this.OPTION3(() => {
      this.CONSUME(t.ResultArrow);
      this.SUBRULE(this.type);
    });
    this.locals();
  });

  /** Named values and a result: the body of a block, or of a function in braces. */
  private locals(): void {
    this.CONSUME(t.LeftBrace);
    // The builder checks that the only expression comes last; here, any order recovers better.
    this.MANY2(() => {
      this.OR2([
        { ALT: () => this.SUBRULE(this.let) },
        { ALT: () => this.SUBRULE(this.layer) },
        { ALT: () => this.SUBRULE(this.expression) },
      ]);
    });
    this.CONSUME(t.RightBrace);
  }

  readonly parameter = this.RULE("parameter", () => {
    this.CONSUME(t.Identifier);
    this.OPTION(() => {
      this.CONSUME(t.Colon);
      this.SUBRULE(this.type);
    });
    this.OPTION2(() => {
      this.CONSUME(t.Equals);
      this.SUBRULE(this.expression);
    });
  });

  readonly type = this.RULE("type", () => {
    this.CONSUME(t.Identifier);
    this.OPTION(() => {
      this.CONSUME(t.OpenBracket);
      this.SUBRULE(this.expression);
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.expression);
      });
      this.CONSUME(t.RightBracket);
    });
  });

  readonly let = this.RULE("let", () => {
    this.CONSUME(t.LetKeyword);
    // Not an alternative, so that recovery can insert a missing name.
    const areSeveral = this.OPTION(() => {
      this.SUBRULE(this.names);
      return true;
    });
    if (areSeveral !== true) this.CONSUME(t.DeclaredName);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  /** `(a, b)`: the names of a list's elements. */
  readonly names = this.RULE("names", () => {
    this.CONSUME(t.OpenParenthesis);
    this.CONSUME(t.Identifier);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.CONSUME2(t.Identifier);
    });
    this.CONSUME(t.RightParenthesis);
  });

  readonly layer = this.RULE("layer", () => {
    this.CONSUME(t.LayerKeyword);
    this.CONSUME(t.DeclaredName);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  readonly predict = this.RULE("predict", () => {
    this.CONSUME(t.PredictKeyword);
    this.CONSUME(t.DeclaredName);
    this.OPTION(() => this.SUBRULE(this.options));
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  readonly output = this.RULE("output", () => {
    this.CONSUME(t.OutputKeyword);
    this.CONSUME(t.DeclaredName);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  readonly loss = this.RULE("loss", () => {
    this.CONSUME(t.LossKeyword);
    this.CONSUME(t.DeclaredName);
    this.OPTION(() => this.SUBRULE(this.options));
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  readonly net = this.RULE("net", () => {
    this.CONSUME(t.NetKeyword);
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.OR([
        { ALT: () => this.SUBRULE(this.let) },
        { ALT: () => this.SUBRULE(this.layer) },
        { ALT: () => this.SUBRULE(this.predict) },
        { ALT: () => this.SUBRULE(this.output) },
        { ALT: () => this.SUBRULE(this.loss) },
      ]);
    });
    this.CONSUME(t.RightBrace);
  });

  readonly train = this.RULE("train", () => {
    this.CONSUME(t.TrainKeyword);
    this.CONSUME(t.LeftBrace);
    this.MANY(() => this.SUBRULE(this.setting));
    this.CONSUME(t.RightBrace);
  });

  readonly setting = this.RULE("setting", () => {
    this.CONSUME(t.Identifier);
    this.SUBRULE(this.expression);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.expression);
    });
  });

  readonly tune = this.RULE("tune", () => {
    this.CONSUME(t.TuneKeyword);
    this.CONSUME(t.LeftBrace);
    this.MANY(() => this.SUBRULE(this.range));
    this.CONSUME(t.RightBrace);
  });

  /** `rate: log(1e-4..1e-2)`, `train.batch: choice(128, 256)` */
  readonly range = this.RULE("range", () => {
    this.CONSUME(t.Identifier);
    this.OPTION(() => {
      this.CONSUME(t.Dot);
      this.CONSUME2(t.Identifier);
    });
    this.CONSUME(t.Colon);
    this.SUBRULE(this.expression);
  });

  readonly import = this.RULE("import", () => {
    this.CONSUME(t.ImportKeyword);
    this.CONSUME(t.StringLiteral);
  });

  readonly param = this.RULE("param", () => {
    this.CONSUME(t.ParamKeyword);
    this.CONSUME(t.DeclaredName);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  /** Its items are read one by one like all others; `splitItems` leaves the braces empty. */
  readonly variant = this.RULE("variant", () => {
    this.CONSUME(t.VariantKeyword);
    this.CONSUME(t.DeclaredName);
    this.CONSUME(t.FromKeyword);
    this.CONSUME2(t.DeclaredName);
    this.CONSUME(t.LeftBrace);
    this.CONSUME(t.RightBrace);
  });

  /** Pipes bind weakest: `a + b |> f` is `(a + b) |> f`. */
  readonly expression = this.RULE("expression", () => {
    this.SUBRULE(this.sum);
    this.OPTION(() => {
      this.CONSUME(t.DotDot);
      this.SUBRULE2(this.sum);
    });
    this.MANY(() => {
      this.CONSUME(t.Pipe);
      this.SUBRULE(this.stage);
    });
  });

  readonly stage = this.RULE("stage", () => {
    this.CONSUME(t.Identifier);
    this.OPTION(() => this.SUBRULE(this.call));
  });

  /** All operators at one level. The builder handles precedence, which keeps the parser's stack shallow. */
  readonly sum = this.RULE("sum", () => {
    this.SUBRULE(this.operand);
    this.MANY(() => {
      this.CONSUME(t.InfixOperator);
      this.SUBRULE2(this.operand);
    });
  });

  /** Made once, because operands are half of a spec. */
  private readonly primaries = [
    { ALT: () => this.CONSUME(t.NumberLiteral) },
    { ALT: () => this.CONSUME(t.StringLiteral) },
    { ALT: () => this.SUBRULE(this.lambda) },
    {
      ALT: () => {
        this.CONSUME(t.Identifier);
        this.OPTION(() => this.SUBRULE(this.call));
      },
    },
    {
      ALT: () => {
        this.CONSUME(t.OpenParenthesis);
        this.SUBRULE(this.expression);
        this.CONSUME(t.RightParenthesis);
      },
    },
    { ALT: () => this.SUBRULE(this.list) },
  ];

  readonly operand = this.RULE("operand", () => {
    this.MANY(() => this.CONSUME(t.Minus));
    this.OR(this.primaries);
    this.MANY2(() => {
      this.OR2([
        {
          ALT: () => {
            this.CONSUME(t.Dot);
            this.CONSUME2(t.Identifier);
          },
        },
        { ALT: () => this.SUBRULE(this.index) },
      ]);
    });
  });

  /** `[2]`, `[2..5]` after a value with elements. */
  readonly index = this.RULE("index", () => {
    this.CONSUME(t.IndexBracket);
    this.SUBRULE(this.expression);
    this.CONSUME(t.RightBracket);
  });

  readonly list = this.RULE("list", () => {
    this.CONSUME(t.LeftBracket);
    this.OPTION(() => {
      this.SUBRULE(this.expression);
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.expression);
      });
      this.OPTION2(() => this.CONSUME2(t.Comma));
    });
    this.CONSUME(t.RightBracket);
  });

  readonly lambda = this.RULE("lambda", () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Identifier) },
      {
        ALT: () => {
          this.CONSUME(t.LambdaParenthesis);
          this.OPTION(() => {
            this.CONSUME2(t.Identifier);
            this.MANY(() => {
              this.CONSUME(t.Comma);
              this.CONSUME3(t.Identifier);
            });
          });
          this.CONSUME(t.RightParenthesis);
        },
      },
    ]);
    this.CONSUME(t.LambdaArrow);
    this.OR3([{ ALT: () => this.SUBRULE(this.expression) }, { ALT: () => this.SUBRULE(this.body) }]);
  });

  readonly body = this.RULE("body", () => this.locals());

  readonly call = this.RULE("call", () => {
    this.CONSUME(t.CallParenthesis);
    this.SUBRULE(this.arguments);
    this.CONSUME(t.RightParenthesis);
  });

  /** The options of a kind, a transform or a history. White space before the parenthesis is harmless. */
  readonly options = this.RULE("options", () => {
    this.CONSUME(t.OpenParenthesis);
    this.SUBRULE(this.arguments);
    this.CONSUME(t.RightParenthesis);
  });

  /** The content of parentheses, which may be empty. */
  readonly arguments = this.RULE("arguments", () => {
    this.OPTION(() => {
      this.SUBRULE(this.argument);
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.argument);
      });
      this.OPTION2(() => this.CONSUME2(t.Comma));
    });
  });

  readonly argument = this.RULE("argument", () => {
    this.OPTION(() => {
      this.CONSUME(t.Identifier);
      this.CONSUME(t.Colon);
    });
    this.SUBRULE(this.expression);
  });
}

/** Made on first use. */
let plainParser: DinParser | undefined;
let recoveringParser: DinParser | undefined;

/** The rule in which the parser stopped, and the expected token (null: any of several). */
export interface Expectation {
  readonly rule: string;
  readonly token: TokenType | null;
}

export interface ParseError {
  readonly expected: Expectation;
  /** Its type is chevrotain's `EOF` at the end of the item. */
  readonly found: IToken;
}

export interface ParsedItem {
  /** Null if the item had too many errors. */
  readonly tree: CstNode | null;
  readonly errors: readonly ParseError[];
}

/** Parses the tokens of one item from `splitItems`. Nearly all items have no errors, and are parsed once. */
export function parseItem(tokens: IToken[]): ParsedItem {
  plainParser ??= new DinParser({ recovers: false, validates: false });
  const parsed = parseWith(plainParser, tokens);
  if (parsed.errors.length === 0) return parsed;
  recoveringParser ??= new DinParser({ recovers: true, validates: false });
  return parseWith(recoveringParser, tokens);
}

/** The longest prefix of an item's tokens that fits the grammar, without recovery. */
export interface ParsedPrefix {
  /** The tree of the prefix; incomplete nodes have the children read so far. */
  readonly tree: CstNode;
  /** The first token that does not fit; null if all fit, whether the item is complete or not. */
  readonly stoppedAt: IToken | null;
}

/** Parses the beginning of an item, to find what may follow at a position, whatever the text after it. */
export function parsePrefix(tokens: IToken[]): ParsedPrefix {
  plainParser ??= new DinParser({ recovers: false, validates: false });
  const { tree, errors } = parseWith(plainParser, tokens);
  const found = errors[0]?.found ?? null;
  return { tree: tree!, stoppedAt: found !== null && tokens.includes(found) ? found : null };
}

function parseWith(parser: DinParser, tokens: IToken[]): ParsedItem {
  expectations = [];
  const tree = parser.parse(tokens);
  // The message of an exception is the index of its expectation.
  const errors = parser.errors.map((error) => ({
    expected: expectations[Number(error.message)]!,
    found: error.token,
  }));
  return { tree, errors };
}
