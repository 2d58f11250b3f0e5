-- Moves or removes hints that nobody has written anew. KEYS: shards of presence:due.
-- ARGV, four a hint: index of its shard, user, score as it was taken, new score (0 removes).
for i = 1, #ARGV, 4 do
  local shard, user = KEYS[tonumber(ARGV[i])], ARGV[i + 1]
  local score = redis.call('ZSCORE', shard, user)
  if score and tonumber(score) == tonumber(ARGV[i + 2]) then
    if ARGV[i + 3] == '0' then
      redis.call('ZREM', shard, user)
    else
      redis.call('ZADD', shard, ARGV[i + 3], user)
    end
  end
end
return 'moved'
