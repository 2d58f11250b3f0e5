-- Joins were refused. Arguments a user: room, revision that `user_enter` answered. Answers `forgotten`, or `kept` where
-- another join of the same user, on another tab, may have made a member.
-- include text
-- include user
return each_user(2, function(user, room, revision)
  local others = {}
  for _, entered in ipairs(enters_of(user, room)) do
    if entered ~= revision then others[#others + 1] = entered end
  end
  if #others == 0 then
    forget_room(user, room)
    return answer(user, 'forgotten')
  end
  redis.call('HSET', user.session, 'enters:' .. room, table.concat(others, ' '))
  return answer(user, 'kept')
end)
