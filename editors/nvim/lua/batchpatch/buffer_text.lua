--- A buffer's text as Neovim reports it to servers and writes it to files.

local terminators = { unix = '\n', dos = '\r\n', mac = '\r' }

---@param bufnr integer
---@return string
return function(bufnr)
  local terminator = terminators[vim.bo[bufnr].fileformat]
  local text = table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, true), terminator)
  return vim.bo[bufnr].endofline and text .. terminator or text
end
