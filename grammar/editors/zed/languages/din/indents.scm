; Made by grammar/editors/tree-sitter-queries.ts from the token table; a test holds it to that.

(_ "(" ")" @end) @indent
(_ "[" "]" @end) @indent
(_ "{" "}" @end) @indent
