-- A page of the log for a member, and where the room stands at that moment.
-- KEYS: 1 meta, 2 members, 3 log. ARGV: 1 user, 2 from seq, 3 to seq or '+', 4 count, 5 'up' (oldest first) or 'down'.
-- Answers {error code} or {'page', epoch, gens, seq, oldest id, entries}.
-- include text
-- include room
local room = load_room(KEYS[1])
if not room then return { 'ROOM_NOT_FOUND' } end
if redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 0 then return { refuse_stranger(KEYS[1]) } end
local oldest = redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)[1]
local entries
if ARGV[5] == 'up' then
  entries = redis.call('XRANGE', KEYS[3], ARGV[2], ARGV[3], 'COUNT', ARGV[4])
else
  entries = redis.call('XREVRANGE', KEYS[3], ARGV[3], ARGV[2], 'COUNT', ARGV[4])
end
return { 'page', room.epoch, room.gens, num(room.seq), oldest and oldest[1] or '0-0', entries }
