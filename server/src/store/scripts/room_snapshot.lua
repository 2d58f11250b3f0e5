-- A room without changing it. KEYS: 1 meta, 2 members, 3 states, 4 reads, 5 log, 6 removed.
-- ARGV: 1 who looks ('' a stranger), or none: the server itself. Answers {} without a room, and to a viewer who is not in a
-- private one: then the members are not read, so that the time tells nothing of them either.
-- include text
-- include room
-- include snapshot
local room = load_room(KEYS[1])
if not room then return {} end
local viewer = ARGV[1]
local is_stranger = viewer and redis.call('SISMEMBER', KEYS[2], viewer) == 0
if is_stranger and refuse_stranger(KEYS[1]) == 'ROOM_NOT_FOUND' then return {} end
return snapshot(room, { meta = KEYS[1], members = KEYS[2], states = KEYS[3], reads = KEYS[4], log = KEYS[5], removed = KEYS[6] })
