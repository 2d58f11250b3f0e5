-- Tells the room that a member is writing; stores nothing. KEYS: 1 meta, 2 members, 3 channel.
-- ARGV: 1 room id, 2 publish command, 3 user, 4 user as JSON. Answers {error code} or {'told'}.
-- include text
-- include room
if redis.call('EXISTS', KEYS[1]) == 0 then return { 'ROOM_NOT_FOUND' } end
if redis.call('SISMEMBER', KEYS[2], ARGV[3]) == 0 then return { refuse_stranger(KEYS[1]) } end
redis.call(ARGV[2], KEYS[3], '{"type":"typing","roomId":"' .. ARGV[1] .. '","userId":' .. ARGV[4] .. '}')
return { 'told' }
