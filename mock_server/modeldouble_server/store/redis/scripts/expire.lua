-- prefix, key, milliseconds
for _, kind in ipairs(KINDS) do redis.call('PEXPIRE', prefix .. kind .. ARGV[2], ARGV[3]) end
