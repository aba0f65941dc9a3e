import type { Masters } from './masters.ts'
import type { Fields, Format, Master, Op } from './protocol.ts'

/** Lines of the result tables, in their order. */
export const GROUPS = [
  'sizes',
  'names',
  'descriptions',
  'multipart',
  'resumable upload',
  'range',
  'resumable download',
  'several keys',
  'wrong key',
  'signature V1',
  'other KMS form',
  'not encrypted',
  'offline',
  'messages',
  'uploads and metadata',
  'versions',
] as const
export type Group = (typeof GROUPS)[number]

/**
 * One thing that was tried: what `writer` wrote, read by `reader`; or the writing itself, when it
 * did not come to reading.
 */
export interface Cell {
  readonly writer: string
  /** '' for the writing itself. */
  readonly reader: string
  readonly format: Format
  readonly group: Group
  readonly name: string
}

/** One way of reading an object back. */
export interface Reading {
  readonly group: Group
  readonly name: string
  readonly op: Extract<Op, 'get' | 'range' | 'download' | 'offline'>
  readonly fields?: Partial<Fields>
  /** 'refused': the reader must say no. */
  readonly expect: 'same' | 'refused'
  /** Only these; all that claim the format otherwise. */
  readonly readers?: readonly string[]
  /** The command line takes part as well: it is slower, so a few times only. */
  readonly cli?: boolean
}

/** One object, and how it is read back. */
export interface Case {
  readonly group: Group
  readonly name: string
  readonly format: Format
  readonly op: Extract<Op, 'put' | 'multipart' | 'resumable'>
  readonly size: number
  readonly master: Master | null
  readonly fields?: Partial<Fields>
  /** Only these; all that claim the format otherwise. */
  readonly writers?: readonly string[]
  readonly readings: readonly Reading[]
  readonly cli?: boolean
}

/** An odd multiple of 16 that OSS takes as part size, and another. */
export const PART = 6401 * 16
const LARGER_PART = 10_241 * 16
/** Our uploads in such parts are sealed. */
export const SEALED_PART = 1024 ** 2
const ODD = 3 * PART + 5

const whole = (group: Group, name: string, more: Partial<Reading> = {}): Reading => ({
  group,
  name,
  op: 'get',
  expect: 'same',
  ...more,
})
const ranges = (size: number, list: readonly (readonly [number, number])[]): readonly Reading[] =>
  list.map(([offset, length]) => ({
    group: 'range',
    name: `bytes ${offset}-${offset + length - 1} of ${size}`,
    op: 'range',
    expect: 'same',
    fields: { offset, length },
  }))
const download = (): Reading => ({
  group: 'resumable download',
  name: `parts of ${PART}`,
  op: 'download',
  expect: 'same',
  fields: { partSize: PART, threads: 3 },
})
const offline = (name: string): Reading => ({
  group: 'offline',
  name,
  op: 'offline',
  expect: 'same',
  readers: ['cipherbucket'],
  cli: true,
})

/** At block edges and off them, across part edges, the first and the last byte. */
const MANY: readonly (readonly [number, number])[] = [
  [0, 1],
  [0, 16],
  [1, 15],
  [15, 2],
  [16, 16],
  [17, 30],
  [PART - 1, 2],
  [PART, PART],
  [2 * PART - 16, 33],
  [ODD - 1, 1],
]
const FEW: readonly (readonly [number, number])[] = [
  [0, 17],
  [15, 2],
  [PART - 1, 2],
]

function put(format: Format, master: Master, size: number, more: Partial<Case> = {}): Case {
  const name = `put ${size} bytes`
  return {
    group: 'sizes',
    name,
    format,
    op: 'put',
    size,
    master,
    readings: [whole('sizes', name, { cli: more.cli ?? false })],
    ...more,
  }
}

function multipart(
  format: Format,
  master: Master,
  size: number,
  partSize: number,
  more: Partial<Case> = {},
): Case {
  const name = `${size} bytes in parts of ${partSize}`
  return {
    group: 'multipart',
    name,
    format,
    op: 'multipart',
    size,
    master,
    fields: { partSize },
    readings: [whole('multipart', name)],
    ...more,
  }
}

/** The first part is never sent first. */
function outOfOrder(format: Format, master: Master, more: Partial<Case> = {}): Case {
  const name = `${ODD} bytes, parts 3, 1, 4, 2`
  return multipart(format, master, ODD, PART, {
    name,
    fields: { partSize: PART, order: [3, 1, 4, 2] },
    readings: [whole('multipart', name)],
    ...more,
  })
}

function resumable(format: Format, master: Master, size: number): Case {
  const name = `${size} bytes in parts of ${PART}`
  return {
    group: 'resumable upload',
    name,
    format,
    op: 'resumable',
    size,
    master,
    fields: { partSize: PART, threads: 3 },
    readings: [whole('resumable upload', name)],
  }
}

function described(format: Format, master: Master, name: string): Case {
  return put(format, master, 100, {
    group: 'descriptions',
    name,
    readings: [whole('descriptions', name, { fields: { others: [master] } })],
  })
}

