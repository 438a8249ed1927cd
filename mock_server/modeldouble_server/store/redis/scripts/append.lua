-- prefix, key, most entries, most bytes, milliseconds or '', values; gives the number of the last entry.
-- Entry n has the id 0-n; e is its value, h how many bytes the values up to it had together, also those that are gone.
-- A log lives as long as the longest of its entries.
local name, most, milliseconds = 'l:' .. ARGV[2], tonumber(ARGV[4]), ARGV[5]
local key, TOGETHER = prefix .. name, 100
local left, last, held = redis.call('PTTL', key), 0, 0

local function number_of(entry)
  return tonumber(string.sub(entry[1], 3))
end

local function too_much(entry)
  return number_of(entry) < last and held - tonumber(entry[2][4]) + #entry[2][2] > most
end

local newest = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
if newest then last, held = number_of(newest), tonumber(newest[2][4]) end
if #ARGV == 5 then return last end
for at = 6, #ARGV do
  last, held = last + 1, held + #ARGV[at]
  redis.call('XADD', key, '0-' .. whole(last), 'e', ARGV[at], 'h', whole(held))
end
redis.call('XTRIM', key, 'MAXLEN', ARGV[3])
-- Most often the oldest one may stay.
local look = 1
repeat
  local oldest, gone = redis.call('XRANGE', key, '-', '+', 'COUNT', look), 0
  while gone < #oldest and too_much(oldest[gone + 1]) do gone = gone + 1 end
  if gone > 0 then redis.call('XTRIM', key, 'MAXLEN', redis.call('XLEN', key) - gone) end
  look = TOGETHER
until gone < #oldest
if milliseconds == '' then
  redis.call('PERSIST', key)
elseif left == -2 or left >= 0 and left < tonumber(milliseconds) then
  redis.call('PEXPIRE', key, milliseconds)
end
enter(name)
return last
