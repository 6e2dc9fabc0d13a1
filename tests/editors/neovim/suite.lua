-- Runs inside Neovim (`nvim --clean --headless -n -l suite.lua CONFIG WORKSPACE SERVER…`) with the real server and the
-- echo model. CONFIG is a configuration folder that holds lsp/sleeptime.lua, the file that the README speaks of. One line a test; the exit code says whether all passed.
local config, workspace = arg[1], arg[2]
local PATIENCE_MS = 30000

vim.opt.runtimepath:prepend(config)
vim.lsp.config('sleeptime', {
  cmd = { unpack(arg, 3) },
  init_options = { model = { name = 'echo' }, sleep = { consent = 'no' } },
})
vim.lsp.enable('sleeptime')

local function eventually(what, check)
  assert(vim.wait(PATIENCE_MS, check, 20), 'waited in vain for ' .. what)
end

local function client() return vim.lsp.get_clients({ name = 'sleeptime' })[1] end

--- Puts the cursor on the first character of `needle`.
local function go(needle)
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  assert(vim.fn.search('\\V' .. needle, 'cW') > 0, needle .. ' is not in the buffer')
end

--- The text of the floating window, or nil.
local function floating()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, true), '\n')
    end
  end
end

local function close_floating()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then vim.api.nvim_win_close(window, true) end
  end
end

local function hover(needle)
  go(needle)
  vim.lsp.buf.hover()
  eventually('a hover on ' .. needle, floating)
  return floating()
end

--- Asks through the command, answering its menu with `choice` and its prompt with `typed`.
local function ask(choice, typed)
  vim.ui.select = function(items, _, on_choice) on_choice(items[choice == 'last' and #items or choice]) end
  vim.ui.input = function(_, on_confirm) on_confirm(typed) end
  go('make_card(name)')
  vim.cmd.SleeptimeAsk()
  eventually('an answer', floating)
  return floating()
end

local tests = {
  { 'the server starts for a Python file and speaks utf-8', function()
    vim.cmd.edit(workspace .. '/cards/post.py')
    eventually('the server', function() return client() and client().initialized end)
    assert(client().offset_encoding == 'utf-8', client().offset_encoding)
  end },
  { 'the server says what it is doing', function()
    eventually('a status', function() return vim.g.sleeptime_status end)
  end },
  { 'a hover on a known name holds its facts, once the repository is indexed', function()
    go('make_card(name)')
    eventually('an indexed repository', function()
      local params = vim.lsp.util.make_position_params(0, 'utf-8')
      local reply = client():request_sync('textDocument/hover', params, PATIENCE_MS, 0)
      return reply and reply.result and reply.result ~= vim.NIL
    end)
    assert(hover('make_card(name)'):find('make_card', 1, true))
  end },
  { 'a hover behind emoji and CJK on the same line is right', function()
    assert(hover('make_card("大家"'):find('make_card', 1, true))
  end },
  { 'a chosen question is answered in a floating window', function()
    assert(#ask(1, nil) > 0)
  end },
  { 'the questions offered are those that are answered about what the cursor is on', function()
    local offered
    vim.ui.select = function(items) offered = items end
    go('make_card(name)')
    vim.cmd.SleeptimeAsk()
    eventually('questions', function() return offered end)
    assert(offered[1].question:find('make_card', 1, true), vim.inspect(offered[1]))
    assert(offered[#offered].question == 'Something else…')
  end },
  { 'a typed question is answered in a floating window', function()
    assert(#ask('last', 'Why is there a party?') > 0)
  end },
  { 'a follow-up is understood from the answer before it', function()
    go('make_card(name)')
    vim.cmd('SleeptimeAsk What does make_card raise?')
    eventually('an answer', floating)
    vim.ui.select = function(items, _, on_choice) on_choice(items[#items]) end
    vim.ui.input = function(_, on_confirm) on_confirm('and who calls it?') end
    local first = floating()
    vim.api.nvim_feedkeys('gr', 'x', false)
    eventually('another answer', function() return floating() and floating() ~= first end)
    assert(floating():find('called', 1, true) or floating():find('calls', 1, true), floating())
  end },
  { 'a question on the command line is answered, with emoji before the cursor', function()
    go('make_card("大家"')
    vim.cmd('SleeptimeAsk What does this do?')
    eventually('an answer', floating)
  end },
  { 'this module is explained', function()
    vim.cmd.SleeptimeExplain()
    eventually('an explanation', floating)
  end },
  { 'a code lens counts the answers', function()
    eventually('a lens', function()
      vim.lsp.codelens.refresh({ bufnr = 0 })
      vim.wait(200)
      local lenses = vim.lsp.codelens.get(0)
      return #lenses > 0 and lenses[1].command and lenses[1].command.title == '1 answer'
    end)
  end },
  { 'the server is told when the window is focused', function()
    local told
    client().notify = function(_, method) told = method end
    vim.api.nvim_exec_autocmds('FocusGained', {})
    client().notify = nil
    assert(told == 'sleeptime/focus', vim.inspect(told))
  end },
}

-- Each test stands on those before it, so the first failure ends the run.
local passed, complaint = true, nil
for _, test in ipairs(tests) do
  local name, body = unpack(test)
  passed, complaint = xpcall(body, debug.traceback)
  close_floating()
  print((passed and 'ok   ' or 'FAIL ') .. name .. (passed and '' or ': ' .. complaint) .. '\n')
  if not passed then break end
end
for _, running in ipairs(vim.lsp.get_clients()) do running:stop() end
vim.wait(2000, function() return #vim.lsp.get_clients() == 0 end)
os.exit(passed and 0 or 1)
