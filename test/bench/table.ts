import { figureOf, type Figure, type Goal } from './statistics.ts'

/** One row of RESULTS.md: what is done, against whom, and what was hoped for. */
export interface Row extends Goal {
  readonly work: string
  readonly peer: string
  readonly unit: 's' | 'MiB'
  /** Why the target is not reached, where it was looked into: said when it is missed. */
  readonly missed?: string
}

const UPLOAD_MISSED =
  'CPU time is what counts on two cores. It fell by half (from 2.4 to 1.2 CPU seconds per GiB), and of what is left 37 % is the system, reading and sending, 13 % AES ' +
  'itself, 10 % the CRC-64, and 8 % copying, a quarter of it inside Node: its ciphers make each answer twice, in new memory, and take no buffer of ours.'

const LARGE = '1 GiB encrypted, 8 MiB parts, 4 at once, to a bare sink'

/** In the order of the table. A bench may measure several rows at once. */
const ROWS = [
  {
    name: 'upload-large',
    work: LARGE,
    peer: 'Go SDK v1 CryptoBucket, same parts and parallelism',
    unit: 's',
    measure: 'speed',
    target: 2,
    missed: UPLOAD_MISSED,
  },
  {
    name: 'upload-large-go-v2',
    work: 'the same',
    peer: 'Go SDK v2 EncryptionClient, Uploader',
    unit: 's',
    measure: 'speed',
    target: null,
  },
  {
    name: 'upload-large-py',
    work: 'the same',
    peer: 'oss2 resumable_upload, 4 threads',
    unit: 's',
    measure: 'speed',
    target: 6,
    missed: UPLOAD_MISSED,
  },
  {
    name: 'upload-large-py-v2',
    work: 'the same',
    peer: 'Python SDK V2 EncryptionClient, 4 threads',
    unit: 's',
    measure: 'speed',
    target: null,
  },
  {
    name: 'upload-floor',
    work: 'the same',
    peer: 'our own engine without encryption and CRC',
    unit: 's',
    measure: 'time',
    target: 2,
    missed: `The floor became faster too, by a third. ${UPLOAD_MISSED}`,
  },
  {
    name: 'upload-line',
    work: 'the same, the sink takes 2.5 Gbit/s',
    peer: 'our own engine without encryption and CRC',
    unit: 's',
    measure: 'time',
    target: 1.03,
  },
  {
    name: 'seal-large',
    work: 'the same with a seal, CPU time of the process',
    peer: 'our own engine without a seal',
    unit: 's',
    measure: 'time',
    target: 1.15,
  },
  {
    name: 'download-large',
    work: '1 GiB decrypted to disk, CRC checked',
    peer: 'Go SDK v1 GetObjectToFile',
    unit: 's',
    measure: 'speed',
    target: 2,
    missed:
      'it is the disk: download-large-memory is the same work without one. Ours is on the disk when it is done; the peer leaves that to the system. ' +
      'What the disk takes for as many bytes alone, and the peer with its bytes on it, stand below: a disk that shrinks and grows with what is on it writes at a third of its speed for a while after a file was removed.',
  },
  {
    name: 'download-large-memory',
    work: 'the same into a file system in memory',
    peer: 'Go SDK v1 GetObjectToFile',
    unit: 's',
    measure: 'speed',
    target: null,
  },
  {
    name: 'upload-small',
    work: '10,000 objects of 4 KiB, encrypted, each looked at afterwards for its envelope',
    peer: 'Go SDK v1 CryptoBucket with a HEAD after each, 8 goroutines',
    unit: 's',
    measure: 'speed',
    target: 1,
    missed:
      'two RSA wraps cannot be had cheaper from OpenSSL 3.0. An object crosses between two threads four times on its way, and waits for its turn each time.',
  },
  {
    name: 'upload-small-unproven',
    work: 'the same',
    peer: 'the same without the HEAD: nobody knows whether the envelope arrived',
    unit: 's',
    measure: 'speed',
    target: null,
  },
  {
    name: 'decrypt-offline',
    work: '1 GiB file to file in memory, no sum',
    peer: '`openssl enc -d -aes-256-ctr`',
    unit: 's',
    measure: 'speed',
    target: 0.8,
  },
  {
    name: 'memory',
    work: '20 GiB sparse file up and down; largest resident set of a process of its own, threads included',
    peer: 'the limit',
    unit: 'MiB',
    measure: 'time',
    target: 1,
  },
  {
    name: 'list-100k',
    work: 'first rows of a prefix of 100,000 objects, through the whole core',
    peer: 'first page of an `ali-oss` listV2 loop',
    unit: 's',
    measure: 'time',
    target: 1.5,
  },
  {
    name: 'list-100k-all',
    work: 'all rows of it',
    peer: 'the whole loop',
    unit: 's',
    measure: 'time',
    target: 1.1,
  },
  {
    name: 'list-1m',
    work: 'first rows of a folder of 1,000,000 objects, out of the index',
    peer: 'first page of an `ali-oss` listV2 loop',
    unit: 's',
    measure: 'time',
    target: 1.5,
  },
  {
    name: 'list-1m-all',
    work: 'all rows of it are in the index',
    peer: 'the whole loop',
    unit: 's',
    measure: 'time',
    target: 1.2,
  },
  {
    name: 'sort-1m',
    work: 'CPU time until the first rows of any order of it are shown',
    peer: 'the limit',
    unit: 's',
    measure: 'time',
    target: 1,
  },
  {
    name: 'filter-1m',
    work: 'CPU time until the first rows of a filter of it are shown',
    peer: 'the limit',
    unit: 's',
    measure: 'time',
    target: 1,
  },
  {
    name: 'search-1m',
    work: 'the same for a search below a folder',
    peer: 'the limit',
    unit: 's',
    measure: 'time',
    target: 1,
  },
  {
    name: 'known-1m',
    work: 'the folder opened again',
    peer: 'first page of an `ali-oss` listV2 loop',
    unit: 's',
    measure: 'time',
    target: 1,
  },
  {
    name: 'memory-1m',
    work: 'largest resident set of core and index together',
    peer: 'the limit',
    unit: 'MiB',
    measure: 'time',
    target: 1,
  },
  {
    name: 'scroll-1m',
    work: 'CPU time of the longest task while a list of 1,000,000 rows arrives, and is scrolled in Chromium',
    peer: 'the limit',
    unit: 's',
    measure: 'time',
    target: 1,
  },
  {
    name: 'start',
    work: '`npm start` on a built tree until the list of the practice bucket is painted',
    peer: '–',
    unit: 's',
    measure: 'time',
    target: null,
  },
] as const satisfies readonly Row[]

export const rows: readonly Row[] = ROWS
export type RowName = (typeof ROWS)[number]['name']

/** The figure of one row. */
export function figure(
  name: RowName,
  ours: number,
  peer: number | null,
  more?: Readonly<Record<string, number>>,
): Figure {
  const row = rows.find((one) => one.name === name)
  if (row === undefined) throw new Error(`no row is called ${name}`)
  return figureOf(row, ours, peer, more)
}
