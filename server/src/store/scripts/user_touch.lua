-- Renews sessions, not presence. Arguments a user: sid, 1 if the session may be made anew.
-- Answers `renewed`, `created`, `expired`, or `again`: first write the user's hint, then run this with 1.
-- include text
-- include user
return each_user(2, function(user, sid, may_create)
  if user.sid and user.sid ~= sid then return answer(user, 'expired') end
  local is_new = not user.sid
  if is_new and may_create ~= '1' then return answer(user, 'again') end
  if is_new then
    if is_certain and latest_deadline(user) <= now_ms then end_memberships(user, 'expired') end
    create_session(user, sid, '1')
  end
  redis.call('HSET', user.session, 'used', '1')
  redis.call('PEXPIRE', user.session, SESSION_TTL)
  redis.call('PEXPIRE', user.conns, SESSION_TTL)
  return answer(user, is_new and 'created' or 'renewed')
end)
