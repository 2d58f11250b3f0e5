/** What a picture is taken of: a scene that is played once in each language and then looked at in several ways. */
import type { Page } from 'playwright-core';
import type { Texts } from '../../src/i18n/ko.ts';
import type { Gate } from '../support/gate.ts';
import type { Guest } from '../support/guests.ts';
import type { Person } from '../support/person.ts';
import type { Words } from './words.ts';

/** What a scene is played on. All of it ends with the scene. */
export interface SceneStage {
  /** The cluster, by the way of `gate`. */
  readonly url: string;
  /** The cluster itself. */
  readonly clusterUrl: string;
  /** The cluster as it is for people from an address that is not trusted: limits count for them. */
  readonly strangersUrl: string;
  /** Its Redis, for what else would take hours to happen. */
  readonly redisUrl: string;
  /** The way of this scene's people with a page; guests have another. */
  readonly gate: Gate;
  readonly texts: Texts;
  readonly words: Words;
  /** The one whose page is looked at, and others where a scene needs them. */
  person(name: string): Promise<Person>;
  guests(link: string, names: readonly string[]): Promise<Guest[]>;
}

/** `looks` are all unless given. */
export type Scene = { name: string; looks?: readonly LookName[]; play(stage: SceneStage): Promise<Page> };

/** The ways to look at a page. */
export const LOOKS = {
  desktop: { width: 1280, height: 800, colorScheme: 'light' },
  'desktop-dark': { width: 1280, height: 800, colorScheme: 'dark' },
  tablet: { width: 820, height: 1180, colorScheme: 'light' },
  phone: { width: 390, height: 844, colorScheme: 'light' },
  'phone-dark': { width: 390, height: 844, colorScheme: 'dark' },
} as const;

/** One of them. */
export type LookName = keyof typeof LOOKS;

/** All, in the order in which they are shown. */
export const LOOK_NAMES = ['desktop', 'desktop-dark', 'tablet', 'phone', 'phone-dark'] as const;
