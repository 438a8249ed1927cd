-- Before every script. A key of Redis is prefix .. name, and a name is a kind (v: value, c: counter, l: log) and a key
-- of the store. The index has every name at score 0, which Redis then keeps in the order of their bytes.
local prefix = ARGV[1]
local index, hand = prefix .. 'index', prefix .. 'hand'
local KINDS, LOOKED_AT = {'v:', 'c:', 'l:'}, 4

local function whole(number)
  return string.format('%.0f', number)
end

-- Redis expires keys, but not their names: whoever adds a name looks at the next few for such that are left over, so
-- that the index stays within twice what is there.
local function enter(name)
  if redis.call('ZADD', index, 0, name) == 0 then return end
  local from = redis.call('GET', hand)
  local names = redis.call('ZRANGEBYLEX', index, from and '(' .. from or '-', '+', 'LIMIT', 0, LOOKED_AT)
  for _, one in ipairs(names) do
    if redis.call('EXISTS', prefix .. one) == 0 then redis.call('ZREM', index, one) end
  end
  if #names < LOOKED_AT then redis.call('DEL', hand) else redis.call('SET', hand, names[LOOKED_AT]) end
end

-- The first write of a script is one that a full Redis refuses, and those after it are not refused: all or nothing.
local function write(name, value, milliseconds)
  if milliseconds == '' then
    redis.call('SET', prefix .. name, value)
  else
    redis.call('SET', prefix .. name, value, 'PX', milliseconds)
  end
  enter(name)
end

local function forget(name)
  redis.call('ZREM', index, name)
  return redis.call('UNLINK', prefix .. name)
end

local function forget_all_kinds(key)
  local gone = 0
  for _, kind in ipairs(KINDS) do gone = gone + forget(kind .. key) end
  return gone
end
