--- From a document's URI, as a batch has it, to the buffer that it is about.

local M = {}

--- A batch may name files of the project by their path in it.
---@param uri string
---@param folder string the folder at which relative URIs start
---@return string
function M.absolute(uri, folder)
  if uri:match('^%a[%w+.-]+:') then
    return uri
  end
  return vim.uri_from_fname(vim.fs.joinpath(folder, vim.uri_decode(uri)))
end

--- The buffer of the document, under whatever name the file has there. It need not be loaded.
---@param uri string
---@param folder string
---@return integer
function M.buffer(uri, folder)
  return vim.uri_to_bufnr(M.absolute(uri, folder))
end

--- What a person calls the document: its path in the folder, or the whole URI.
---@param uri string
---@param folder string
---@return string
function M.name(uri, folder)
  local absolute = M.absolute(uri, folder)
  if not vim.startswith(absolute, 'file:') then
    return uri
  end
  local path = vim.uri_to_fname(absolute)
  local start = folder .. '/'
  return vim.startswith(path, start) and path:sub(#start + 1) or path
end

return M