/** The reader's first key is another one; the right one is among the rest. */
function several(
  format: Format,
  master: Master,
  first: Master,
  rest: readonly Master[],
  name = `${master.kind}, the last of ${rest.length + 1}`,
): Case {
  return put(format, master, 100, {
    group: 'several keys',
    name,
    readings: [whole('several keys', name, { fields: { master: first, others: rest } })],
  })
}

const refused = (name: string, wrong: Master, cli = false): Reading =>
  whole('wrong key', name, { expect: 'refused', fields: { master: wrong }, cli })

/** Everything of one kind of V2 key that is no matter of its wrapping. */
function v2(format: Format, plain: Master, team: Master, first: Master): readonly Case[] {
  return [
    put(format, plain, 0),
    put(format, plain, 17),
    put(format, plain, 1000, {
      cli: true,
      readings: [whole('sizes', 'put 1000 bytes', { cli: true }), offline('put 1000 bytes')],
    }),
    described(format, team, 'one pair'),
    several(format, team, first, [team]),
    multipart(format, plain, PART + 1, PART),
    outOfOrder(format, plain, {
      readings: [
        whole('multipart', `${ODD} bytes, parts 3, 1, 4, 2`),
        ...ranges(ODD, FEW),
        download(),
      ],
    }),
    resumable(format, plain, ODD),
  ]
}

function rsaCases(m: Masters): readonly Case[] {
  const format = 'v2-rsa'
  const signed = (op: Case['op'], size: number, fields: Partial<Fields>): Case => {
    const name = `${op} ${size} bytes`
    const again = { signature: 'v1' as const }
    return {
      group: 'signature V1',
      name,
      format,
      op,
      size,
      master: m.rsa,
      fields: { ...fields, ...again },
      readings: [
        whole('signature V1', name, { fields: again }),
        {
          ...(ranges(size, [[17, 30]])[0] as Reading),
          group: 'signature V1',
          name: `range of ${name}`,
          fields: { offset: 17, length: 30, ...again },
        },
      ],
    }
  }
  return [
    ...[0, 1, 15, 16, 17, 102_407].map((size) => put(format, m.rsa, size)),
    put(format, m.rsa, 1000, {
      cli: true,
      readings: [
        whole('sizes', 'put 1000 bytes', { cli: true }),
        offline('put 1000 bytes'),
        refused('no description, another key', m.rsaWrong, true),
        ...ranges(1000, [
          [0, 1],
          [1, 15],
          [16, 984],
          [999, 1],
        ]),
      ],
    }),
    put(format, m.rsa, 33, {
      group: 'names',
      name: 'blanks, plus, percent, other scripts',
      readings: [whole('names', 'blanks, plus, percent, other scripts')],
    }),
    described(format, m.rsaTeam, 'one pair'),
    described(format, m.rsaTwo, 'two pairs'),
    described(format, m.rsaAwkward, 'characters that writers escape differently'),
    several(format, m.rsaTeam, m.rsaWrongTeam, [m.rsaTwo, m.rsaTeam]),
    {
      ...several(
        format,
        m.rsaPython,
        m.rsaWrongTeam,
        [m.rsaTwo, m.rsaPython],
        'described as Python does it',
      ),
      writers: ['cipherbucket'],
    },
    put(format, m.rsaTeam, 100, {
      group: 'wrong key',
      name: 'described, another key',
      readings: [refused('described, another key', m.rsaWrongTeam)],
    }),
    ...[PART - 1, PART, PART + 1, PART + 16].map((size) => multipart(format, m.rsa, size, PART)),
    multipart(format, m.rsa, 2 * SEALED_PART + 17, SEALED_PART),
    multipart(format, m.rsa, 2 * LARGER_PART + 1, LARGER_PART, {
      readings: [
        whole('multipart', `${2 * LARGER_PART + 1} bytes in parts of ${LARGER_PART}`),
        offline('multipart'),
      ],
    }),
    multipart(format, m.rsa, ODD, PART, {
      readings: [
        whole('multipart', `${ODD} bytes in parts of ${PART}`),
        ...ranges(ODD, MANY),
        download(),
      ],
    }),
    outOfOrder(format, m.rsa),
    resumable(format, m.rsa, PART - 1),
    resumable(format, m.rsa, ODD),
    signed('put', 1000, {}),
    signed('multipart', ODD, { partSize: PART }),
    {
      group: 'not encrypted',
      name: 'put 1000 bytes',
      format: 'plain',
      op: 'put',
      size: 1000,
      master: null,
      readings: [
        whole('not encrypted', 'put 1000 bytes', { fields: { master: m.rsa }, cli: true }),
      ],
    },
  ]
}

