// A chevrotain parser that builds the tree of `cst.ts` from what its rules take. Chevrotain's own tree costs several times
// as much to build and to read: a dictionary for each node, and children sorted by rule instead of by place.

import {
  type ConsumeMethodOpts,
  EmbeddedActionsParser,
  type IToken,
  type ParserMethod,
  type TokenType,
} from "./chevrotain.mjs";
import { addToken, type CstNode, emptyNode, extendTo } from "./cst.ts";

export abstract class TreeParser extends EmbeddedActionsParser {
  /** Of the rule being read; at first what the tree will be the only child of. */
  private node = emptyNode("");

  /** What `rule` takes of the input; the error that it throws, where it cannot recover. */
  protected treeOf(rule: ParserMethod<[], unknown>): CstNode {
    const root = emptyNode("");
    this.node = root;
    rule.call(this);
    return root.children[0] as CstNode;
  }

  protected override RULE<R>(name: string, body: () => R): ParserMethod<[], R> {
    return super.RULE(name, () => {
      const outer = this.node;
      const node = emptyNode(name);
      outer.children.push(node);
      this.node = node;
      try {
        return body();
      } finally {
        extendTo(outer, node);
        this.node = outer;
      }
    });
  }

  // The numbers of `CONSUME` that the grammar has; those of other methods make no difference to the tree.

  protected override CONSUME(type: TokenType, options?: ConsumeMethodOpts): IToken {
    return this.took(super.CONSUME(type, options));
  }

  protected override CONSUME2(type: TokenType, options?: ConsumeMethodOpts): IToken {
    return this.took(super.CONSUME2(type, options));
  }

  protected override CONSUME3(type: TokenType, options?: ConsumeMethodOpts): IToken {
    return this.took(super.CONSUME3(type, options));
  }

  private took(token: IToken): IToken {
    addToken(this.node, token);
    return token;
  }
}
