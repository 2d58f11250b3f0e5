/** Kinds of settings: schemas that also carry what a person must know of them. */
import { Type } from 'typebox';

/**
 * What a setting's schema says beside type, default and range. `description` is Markdown, one paragraph; `form` tells a
 * text's shape; `byLauncher`: `npm start` sets it; `isSecret`: its value is shown nowhere.
 */
export type SettingNotes = {
  description: string;
  unit?: string;
  form?: string;
  byLauncher?: boolean;
  isSecret?: boolean;
};

type Options = Omit<SettingNotes, 'description'> & { pattern?: string; minLength?: number };
type Range = { minimum?: number; maximum?: number };

/** A text; without a default it must be given. */
export const text = (fallback: string | undefined, description: string, options: Options = {}) =>
  Type.String({ ...(fallback === undefined ? {} : { default: fallback }), description, ...options });

/** A duration in seconds, up to a month unless told otherwise. */
export const seconds = (fallback: number, description: string, range: Range = {}) =>
  Type.Number({ default: fallback, description, unit: 'seconds', minimum: 0.1, maximum: 86_400 * 30, ...range });

/** A duration in milliseconds, up to an hour unless told otherwise. */
export const millis = (fallback: number, description: string, range: Range = {}) =>
  Type.Integer({ default: fallback, description, unit: 'milliseconds', minimum: 1, maximum: 3_600_000, ...range });

/** So many a second. */
export const rate = (fallback: number, description: string) =>
  Type.Number({ default: fallback, description, unit: 'a second', minimum: 0.1 });

/** A whole number. */
export const count = (range: Range & { default: number }, description: string, notes: Omit<Options, 'pattern'> = {}) =>
  Type.Integer({ ...range, description, ...notes });

/** One of a few words. */
export const oneOf = <Word extends string>(words: readonly Word[], fallback: Word, description: string) =>
  Type.Union(
    words.map((word) => Type.Literal(word)),
    { default: fallback, description },
  );

/** A switch. */
export const onOff = (fallback: 'on' | 'off', description: string) =>
  Type.Union([Type.Literal('on'), Type.Literal('off')], { default: fallback, description });
