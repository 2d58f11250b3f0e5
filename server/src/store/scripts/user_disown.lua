-- Members of a room that may not stand in their own lists. Arguments a user: room. Answers `stray`, with the revision by which the
-- membership may be ended (an `enter` to come is newer), `listed`, or `unsure`: Redis may have been away.
-- include text
-- include user
return each_user(1, function(user, room)
  if not is_certain then return answer(user, 'unsure') end
  if redis.call('SISMEMBER', user.rooms, room) == 1 then return answer(user, 'listed') end
  raise(user)
  if user.sid then redis.call('HSET', user.session, 'rev', num(user.revision)) end
  return answer(user, 'stray')
end)
