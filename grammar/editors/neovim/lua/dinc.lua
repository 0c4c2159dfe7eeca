-- Starts dinc's language server for specs and for `dinc.yaml`; `require("dinc").setup()` in your init.lua. Works with the
-- client that Neovim has built in, from 0.7 on. Colours are tree-sitter's where `parser/din.so` is, else those of `syntax/`.

local M = {}

--- The folder above `path` that has one of `names` in it, else that of the file.
local function folder_with(path, names)
  local folder = vim.fn.fnamemodify(path, ":p:h")
  local above = folder
  while true do
    for _, name in ipairs(names) do
      local found = above .. "/" .. name
      if vim.fn.isdirectory(found) == 1 or vim.fn.filereadable(found) == 1 then
        return above
      end
    end
    local next = vim.fn.fnamemodify(above, ":h")
    if next == above then
      return nil
    end
    above = next
  end
end

--- The workspace's own dinc, else the one in PATH; nil where there is none.
local function command_for(path)
  local program = "node_modules/.bin/dinc" .. (vim.fn.has("win32") == 1 and ".cmd" or "")
  local folder = folder_with(path, { program })
  if folder ~= nil then
    return { folder .. "/" .. program, "lsp", "--stdio" }
  end
  if vim.fn.executable("dinc") == 1 then
    return { "dinc", "lsp", "--stdio" }
  end
  return nil
end

--- Clients by workspace and command, for a Neovim that does not find them itself.
local started = {}

--- As `vim.lsp.start`, which Neovim has from 0.8 on: one client for a workspace.
local function start(config, buffer)
  if vim.lsp.start ~= nil then
    return vim.lsp.start(config, { bufnr = buffer })
  end
  local key = config.root_dir .. "\n" .. table.concat(config.cmd, "\n")
  local client = started[key]
  if client == nil or vim.lsp.client_is_stopped(client) then
    client = vim.lsp.start_client(config)
    started[key] = client
  end
  if client ~= nil then
    vim.lsp.buf_attach_client(buffer, client)
  end
  return client
end

local warned = false

--- Starts the server for a buffer, or attaches it to the one of its workspace; gives the client's id.
--- `options`: what `vim.lsp.start` takes, such as `cmd`, `root_dir` and `on_attach`.
function M.start(buffer, options)
  if buffer == nil or buffer == 0 then
    buffer = vim.api.nvim_get_current_buf()
  end
  local path = vim.api.nvim_buf_get_name(buffer)
  if path == "" then
    path = vim.fn.getcwd() .. "/untitled.din"
  end
  local config = vim.tbl_extend("force", {
    name = "dinc",
    cmd = command_for(path),
    root_dir = folder_with(path, { ".git", "node_modules" }) or vim.fn.fnamemodify(path, ":p:h"),
  }, options or {})
  if config.cmd == nil then
    if not warned then
      warned = true
      vim.notify("dinc is not installed: npm install dinc", vim.log.levels.WARN)
    end
    return nil
  end
  return start(config, buffer)
end

--- Shows a spec by tree-sitter, from Neovim 0.9 on and where the parser is in the 'runtimepath'.
local function highlight(buffer)
  if vim.treesitter.start ~= nil and #vim.api.nvim_get_runtime_file("parser/din.*", false) > 0 then
    vim.treesitter.start(buffer, "din")
  end
end

--- Starts the server wherever a spec or a `dinc.yaml` is opened. `options` as for `start`.
function M.setup(options)
  local group = vim.api.nvim_create_augroup("dinc", { clear = true })
  vim.api.nvim_create_autocmd("FileType", {
    group = group,
    pattern = { "din", "yaml" },
    callback = function(event)
      local name = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(event.buf), ":t")
      if vim.bo[event.buf].filetype == "din" then
        highlight(event.buf)
      end
      if vim.bo[event.buf].filetype == "din" or name == "dinc.yaml" then
        M.start(event.buf, options)
      end
    end,
  })
end

return M
