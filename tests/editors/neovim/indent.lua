-- Indents every spec in $FOLDER whose lines have lost their blanks, and types each as well. The results have `.indented` and
-- `.typed` after their names.

local folder = os.getenv("FOLDER")

local function written(buffer, name)
  vim.fn.writefile(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), name)
end

for _, name in ipairs(vim.fn.glob(folder .. "/*.din", true, true)) do
  vim.cmd("edit " .. name)
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\r")
  vim.cmd("normal! gg=G")
  written(0, name .. ".indented")
  vim.cmd("enew!")
  vim.bo.filetype = "din"
  -- A comment's next line would begin with `//` twice: the text has its own.
  vim.bo.formatoptions = ""
  vim.api.nvim_feedkeys("i" .. text .. "\27", "ntx", true)
  written(0, name .. ".typed")
end
vim.cmd("qa!")
