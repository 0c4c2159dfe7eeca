; Made by grammar/editors/tree-sitter-queries.ts from the token table; a test holds it to that.

(doc_comment) @comment.line.documentation
(comment) @comment
(number_literal) @constant.numeric
(string_literal) @string
["<->" "↔" "|>" "->" "=>" "<=" ">=" "==" "!=" "<" ">" ".." "=" "+" "-" "*" "/"] @operator
["." "," ":"] @punctuation.delimiter
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["model" "import" "param" "features" "history" "label" "block" "net" "train" "tune" "variant" "from" "let" "layer" "predict" "output" "loss" "embed" "share"] @keyword
(model model: (identifier) @type)
(variant model: (identifier) @type)
(features scope: (identifier) @constant.builtin)
(kind kind: (identifier) @type.builtin)
(label_kind kind: (identifier) @type.builtin)
(type type: (identifier) @type.builtin)
((type (expression (sum (operand !call name: (identifier) @type.builtin)))) (#match? @type.builtin "^[A-Z]"))
((type (expression (sum (operand (expression (sum (operand !call name: (identifier) @type.builtin))))))) (#match? @type.builtin "^[A-Z]"))
((type (expression (sum (operand (expression (sum (operand (expression (sum (operand !call name: (identifier) @type.builtin)))))))))) (#match? @type.builtin "^[A-Z]"))
(transform function: (identifier) @function)
(stage function: (identifier) @function)
(block function: (identifier) @function)
(layer function: (identifier) @function)
(operand name: (identifier) @function call: (call))
(binding property: (identifier) @variable.other.member)
(setting property: (identifier) @variable.other.member)
(range property: (identifier) @variable.other.member)
(operand property: (identifier) @variable.other.member)
(binding name: (identifier) @variable.other.member . [":" "," ".."])
(parameter parameter: (identifier) @variable.parameter)
(lambda parameter: (identifier) @variable.parameter)
(argument parameter: (identifier) @variable.parameter)
(param constant: (identifier) @constant)
((type (expression (sum (operand !call name: (identifier) @type.parameter)))) (#not-match? @type.parameter "^[A-Z]"))
((type (expression (sum (operand (expression (sum (operand !call name: (identifier) @type.parameter))))))) (#not-match? @type.parameter "^[A-Z]"))
((type (expression (sum (operand (expression (sum (operand (expression (sum (operand !call name: (identifier) @type.parameter)))))))))) (#not-match? @type.parameter "^[A-Z]"))
