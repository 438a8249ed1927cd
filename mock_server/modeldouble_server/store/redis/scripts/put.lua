-- prefix, key, value, milliseconds or ''
write('v:' .. ARGV[2], ARGV[3], ARGV[4])
