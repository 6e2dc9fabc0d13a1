-- Sleeptime for Neovim 0.11 or newer. Put this file into ~/.config/nvim/plugin/.
--   K                     hover, as with every language server
--   :SleeptimeAsk         choose or type a question; :SleeptimeAsk why is this here?   asks at once
--   :SleeptimeExplain     explain this module
-- vim.g.sleeptime_status holds what Sleeptime is doing, for a statusline.

vim.lsp.config('sleeptime', {
  cmd = { 'sleeptime', 'serve' },
  root_markers = { '.git' },
  filetypes = {
    'bash', 'c', 'cpp', 'cs', 'go', 'java', 'javascript', 'javascriptreact', 'markdown', 'php', 'python', 'rst', 'ruby', 'rust',
    'sh', 'typescript', 'typescriptreact',
  },
  handlers = {
    ['sleeptime/status'] = function(_, status) vim.g.sleeptime_status = status.state end,
  },
})
vim.lsp.enable('sleeptime')

--- Shows an answer in a floating window: `q` closes it, `gF` on a citation opens the file at that line.
local function show(failure, answer)
  if failure then return vim.notify(failure.message, vim.log.levels.ERROR) end
  local lines = vim.split(answer.markdown, '\n')
  for index, cited in ipairs(answer.evidence) do
    if index == 1 then vim.list_extend(lines, { '', '---', '' }) end
    table.insert(lines, ('%s:%d'):format(cited.path, cited.range.start.line + 1))
  end
  local _, window = vim.lsp.util.open_floating_preview(lines, 'markdown', { border = 'rounded', max_width = 88 })
  vim.api.nvim_set_current_win(window)
end

--- Has the server run one of its commands, with where the cursor is.
local function run(command, question)
  local client = vim.lsp.get_clients({ name = 'sleeptime', bufnr = 0 })[1]
  if not client then return vim.notify('Sleeptime does not run in this buffer.', vim.log.levels.WARN) end
  local cursor = vim.lsp.util.make_position_params(0, client.offset_encoding)
  local argument = { question = question, uri = cursor.textDocument.uri, position = question and cursor.position }
  client:request('workspace/executeCommand', { command = command, arguments = { argument } }, show)
end

local function ask(question)
  if question and question ~= '' then run('sleeptime.ask', question) end
end

vim.api.nvim_create_user_command('SleeptimeAsk', function(given)
  if given.args ~= '' then return ask(given.args) end
  local name, other = vim.fn.expand('<cword>'), 'Something else…'
  local questions = { 'What does ' .. name .. ' do?', 'Where is ' .. name .. ' used?', 'What is this file for?', other }
  vim.ui.select(questions, { prompt = 'Ask Sleeptime' }, function(chosen)
    if chosen == other then return vim.ui.input({ prompt = 'Question: ' }, ask) end
    ask(chosen)
  end)
end, { nargs = '*', desc = 'Ask Sleeptime about this code' })

vim.api.nvim_create_user_command('SleeptimeExplain', function() run('sleeptime.explainModule') end, {
  desc = 'Have Sleeptime explain this module',
})
