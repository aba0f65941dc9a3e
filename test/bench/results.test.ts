import { expect, test } from 'vitest'
import { resultsText } from './results.ts'
import { figure, rows } from './table.ts'

const node = `Node ${process.versions.node}`

test('the table has what was measured, in its order, and a line for every miss and every peer that was not there', () => {
  const text = resultsText({
    figures: [
      figure('upload-floor', 3, 1, { cpuSecondsPerGiB: 2 }),
      figure('upload-large', 1, 4),
      { ...figure('upload-floor', 4, 1), runtime: 'Electron 9.9.9' },
      figure('start', 2, null),
    ],
    versions: [{ name: 'go-v2', sdk: 'some/sdk', version: '1.2.3', runtime: 'go1.99' }],
    skipped: new Map([['bench-python-v2', 'python3 is not installed']]),
    load: 0.25,
    date: '2026-01-02',
  })
  const table = text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
  expect(table.map((line) => line.split(' | ')[0])).toEqual([
    '| upload-large',
    '| upload-floor',
    '| upload-floor',
    '| start',
  ])
  expect(table.map((line) => line.split(' | ')[1])).toEqual([node, node, 'Electron 9.9.9', node])
  expect(table[0]).toMatch(/\| 1 s \|.*\| 4 s \| 4 \| at least 2 \| yes \|$/)
  expect(table[1]).toMatch(/\| 3 s \|.*\| 1 s \| 3 \| at most 2 \| no \|$/)
  expect(table[3]).toMatch(/\| – \| reported \| – \|$/)
  expect(text).toMatch(
    /## Missed\n\n- upload-floor, Node [\d.]+: .+\n- upload-floor, Electron 9\.9\.9: .+\n/,
  )
  expect(text).toContain(`- upload-floor, ${node}: cpuSecondsPerGiB 2\n`)
  expect(text).toContain('- bench-python-v2: python3 is not installed\n')
  expect(text).toContain('some/sdk 1.2.3 (go1.99)')
  expect(text).not.toContain('download-large')
})

test('every row has a name of its own', () =>
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length))
