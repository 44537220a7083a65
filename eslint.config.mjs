import { builtinModules } from 'node:module';
import js from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What each part may import besides itself. Tests, the command line and the entry files, `src/*.ts`, may import anything. */
const mayImport = {
  domain: [],
  'contract-names': ['domain'],
  'contract-payloads': ['domain', 'contract-names'],
  contract: ['domain', 'contract-names', 'contract-payloads'],
  store: ['domain', 'contract*'],
  outbound: ['domain', 'contract*'],
  agents: ['domain', 'contract*', 'outbound'],
  encryption: ['domain', 'contract*', 'outbound'],
  notify: ['domain', 'contract*', 'outbound'],
  activities: ['domain', 'contract*', 'store', 'outbound', 'agents', 'notify'],
  worker: ['domain', 'contract*', 'store', 'outbound', 'agents', 'notify', 'activities'],
  client: ['domain', 'contract*'],
  governance: ['domain', 'contract*', 'store', 'client', 'encryption'],
  http: ['domain', 'contract*', 'store', 'client', 'governance'],
  middleware: ['domain', 'contract*', 'store', 'governance'],
  workflows: ['domain', 'contract-names'],
  ground: ['domain', 'contract*'],
  testing: ['domain', 'contract*'],
};

/** What each part may import for its types alone, which adds nothing to a workflow bundle. */
const mayImportTypes = { workflows: ['contract-payloads', 'activities'] };

/** The parts in folders of their own; the first that fits a file is its part. */
const folders = {
  'contract-names': 'src/contract/names',
  'contract-payloads': 'src/contract/payloads',
  ...Object.fromEntries(
    [
      'domain',
      'contract',
      'store',
      'outbound',
      'encryption',
      'agents',
      'notify',
      'worker',
      'client',
      'governance',
      'http',
      'middleware',
      'ground',
      'cli',
      'testing',
    ].map((part) => [part, `src/${part}`]),
  ),
  activities: 'activities',
  workflows: 'workflows',
  test: 'test',
  bench: 'bench',
  chaos: 'chaos',
  faults: 'faults',
  examples: 'docs/examples',
};

const part = (...types) => ({ element: { types: { anyOf: types } } });
const file = (...categories) => ({ file: { categories: { anyOf: categories } } });

const importDirection = {
  files: ['**/*.ts'],
  plugins: { boundaries },
  settings: {
    'boundaries/elements': Object.entries(folders).map(([type, pattern]) => ({ type, pattern, partialMatch: false })),
    'boundaries/files': [
      { category: 'config', pattern: 'src/config.ts' },
      { category: 'entry', pattern: 'src/!(config).ts' },
    ],
    'boundaries/dependency-nodes': ['import', 'export', 'dynamic-import', 'require'],
    'import/resolver': { node: { extensions: ['.ts'] } },
  },
  rules: {
    'boundaries/no-unknown-files': 'error',
    'boundaries/no-unknown-dependencies': 'error',
    'boundaries/dependencies': [
      'error',
      {
        default: 'disallow',
        message: '{{ from.element.type }} may not import {{ dependency.source }}: imports go one way (mayImport in eslint.config.mjs)',
        policies: [
          { from: [file('entry'), part('cli', 'test', 'bench', 'chaos', 'faults', 'examples')], allow: { to: [part('*'), file('*')] } },
          { from: file('config'), allow: { to: part('domain', 'contract*') } },
          { from: part('ground', 'governance'), allow: { to: file('config') } },
          ...Object.entries(mayImport).map(([from, to]) => ({ from: part(from), allow: { to: part(from, ...to) } })),
          ...Object.entries(mayImportTypes).map(([from, to]) => ({
            from: part(from),
            allow: { to: part(...to), dependency: { kind: 'type' } },
          })),
        ],
      },
    ],
  },
};

const envReaders = [
  { selector: 'MemberExpression[object.name="process"][property.name="env"]', message: 'Only src/config.ts reads the environment.' },
  { selector: 'VariableDeclarator[init.name="process"]', message: 'Only src/config.ts reads the environment.' },
];

const anyAbort = {
  selector: 'MemberExpression[object.name="AbortSignal"][property.name="any"]',
  message: 'Its time-outs may never come: withFirstAbort (src/contract/with-first-abort.ts).',
};

const clocks = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Time arrives as an argument.' },
  { selector: 'CallExpression[callee.name="Date"]', message: 'Time arrives as an argument.' },
  { selector: 'MemberExpression[object.name="Date"][property.name="now"]', message: 'Time arrives as an argument.' },
  { selector: 'MemberExpression[object.name="Temporal"][property.name="Now"]', message: 'Time arrives as an argument.' },
  { selector: 'MemberExpression[object.name="Math"][property.name="random"]', message: 'Chance arrives as an argument.' },
];

const outsideWorld = [
  ...['process', 'performance', 'crypto', 'console', 'fetch', 'globalThis'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
];

const noModules = (message, ...regexes) => ['error', { patterns: regexes.map((regex) => ({ regex, message })) }];
const nodeModules = `^(node:|(${builtinModules.join('|')})(/|$))`;

export default defineConfig(
  globalIgnores(['dist/', '.agent-budget/', 'test/architecture/fixtures/']),
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' } },
  js.configs.recommended,
  { rules: { 'max-lines': ['error', 250], eqeqeq: 'error' } },
  { files: ['**/*.mjs'], languageOptions: { globals: { process: 'readonly' } } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions'] }],
      // TypeScript fits types by shape: undici's Response does where the global one is asked for.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Does not know that a branded number is a number.
      '@typescript-eslint/no-unsafe-unary-minus': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  importDirection,
  {
    files: ['src/**/*.ts', 'workflows/**/*.ts', 'activities/**/*.ts'],
    ignores: ['src/config.ts'],
    rules: {
      'no-restricted-imports': noModules('Only src/config.ts reads the environment.', '^(node:)?process$'),
      'no-restricted-syntax': ['error', ...envReaders, anyAbort],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      'no-restricted-imports': noModules(
        'Workflows run in a sandbox.',
        nodeModules,
        '^(pg|zod)(/|$)',
        '^@temporalio/(?!workflow$|common$)',
      ),
    },
  },
  {
    files: ['src/domain/**/*.ts'],
    rules: {
      'no-restricted-imports': noModules('The domain is pure.', nodeModules, '^(pg|zod)(/|$)', '^@temporalio/'),
      'no-restricted-syntax': ['error', ...clocks],
      'no-restricted-globals': ['error', ...outsideWorld.map((name) => ({ name, message: 'The domain is pure.' }))],
    },
  },
);
