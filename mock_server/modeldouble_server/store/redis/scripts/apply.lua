-- prefix, 1 if anything grows (2: by less than is forgotten), then for each of absent, same, lasting, delete, put, add,
-- least: how many, and these, a key with what belongs to it.
local at = 1
local function take()
  at = at + 1
  return ARGV[at]
end

local growth = take()
for _ = 1, tonumber(take()) do
  if redis.call('EXISTS', prefix .. 'v:' .. take()) == 1 then return 0 end
end
for _ = 1, tonumber(take()) do
  local key = take()
  if redis.call('GET', prefix .. 'v:' .. key) ~= take() then return 0 end
end
local lasting = {}
for _ = 1, tonumber(take()) do
  local key = prefix .. 'v:' .. take()
  if redis.call('EXISTS', key) == 0 then return 0 end
  lasting[#lasting + 1] = key
end
-- Changes nothing, but is refused by a full Redis, which after a deletion would let all that follows pass.
if growth == '1' then redis.call('SETRANGE', hand, 0, '') end
-- As in `take`: what comes after it is not refused.
if growth == '2' then redis.call('PERSIST', hand) end
for _, key in ipairs(lasting) do redis.call('PERSIST', key) end
for _ = 1, tonumber(take()) do forget_all_kinds(take()) end
for _ = 1, tonumber(take()) do
  local key = take()
  write('v:' .. key, take(), '')
end
for _ = 1, tonumber(take()) do
  local name = 'c:' .. take()
  write(name, whole(tonumber(redis.call('GET', prefix .. name) or 0) + tonumber(take())), '')
end
for _ = 1, tonumber(take()) do
  local name = 'c:' .. take()
  write(name, whole(math.max(tonumber(redis.call('GET', prefix .. name) or 0), tonumber(take()))), '')
end
return 1
