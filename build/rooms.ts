/**
 * Who may import whom, as data. A target is a folder (ends in '/'), a file, a package, or 'node:'
 * for all of Node's modules. Files of one room may always import each other. `test/rooms.test.ts`
 * holds every import against this.
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
/** What a shell sees of the core: its composition, its types, and where its data lies. */
const COMPOSED = [
  `${CORE}app/compose.ts`,
  `${CORE}app/core.ts`,
  `${CORE}app/data-directory.ts`,
  `${CORE}app/instance.ts`,
]
/** The one way to read a passphrase file, a key file, an envelope file. */
const SMALL_FILE = `${CORE}store/small-file.ts`
/** How both shells with a page serve its files, under one content security policy. */
const PAGE = `${CORE}app/page-files.ts`
/**
 * Every shell starts the practice server and hands its address to the core, which never sees the
 * server itself.
 */
const PRACTICE = 'electron/practice/start.ts'
const LOW = ['store', 'net', 'stream'].map((room) => `${CORE}${room}/`)
const BASE = [CONTRACT, FORMAT, 'node:']

export const rooms: readonly Room[] = [
  { name: 'contract', at: CONTRACT, may: ['zod'] },
  { name: 'format', at: FORMAT, may: [`${CONTRACT}errors.ts`, `${CONTRACT}models.ts`] },

  {
    name: 'keychain',
    at: `${CORE}store/keychain-secrets.ts`,
    may: [...BASE, `${CORE}store/`, 'keytar'],
  },
  { name: 'store', at: `${CORE}store/`, may: BASE },
  { name: 'net', at: `${CORE}net/`, may: BASE },
  { name: 'stream', at: `${CORE}stream/`, may: [...BASE, `${CORE}net/`, 'hash-wasm'] },
  {
    name: 'kms client',
    at: `${CORE}keys/kms-client.ts`,
    may: [...BASE, ...LOW, `${CORE}keys/`, '@alicloud/kms20160120', '@alicloud/rpc-client'],
  },
  { name: 'keys', at: `${CORE}keys/`, may: [...BASE, ...LOW, 'node-forge'] },
  { name: 'oss', at: `${CORE}oss/`, may: [...BASE, ...LOW] },
  // It meets data keys, signed requests and public halves of master keys, never a private half, a
  // profile or a credential.
  {
    name: 'part worker',
    at: `${CORE}transfer/part-worker.ts`,
    may: [...BASE, `${CORE}net/`, `${CORE}stream/`],
  },
  {
    name: 'transfer',
    at: `${CORE}transfer/`,
    may: [...BASE, 'zod', ...LOW, `${CORE}keys/`, `${CORE}oss/`],
  },
  {
    name: 'app',
    at: `${CORE}app/`,
    may: [...BASE, 'zod', ...LOW, `${CORE}keys/`, `${CORE}oss/`, `${CORE}transfer/`],
  },

  {
    name: 'practice',
    at: 'electron/practice/',
    may: [`${CONTRACT}errors.ts`, FORMAT, 'node:', 'hash-wasm', 'fast-xml-parser'],
  },
  {
    name: 'loopback',
    at: 'electron/loopback/',
    may: [CONTRACT, ...COMPOSED, PAGE, PRACTICE, 'node:', 'ws'],
  },
  {
    name: 'cli',
    at: 'electron/cli/',
    may: [
      CONTRACT,
      ...COMPOSED,
      SMALL_FILE,
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
    may: [CONTRACT, ...COMPOSED, PAGE, PRACTICE, 'node:', 'electron', 'zod'],
  },

  {
    name: 'renderer',
    at: 'renderer/',
    may: [
      CONTRACT,
      'react',
      'react-dom',
      '@tanstack/react-query',
      '@tanstack/react-virtual',
      'zustand',
      'radix-ui',
      'i18next',
      'react-i18next',
    ],
  },
]

/** One job a file: lines that a source file may have at most. */
export const MAX_LINES = 300
