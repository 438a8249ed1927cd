-- prefix, key
return forget_all_kinds(ARGV[2])