function oldCases(m: Masters): readonly Case[] {
  const sizes = [0, 1, 15, 16, 17, 1000]
  const some = (format: Format, master: Master): readonly Case[] => [
    ...sizes.map((size) => put(format, master, size)),
    put(format, master, 102_407, {
      cli: true,
      readings: [
        whole('sizes', 'put 102407 bytes', { cli: true }),
        offline('put 102407 bytes'),
        ...ranges(102_407, [
          [0, 17],
          [15, 2],
          [1600, 33],
          [102_406, 1],
        ]),
      ],
    }),
  ]
  const passphrase = (format: Format, master: Master, wrong: Master): Case =>
    put(format, master, 100, {
      group: 'descriptions',
      name: 'with a passphrase',
      readings: [
        whole('descriptions', 'with a passphrase'),
        refused('without its passphrase', wrong),
      ],
    })
  const made: Partial<Case> = {
    group: 'descriptions',
    name: 'key files under a passphrase',
    readings: [whole('descriptions', 'key files under a passphrase')],
  }
  return [
    ...some('v1-rsa', m.oaep),
    ...some('v1-kms', m.kms),
    passphrase('v1-kms', m.kmsPassphrase, m.kms),
    put('v1-rsa', m.oaep, 64, {
      group: 'wrong key',
      name: 'another key',
      readings: [refused('another key', m.otherFiles)],
    }),
    ...some('v2-oaep', m.oaep),
    outOfOrder('v2-oaep', m.oaep),
    resumable('v2-oaep', m.oaep, ODD),
    // Only oss2 makes such files. Every reader imports the file of oss2.
    put('v2-oaep', m.localFiles, 64, { writers: ['python-oss2'], ...made }),
    put('v1-rsa', m.oldLocalFiles, 64, { writers: ['python-oss2-old'], ...made }),
    passphrase('v2-kms-b', m.kmsPassphrase, m.kms),
  ]
}

/**
 * Messages of the KMS Encryption SDK. Ours writes one algorithm in two forms; the SDK's own driver
 * everything.
 */
function messageCases(m: Masters): readonly Case[] {
  const SDK = { writers: ['java-encryption-sdk'] }
  const keys = [m.kms.cmkArn]
  const one = (
    format: Format,
    size: number,
    name: string,
    fields: Partial<Fields>,
    more: Partial<Case> = {},
    readings: readonly Reading[] = [],
  ): Case =>
    put(format, m.kms, size, {
      group: 'messages',
      name,
      fields: {
        form: format.slice('sdk-'.length) as 'message',
        algorithm: 2,
        keys,
        context: {},
        ...fields,
      },
      readings: [whole('messages', name), ...readings],
      ...more,
    })
  const context = { project: 'studio', 'a b': '1' }
  return (['sdk-message', 'sdk-split', 'sdk-stream'] as const).flatMap((format) => [
    ...[0, 1, 15, 16, 17, 1000, 102_407].map((size) =>
      one(format, size, `algorithm 2, ${size} bytes`, {}),
    ),
    ...[1, 3, 4, 5, 6, 7, 8]
      .filter((algorithm) => format !== 'sdk-split' || algorithm === 1)
      .map((algorithm) => one(format, 96, `algorithm ${algorithm}, 96 bytes`, { algorithm }, SDK)),
    one(format, 33, 'with a context', { context }, SDK),
    one(format, 34, 'two keys', { keys: [m.kmsSecond.cmkArn, m.kms.cmkArn] }, SDK),
    one(format, 35, 'another key', {}, {}, [
      {
        ...refused('another key', m.kmsSecond),
        fields: { master: m.kmsSecond, keys: [m.kmsSecond.cmkArn] },
      },
    ]),
    ...(format === 'sdk-split'
      ? [
          one(format, 1001, 'algorithm 2, 1001 bytes, and ranges', {}, { cli: true }, [
            offline('a message'),
            ...ranges(1001, [
              [0, 1],
              [15, 2],
              [16, 16],
              [17, 30],
              [1000, 1],
            ]),
          ]),
        ]
      : []),
    ...(format === 'sdk-message'
      ? [
          one(format, 1002, 'algorithm 2, 1002 bytes, offline', {}, { cli: true }, [
            offline('a message'),
          ]),
        ]
      : []),
  ])
}

/** Cells that show that oss2 and all others do not read each other's KMS objects. */
function otherForm(m: Masters): readonly Case[] {
  const one = (format: Format, readers: readonly string[]): Case =>
    put(format, m.kms, 48, {
      group: 'other KMS form',
      name: `read as ${format === 'v2-kms-a' ? 'form B' : 'form A'}`,
      readings: [
        whole('other KMS form', `read as ${format === 'v2-kms-a' ? 'form B' : 'form A'}`, {
          readers,
        }),
      ],
    })
  return [
    one('v2-kms-a', ['python-oss2']),
    one('v2-kms-b', ['go-v1', 'go-v2', 'java-v1', 'python-v2']),
  ]
}

/** All objects of the matrix. Each peer writes those whose format it claims. */
export function allCases(m: Masters): readonly Case[] {
  return [
    ...rsaCases(m),
    ...v2('v2-kms-a', m.kms, m.kmsTeam, m.kmsSecond),
    ...v2('v2-kms-b', m.kms, m.kmsTeam, m.kmsSecond),
    ...v2('v2-custom', m.custom, m.customTeam, m.customSecond),
    ...oldCases(m),
    ...messageCases(m),
    ...otherForm(m),
  ]
}
