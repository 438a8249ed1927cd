-- prefix, key, counter, counter beside, where that must stand, then of each claim: key, times or '', last or '', first,
-- chosen. Gives value, both counters, 1 if the call was counted, who takes it (from 1; 0: nobody), and of each claim calls
-- and taken. The same as `claimed` of claiming.py.
local value = redis.call('GET', prefix .. 'v:' .. ARGV[2])
local count = tonumber(redis.call('GET', prefix .. 'c:' .. ARGV[3]) or 0)
local beside = tonumber(redis.call('GET', prefix .. 'c:' .. ARGV[4]) or 0)
local counted, taker, before, after = beside == tonumber(ARGV[5]), 0, {}, {}
for at = 6, #ARGV, 5 do
  local name, chosen = 'c:' .. ARGV[at], ARGV[at + 4]
  local calls = tonumber(redis.call('GET', prefix .. name .. '#calls') or 0)
  local taken = tonumber(redis.call('GET', prefix .. name .. '#taken') or 0)
  local times, last = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  before[#before + 1] = calls
  before[#before + 1] = taken
  if not (times and taken >= times or last and calls >= last) then
    calls = calls + 1
    local takes = taker == 0
    if takes and chosen ~= '' then
      local place = calls - tonumber(ARGV[at + 3]) + 1
      if place < 1 or place > #chosen then counted = false end
      takes = string.sub(chosen, place, place) == '1'
    end
    if takes then
      taker, taken = (at - 1) / 5, taken + 1
    end
  end
  after[#after + 1] = calls
  after[#after + 1] = taken
end
if not counted then return {value, count, beside, 0, 0, unpack(before)} end
local free = true
for at, moved in ipairs(after) do
  if moved > before[at] then
    -- As in `take`: two small counters for each order, which a full Redis does not refuse.
    if free then redis.call('PERSIST', hand) end
    free = false
    write('c:' .. ARGV[6 + math.floor((at - 1) / 2) * 5] .. (at % 2 == 1 and '#calls' or '#taken'), whole(moved), '')
  end
end
return {value, count, beside, 1, taker, unpack(after)}
