/** A room: header, conversation, where one writes, and the people beside it (a sheet where there is no space). */
import type { App } from '../model/app.ts';
import type { Conversation } from '../model/conversation.ts';
import { Composer } from './composer.tsx';
import { Icon } from './icons.tsx';
import { CopyLink } from './invite.tsx';
import { MessageList } from './message-list.tsx';
import { PeoplePanel } from './people-panel.tsx';
import { nameOfRoom } from './room-name.ts';
import { type PeopleSheet, usePeopleSheet } from './use-people-sheet.ts';

/** See the file's sentence. */
export function RoomScreen({ app, conversation, openSettings }: RoomScreenProps) {
  const sheet = usePeopleSheet();
  const { isOpen, close } = sheet;
  return (
    <div class={isOpen ? 'room people-open' : 'room'}>
      <main class="room-main" inert={isOpen}>
        <RoomHeader app={app} conversation={conversation} sheet={sheet} />
        <MessageList app={app} conversation={conversation} />
        <Composer app={app} conversation={conversation} />
      </main>
      <button type="button" class="scrim" tabIndex={-1} aria-hidden="true" onClick={close} />
      <PeoplePanel app={app} conversation={conversation} isOpen={isOpen} close={close} openSettings={openSettings} />
    </div>
  );
}

/** What it needs. */
export type RoomScreenProps = { app: App; conversation: Conversation; openSettings(): void };

type HeaderProps = { app: App; conversation: Conversation; sheet: PeopleSheet };

function RoomHeader({ app, conversation, sheet }: HeaderProps) {
  const texts = app.preferences.texts.value;
  const { members, online } = conversation.counts.value;
  const name = nameOfRoom({ title: conversation.title.value, people: conversation.people.value }, texts);
  return (
    <header class="room-header">
      <button type="button" class="icon-button phone-only" aria-label={texts.back} onClick={() => app.go('/')}>
        <Icon name="back" />
      </button>
      <div class="room-title">
        <h1>
          <bdi>{name}</bdi>
        </h1>
        <p>{members > 0 ? texts.peopleCount(members, online) : texts.connecting}</p>
      </div>
      <CopyLink app={app} isPrimary={false} />
      <button
        type="button"
        class="icon-button sheet-only"
        ref={sheet.opener}
        aria-label={texts.members}
        aria-expanded={sheet.isOpen}
        aria-controls="people"
        onClick={sheet.open}
      >
        <Icon name="people" />
      </button>
    </header>
  );
}
