/** The wire contract of C2C: everything a client, a test or a load generator may know of the server. */
export * from './closes.ts';
export * from './entities.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './limits.ts';
export * from './names.ts';
export * from './position.ts';
export * from './roster-view.ts';
export * from './schemas.ts';
