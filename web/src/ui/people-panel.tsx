/** Who is in the room, and how to bring others in: a pane beside the conversation, a sheet on a phone. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { App } from '../model/app.ts';
import type { Conversation, MemberView } from '../model/conversation.ts';
import { AskButton } from './ask-button.tsx';
import { Avatar, PersonName } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { CopyLink, QrCode } from './invite.tsx';
import { RemoveMember } from './remove-member.tsx';
import { SettingsButton } from './settings-button.tsx';

/** What it needs. `isOpen` and `close` are the sheet's. */
export type PeoplePanelProps = {
  app: App;
  conversation: Conversation;
  isOpen: boolean;
  close(): void;
  openSettings(): void;
};

/** See the file's sentence. */
export function PeoplePanel({ app, conversation, isOpen, close, openSettings }: PeoplePanelProps) {
  const texts = app.preferences.texts.value;
  const closer = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isOpen) closer.current?.focus();
  }, [isOpen]);
  return (
    <aside class="people" id="people" aria-label={texts.members}>
      <header>
        <h2>{texts.members}</h2>
        <button type="button" class="icon-button sheet-only" ref={closer} aria-label={texts.close} onClick={close}>
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
        <AskButton
          texts={texts}
          label={texts.leave}
          question={texts.leaveAsk}
          yes={texts.leaveYes}
          busy={texts.leaving}
          act={app.leave}
        />
        <SettingsButton texts={texts} open={openSettings} isPhoneOnly />
      </footer>
    </aside>
  );
}

function MemberList({ app, conversation }: { app: App; conversation: Conversation }) {
  const texts = app.preferences.texts.value;
  const members = conversation.members.value;
  const hidden = conversation.counts.value.members - members.length;
  const asked = useSignal<string | null>(null);
  return (
    <ul class="members">
      {members.map((member) => (
        <MemberLine
          key={member.userId}
          app={app}
          conversation={conversation}
          member={member}
          isAsked={asked.value === member.userId}
          ask={(isAsked) => {
            asked.value = isAsked ? member.userId : null;
          }}
        />
      ))}
      {hidden > 0 && <li class="more">{texts.moreMembers(hidden)}</li>}
    </ul>
  );
}

type MemberLineProps = {
  app: App;
  conversation: Conversation;
  member: MemberView;
  isAsked: boolean;
  ask(isAsked: boolean): void;
};

function MemberLine({ app, conversation, member, isAsked, ask }: MemberLineProps) {
  const texts = app.preferences.texts.value;
  const { userId, isOnline, isMe } = member;
  return (
    <li class={isOnline ? 'online' : 'offline'}>
      <span class="avatar-place">
        <Avatar name={userId} />
        <span class="dot" aria-hidden="true" />
      </span>
      <span class="member-name">
        <PersonName name={userId} />
      </span>
      {isMe && <span class="me">{texts.me}</span>}
      <span class="visually-hidden">{isOnline ? texts.online : texts.offline}</span>
      {conversation.isCreator.value && !isMe && (
        <button
          type="button"
          class="icon-button remove"
          aria-label={texts.removeMember(userId)}
          title={texts.removeMember(userId)}
          aria-expanded={isAsked}
          onClick={() => ask(!isAsked)}
        >
          <Icon name="remove" />
        </button>
      )}
      {isAsked && <RemoveMember app={app} conversation={conversation} userId={userId} cancel={() => ask(false)} />}
    </li>
  );
}
