-- A room without changing it. KEYS: 1 meta, 2 members, 3 states, 4 reads, 5 log. Answers {} without a room.
-- include text
-- include room
-- include snapshot
local room = load_room(KEYS[1])
if not room then return {} end
return snapshot(room, { meta = KEYS[1], members = KEYS[2], states = KEYS[3], reads = KEYS[4], log = KEYS[5] })
