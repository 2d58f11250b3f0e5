/** Who may import whom, types included: the table of CONTRIBUTING.md as rules. `npm run check` runs it. */

const PROTOCOL = '^server/src/protocol/';
/** Ports, and the one error that every layer may raise. */
const CONTRACTS = '^server/src/service/([a-z-]*ports|chat-error)\\.ts$';

/** Regular expression for npm packages and their type declarations. */
const packages = (...names) => `^node_modules/(@types/)?(${names.join('|')})/`;
/** Regular expression for modules of Node. */
const node = (...names) => `^(node:)?(${names.join('|')})$`;

/** `module` of server/src may import itself and what is listed, nothing else. */
function layer(module, ...allowed) {
  const own = `^server/src/${module}/`;
  return {
    name: `${module.replace('/', '-')}-imports`,
    comment: `server/src/${module} imports more than its place allows (see "Who may import whom" in CONTRIBUTING.md)`,
    severity: 'error',
    from: { path: own },
    to: { pathNot: [own, ...allowed] },
  };
}

function never(name, comment, { from, to }) {
  return { name, comment, severity: 'error', from, to };
}

const TYPEBOX = packages('typebox');

module.exports = {
  forbidden: [
    never('no-cycles', 'Data goes round, imports do not; not even those of types', {
      from: {},
      to: { circular: true },
    }),
    never('no-unresolved', 'This import leads nowhere', { from: {}, to: { couldNotResolve: true } }),
    never('declared-packages', 'The package.json of this workspace does not list that package', {
      from: { pathNot: ['/(test|e2e|bench)/', '^[a-z]+/[a-z]+\\.config\\.ts$'] },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: '^(k6(/|$)|node_modules/@types/)' },
    }),

    layer('protocol', TYPEBOX),
    layer('service', PROTOCOL, TYPEBOX, node('crypto')),
    layer(
      'store',
      PROTOCOL,
      CONTRACTS,
      TYPEBOX,
      packages('ioredis', 'cockatiel', 'rate-limiter-flexible', 'unhomoglyph'),
      node('crypto', 'fs'),
    ),
    layer('bus', PROTOCOL, CONTRACTS, packages('ioredis')),
    layer('presence', PROTOCOL, CONTRACTS),
    layer(
      'errors',
      PROTOCOL,
      CONTRACTS,
      TYPEBOX,
      packages('pg', 'postgrator'),
      node('crypto', 'url', 'timers/promises'),
    ),
    layer('tokens', PROTOCOL, CONTRACTS, TYPEBOX, packages('jose')),
    layer('fanout', PROTOCOL, CONTRACTS, TYPEBOX),
    layer('ops', PROTOCOL, CONTRACTS, packages('pino', 'prom-client'), node('perf_hooks')),
    layer(
      'transport/socketio',
      PROTOCOL,
      SERVICE(),
      SHARED(),
      packages('socket\\.io[a-z-]*', 'engine\\.io[a-z-]*', '@socket\\.io', 'ws'),
      node('events', 'http', 'stream'),
    ),
    layer('transport/websocket', PROTOCOL, SERVICE(), SHARED(), packages('ws'), node('http', 'stream')),
    layer(
      'transport/http',
      PROTOCOL,
      SERVICE(),
      SHARED(),
      TYPEBOX,
      packages('fastify', '@fastify'),
      node('crypto', 'http', 'net', 'stream', 'timers/promises'),
    ),
    never('transport-shared-imports', 'What the doors share knows no door', {
      from: { path: '^server/src/transport/[^/]+\\.ts$' },
      to: { pathNot: [PROTOCOL, SERVICE(), SHARED(), node('crypto', 'http', 'net', 'stream')] },
    }),

    never('app-is-the-root', 'Only main.ts and tests import the composition root', {
      from: { pathNot: '^server/(src/main\\.ts$|test/|bench/)' },
      to: { path: '^server/src/(app|main)\\.ts$' },
    }),
    never(
      'parts-know-no-wiring',
      'Files directly in server/src put the parts together; parts get what they need from there and import none of them',
      { from: { path: '^server/src/[^/]+/' }, to: { path: '^server/src/[^/]+\\.ts$' } },
    ),
    never('one-process', 'Only main.ts touches the process', {
      from: { path: '^server/src/', pathNot: '^server/src/main\\.ts$' },
      to: { path: node('process', 'child_process', 'cluster', 'os') },
    }),
    never('source-without-tests', 'What ships does not import tests', {
      from: { path: '^[a-z]+/src/' },
      to: { path: '^[a-z]+/(test|bench|e2e)/' },
    }),

    never('the-export-map-is-the-wall', 'web and loadtest know of the server only @c2c/server/protocol', {
      from: { path: '^(web|loadtest)/' },
      to: { path: '^server/', pathNot: '^server/src/protocol/index\\.ts$' },
    }),
    never(
      'protocol-by-its-name',
      'Other workspaces import @c2c/server/protocol and @c2c/web/client by name, not by path',
      { from: { path: '^(web|loadtest|deploy)/' }, to: { path: '^server/src/protocol/', dependencyTypes: ['local'] } },
    ),
    never(
      'server-ships-alone',
      'The server depends on no other workspace; its tests and benches may use @c2c/web/client',
      { from: { path: '^server/', pathNot: '^server/(test|bench)/' }, to: { path: '^(web|loadtest|deploy)/' } },
    ),
    never('tests-use-the-client', 'Tests and benches of the server know of web only @c2c/web/client', {
      from: { path: '^server/(test|bench)/' },
      to: { path: '^(web|loadtest)/', pathNot: '^web/src/net/(client|indexeddb-storage)\\.ts$' },
    }),
    never(
      'deploy-is-not-imported',
      'Nothing depends on how it is run; tests of the whole start and break what is really run',
      {
        from: { path: '^(server|web|loadtest)/', pathNot: '^(server/test/faults|web/e2e|loadtest/test)/' },
        to: { path: '^deploy/' },
      },
    ),

    never('ui-sees-no-socket', 'ui gets everything from model', {
      from: { path: '^web/src/ui/' },
      to: { path: ['^web/src/net/', packages('socket\\.io-client')] },
    }),
    never('model-sees-no-dom', 'model knows no component', {
      from: { path: '^web/src/model/' },
      to: { path: ['^web/src/ui/', packages('preact')] },
    }),
    never('net-stands-alone', 'The client library knows neither page nor framework', {
      from: { path: '^web/src/net/' },
      to: {
        pathNot: [
          '^web/src/net/',
          PROTOCOL,
          packages('socket\\.io-client', 'engine\\.io-client', '@socket\\.io', 'idb'),
        ],
      },
    }),
  ],
  options: {
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.c2c)/' },
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.d.ts'],
    },
  },
};

/** The use cases and their contracts, as doors see them; not the parts they are made of. */
function SERVICE() {
  return '^server/src/service/([a-z-]*ports|chat-error|gateway|token-bucket|use-cases)\\.ts$';
}
/** Files directly in transport/ belong to all doors. */
function SHARED() {
  return '^server/src/transport/[^/]+\\.ts$';
}
