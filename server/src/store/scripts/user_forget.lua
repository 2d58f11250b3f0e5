-- Rooms are gone. Arguments a user: room, `sure` or `unsure`. Answers `forgotten`, or `kept`.
-- include text
-- include user
return each_user(2, function(user, room, certainty)
  if certainty == 'unsure' and is_entering(user, room) then return answer(user, 'kept') end
  forget_room(user, room)
  return answer(user, 'forgotten')
end)
