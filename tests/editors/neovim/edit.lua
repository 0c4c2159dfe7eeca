-- Edits the specs in $FOLDER with Neovim's own language client as an author would, and writes what
-- it saw to $FOLDER/seen.json. The server is $DINC, run by $NODE.

vim.opt.hidden = true

local folder = os.getenv("FOLDER")
local seen = {}

require("dinc").setup({ cmd = { os.getenv("NODE"), os.getenv("DINC"), "lsp", "--stdio" } })

local function lines()
  return vim.api.nvim_buf_get_lines(0, 0, -1, false)
end

local function errors()
  return vim.diagnostic.get(0, { severity = vim.diagnostic.severity.ERROR })
end

local function wait_for(what, condition)
  assert(vim.wait(20000, condition, 20), "waited in vain for " .. what)
end

--- Puts the cursor on the first `text` of the buffer, and gives its place for the protocol.
local function go_to(text)
  vim.fn.cursor(1, 1)
  assert(vim.fn.search("\\V" .. text, "cW") > 0, text)
  return vim.lsp.util.make_position_params(0, "utf-16")
end

local function ask(method, parameters)
  local answers = assert(vim.lsp.buf_request_sync(0, method, parameters, 20000))
  for _, answer in pairs(answers) do
    assert(answer.error == nil, vim.inspect(answer.error))
    return answer.result
  end
end

local function steps()
  vim.cmd("edit " .. folder .. "/model.din")
  seen.filetype = vim.bo.filetype
  seen.commentstring = vim.bo.commentstring

  if vim.treesitter.start ~= nil then
    seen.highlighted = vim.treesitter.highlighter.active[vim.api.nvim_get_current_buf()] ~= nil
    seen.captures = {}
    for _, capture in ipairs(vim.treesitter.get_captures_at_pos(0, 4, 22)) do
      table.insert(seen.captures, capture.capture)
    end
    vim.opt_local.foldmethod = "expr"
    vim.opt_local.foldexpr = "v:lua.vim.treesitter.foldexpr()"
    seen.folds = {}
    for line = 1, vim.fn.line("$") do
      table.insert(seen.folds, vim.treesitter.foldexpr(line))
    end
    for _, kind in ipairs({ "highlights", "folds", "indents", "locals" }) do
      assert(vim.treesitter.query.get("din", kind), kind)
    end
  end

  wait_for("diagnostics", function()
    return #errors() > 0
  end)
  local found = errors()[1]
  seen.diagnostic = { line = found.lnum, column = found.col, code = found.code, source = found.source, message = found.message }

  vim.cmd("%s/item_ids/item_id/")
  wait_for("their end", function()
    return #errors() == 0
  end)

  local hover = ask("textDocument/hover", go_to("item_id : id"))
  seen.hover = hover.contents.value

  local place = go_to("tower(item_id)")
  local offered = ask("textDocument/completion", place)
  seen.completion = {}
  for _, item in ipairs(offered.items or offered) do
    table.insert(seen.completion, item.label)
  end

  seen.definition = ask("textDocument/definition", go_to("mlp"))

  go_to("tower(item_id)")
  vim.lsp.buf.rename("turret")
  local other = vim.fn.bufadd(folder .. "/blocks.din")
  wait_for("the other file's name", function()
    return vim.fn.bufloaded(other) == 1 and vim.api.nvim_buf_get_lines(other, 0, 1, false)[1]:find("turret") ~= nil
  end)
  seen.renamed = { lines(), vim.api.nvim_buf_get_lines(other, 0, -1, false) }

  if vim.lsp.buf.format ~= nil then
    vim.lsp.buf.format({ timeout_ms = 20000 })
  else
    vim.lsp.buf.formatting_sync(nil, 20000)
  end
  seen.formatted = lines()

  seen.clients = {}
  vim.cmd("edit " .. folder .. "/dinc.yaml")
  for _, name in ipairs({ "model.din", "blocks.din", "dinc.yaml" }) do
    local buffer = vim.fn.bufnr(folder .. "/" .. name)
    local clients = vim.lsp.get_clients and vim.lsp.get_clients({ bufnr = buffer }) or vim.lsp.buf_get_clients(buffer)
    seen.clients[name] = {}
    for _, client in pairs(clients) do
      table.insert(seen.clients[name], client.id)
    end
  end
end

local ok, problem = xpcall(steps, debug.traceback)
if not ok then
  seen.problem = problem
end
local file = assert(io.open(folder .. "/seen.json", "w"))
file:write(vim.fn.json_encode(seen))
file:close()
vim.cmd("qa!")
