-- prefix, key, value, cap, milliseconds or ''. A log lives as long as the longest of its entries.
local name, milliseconds = 'l:' .. ARGV[2], ARGV[5]
local left = redis.call('PTTL', prefix .. name)
redis.call('XADD', prefix .. name, 'MAXLEN', '=', ARGV[4], '*', 'e', ARGV[3])
if milliseconds == '' then
  redis.call('PERSIST', prefix .. name)
elseif left == -2 or left >= 0 and left < tonumber(milliseconds) then
  redis.call('PEXPIRE', prefix .. name, milliseconds)
end
enter(name)
