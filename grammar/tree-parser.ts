// A chevrotain parser that builds the tree of `cst.ts` from the tokens of its rules. Chevrotain's own tree
// costs several times as much to build and to read: it has a dictionary for each node, and children sorted by
// rule instead of by position.

import {
  type ConsumeMethodOpts,
  EmbeddedActionsParser,
  type IToken,
  type ParserMethod,
  type TokenType,
} from "./chevrotain.mjs";
import { type CstElement, type CstNode, nodeFrom } from "./cst.ts";

export abstract class TreeParser extends EmbeddedActionsParser {
  /** The children of the rules being read, those of the innermost last. */
  private readonly taken: CstElement[] = [];

  /** The tree of `rule` for the input; throws the error if it cannot recover. */
  protected treeOf(rule: ParserMethod<[], unknown>): CstNode {
    this.taken.length = 0;
    rule.call(this);
    return this.taken[0] as CstNode;
  }

  protected override RULE<R>(name: string, body: () => R): ParserMethod<[], R> {
    return super.RULE(name, () => {
      const first = this.taken.length;
      try {
        return body();
      } finally {
        this.taken.push(nodeFrom(name, this.taken.splice(first)));
      }
    });
  }

  // The numbers of `CONSUME` in the grammar; those of other methods do not affect the tree.

  protected override CONSUME(type: TokenType, options?: ConsumeMethodOpts): IToken {
    return this.took(super.CONSUME(type, options));
  }

  protected override CONSUME2(type: TokenType, options?: ConsumeMethodOpts): IToken {
    return this.took(super.CONSUME2(type, options));
  }

  protected override CONSUME3(type: TokenType, options?: ConsumeMethodOpts): IToken {
    return this.took(super.CONSUME3(type, options));
  }

  protected override CONSUME4(type: TokenType, options?: ConsumeMethodOpts): IToken {
    return this.took(super.CONSUME4(type, options));
  }

  protected override CONSUME5(type: TokenType, options?: ConsumeMethodOpts): IToken {
    return this.took(super.CONSUME5(type, options));
  }

  private took(token: IToken): IToken {
    this.taken.push(token);
    return token;
  }
}
