-- Asked which highlight groups places of texts have: reads $FOLDER/asked.json, writes groups.json beside it.

vim.opt.runtimepath:append(os.getenv("PLUGIN"))
vim.cmd("syntax on")

local folder = os.getenv("FOLDER")
local function read(path)
  local file = assert(io.open(path))
  local text = file:read("*a")
  file:close()
  return text
end

local groups = {}
for i, asked in ipairs(vim.fn.json_decode(read(folder .. "/asked.json"))) do
  vim.cmd("enew!")
  vim.api.nvim_buf_set_lines(0, 0, -1, false, asked.lines)
  vim.bo.filetype = "din"
  groups[i] = {}
  for _, places in ipairs(asked.places) do
    local found = {}
    for _, place in ipairs(places) do
      local id = vim.fn.synID(place[1], place[2], 1)
      table.insert(found, vim.fn.synIDattr(id, "name"))
    end
    table.insert(groups[i], found)
  end
end

local file = assert(io.open(folder .. "/groups.json", "w"))
file:write(vim.fn.json_encode(groups))
file:close()
vim.cmd("qa!")
