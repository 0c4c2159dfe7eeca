; Made by grammar/editors/tree-sitter-queries.ts from the token table; a test holds it to that.

(doc_comment) @comment.doc
(comment) @comment
(number_literal) @number
(string_literal) @string
["<->" "↔" "|>" "->" "=>" "<=" ">=" "==" "!=" "<" ">" ".." "=" "+" "-" "*" "/"] @operator
["." "," ":"] @punctuation.delimiter
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["model" "import" "param" "features" "history" "label" "block" "net" "train" "tune" "variant" "from" "let" "layer" "predict" "output" "loss" "embed" "share"] @keyword
(model model: (identifier) @type)
(variant model: (identifier) @type)
(kind kind: (identifier) @type)
(label_kind kind: (identifier) @type)
(type type: (identifier) @type)
(type (expression (sum (operand !call name: (identifier) @type))))
(type (expression (sum (operand (expression (sum (operand !call name: (identifier) @type)))))))
(type (expression (sum (operand (expression (sum (operand (expression (sum (operand !call name: (identifier) @type))))))))))
(features scope: (identifier) @constant)
(param constant: (identifier) @constant)
(transform function: (identifier) @function)
(stage function: (identifier) @function)
(block function: (identifier) @function)
(layer function: (identifier) @function)
(operand name: (identifier) @function call: (call))
(binding property: (identifier) @property)
(setting property: (identifier) @property)
(range property: (identifier) @property)
(operand property: (identifier) @property)
(binding name: (identifier) @property . [":" "," ".."])
(parameter parameter: (identifier) @variable.parameter)
(lambda parameter: (identifier) @variable.parameter)
(argument parameter: (identifier) @variable.parameter)
