/** Who is in the room, and how to bring others in: a pane beside the conversation, a sheet on a phone. */
import { useSignal } from '@preact/signals';
import type { App } from '../model/app.ts';
import type { Conversation } from '../model/conversation.ts';
import { Avatar, PersonName } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { CopyLink, QrCode } from './invite.tsx';
import { PreferencesBar } from './preferences-bar.tsx';

/** See the file's sentence. */
export function PeoplePanel({ app, conversation, close }: { app: App; conversation: Conversation; close(): void }) {
  const texts = app.preferences.texts.value;
  return (
    <aside class="people" id="people" aria-label={texts.members}>
      <header>
        <h2>{texts.members}</h2>
        <button type="button" class="icon-button sheet-only" aria-label={texts.close} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <MemberList app={app} conversation={conversation} />
      <section class="invite" aria-label={texts.invite}>
        <QrCode text={app.inviteLink.value} label={texts.qrLabel} />
        <p>{texts.scanHint}</p>
        <div class="sheet-only copy">
          <CopyLink app={app} isPrimary={false} />
        </div>
      </section>
      <footer>
        <PreferencesBar app={app} />
        <LeaveButton app={app} />
      </footer>
    </aside>
  );
}

function MemberList({ app, conversation }: { app: App; conversation: Conversation }) {
  const texts = app.preferences.texts.value;
  const members = conversation.members.value;
  const hidden = conversation.counts.value.members - members.length;
  return (
    <ul class="members">
      {members.map(({ userId, isOnline, isMe }) => (
        <li key={userId} class={isOnline ? 'online' : 'offline'}>
          <span class="avatar-place">
            <Avatar name={userId} />
            <span class="dot" aria-hidden="true" />
          </span>
          <span class="member-name">
            <PersonName name={userId} />
          </span>
          {isMe && <span class="me">{texts.me}</span>}
          <span class="visually-hidden">{isOnline ? texts.online : texts.offline}</span>
        </li>
      ))}
      {hidden > 0 && <li class="more">{texts.moreMembers(hidden)}</li>}
    </ul>
  );
}

function LeaveButton({ app }: { app: App }) {
  const isAsking = useSignal(false);
  const texts = app.preferences.texts.value;
  if (!isAsking.value) {
    return (
      <button type="button" class="button quiet" onClick={() => (isAsking.value = true)}>
        <Icon name="leave" />
        {texts.leave}
      </button>
    );
  }
  return (
    <fieldset class="ask" aria-label={texts.leave}>
      <p>{texts.leaveAsk}</p>
      <button type="button" class="button danger" onClick={() => void app.leave()}>
        {texts.leaveYes}
      </button>
      <button type="button" class="button" onClick={() => (isAsking.value = false)}>
        {texts.cancel}
      </button>
    </fieldset>
  );
}
