-- Leases names to sessions. Arguments a user: sid. Answers `claimed`, `taken` or `inherited`.
-- include text
-- include user
return each_user(1, function(user, sid)
  if user.sid == sid then return answer(user, 'claimed') end
  if user.used == '1' or latest_deadline(user) > now_ms then return answer(user, 'taken') end
  -- After Redis was away a name may look lapsed although its owner is there.
  if not is_certain and (user.sid or has_rooms(user)) then return answer(user, 'taken') end
  redis.call('DEL', user.presence, user.session, user.conns)
  if has_rooms(user) then
    end_memberships(user, 'expired')
    return answer(user, 'inherited')
  end
  redis.call('DEL', user.pending)
  create_session(user, sid, '0')
  add_connection(user, 'claim')
  change_status(user, 'online')
  return answer(user, 'claimed')
end)
