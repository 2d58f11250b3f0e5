/** What k6 puts into the scope of a script and its types leave out. */
declare const console: { warn(text: string): void };
