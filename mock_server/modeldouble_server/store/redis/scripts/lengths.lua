-- prefix, keys; gives of each log how many entries it had, and how many are kept.
local found = {}
for at = 2, #ARGV do
  local name = prefix .. 'l:' .. ARGV[at]
  local newest = redis.call('XREVRANGE', name, '+', '-', 'COUNT', 1)[1]
  found[#found + 1] = newest and tonumber(string.sub(newest[1], 3)) or 0
  found[#found + 1] = redis.call('XLEN', name)
end
return found
