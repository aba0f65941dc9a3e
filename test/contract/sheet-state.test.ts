import { expect, test } from 'vitest'
import type { MasterKey } from '../../shared/contract/models.ts'
import {
  monthsBetween,
  nextReadBack,
  sheetStateOf,
  type SheetState,
} from '../../shared/contract/sheet-state.ts'

const at = (text: string): number => Date.parse(text)

test.each<[string, Partial<MasterKey>, string, SheetState | null]>([
  ['no sheet', {}, '2026-03-01', 'none'],
  [
    'written alone',
    { sheets: { count: 3, made: '2026-02-01T00:00:00.000Z' } },
    '2026-03-01',
    'unread',
  ],
  ['read back', { escrowed: '2025-12-01T10:00:00.000Z' }, '2026-03-01', 'current'],
  [
    'the last moment',
    { escrowed: '2025-12-01T10:00:00.000Z' },
    '2026-12-01T09:59:59.999Z',
    'current',
  ],
  ['a year later', { escrowed: '2025-12-01T10:00:00.000Z' }, '2026-12-01T10:00:00.000Z', 'due'],
  ['a day that the next year lacks', { escrowed: '2024-02-29T00:00:00Z' }, '2025-03-01', 'due'],
  ['by a clock that ran ahead', { escrowed: '2030-01-01T00:00:00Z' }, '2026-03-01', 'current'],
  ['a public half', { hasPrivate: false }, '2026-03-01', null],
  ['a key in KMS', { kind: 'kms' }, '2026-03-01', null],
  ['a key of this session', { origin: 'session' }, '2026-03-01', null],
  ['the key of the samples', { origin: 'sample' }, '2026-03-01', null],
])('%s', (_, facts, now, state) => {
  const key = { kind: 'rsa', hasPrivate: true, origin: 'generated', escrowed: null, sheets: null }
  expect(sheetStateOf({ ...key, ...facts } as MasterKey, at(now))).toBe(state)
})

test.each([
  ['2026-01-31', '2026-02-28', 0],
  ['2026-01-31', '2026-03-01', 1],
  ['2025-11-05', '2026-02-05', 3],
  ['2025-11-05', '2026-02-04', 2],
  ['2026-02-05', '2025-11-05', 0],
])('%s to %s: %d months', (from, to, months) => {
  expect(monthsBetween(at(from), at(to))).toBe(months)
})

test('the next reading back is a year after the last', () => {
  expect(nextReadBack('2025-12-01T10:00:00.000Z')).toBe(at('2026-12-01T10:00:00.000Z'))
})
