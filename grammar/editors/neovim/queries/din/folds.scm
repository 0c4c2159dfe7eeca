; Made by grammar/editors/tree-sitter-queries.ts from the token table; a test holds it to that.

[(features) (history) (block) (type) (names) (net) (train) (tune) (variant) (operand) (index) (list) (lambda) (body) (call) (options) (let) (layer) (predict) (output) (loss)] @fold
(import)+ @fold
(comment)+ @fold
(doc_comment)+ @fold
