import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Practice } from '../tools/practice.ts'
import { allInside, freshPractice, inside } from './harness.ts'
import { rowsOf, UNKNOWN, versionCalls } from './versions-kit.ts'

let practice: Practice
beforeAll(async () => void (practice = await freshPractice()))
afterEach(() => practice.reset())
afterAll(() => practice.close())

const { setVersioning, put, remove, list } = versionCalls(() => practice)

test.each([
  [{ 'version-id-marker': UNKNOWN }, '0012-00000106'],
  [{ 'key-marker': 'k', 'version-id-marker': 'a'.repeat(1025) }, '0017-00000000'],
  [{ 'key-marker': 'k', 'version-id-marker': 'no id' }, '0012-00000202'],
  [{ 'key-marker': 'a'.repeat(1025) }, '0017-00000000'],
  [{ prefix: 'a'.repeat(1025) }, '0017-00000000'],
  [{ delimiter: 'a'.repeat(1025) }, '0017-00000000'],
  [{ 'max-keys': '1001' }, '0017-00000000'],
])('with %j is InvalidArgument, EC %s', async (query, ec) => {
  // Source: oss2 test_list_object_versions_wrong; the EC page.
  const got = await list(query)
  expect([got.status, got.code, got.ec]).toEqual([400, 'InvalidArgument', ec])
})

test('names that XML cannot carry are percent-encoded', async () => {
  await setVersioning('Enabled')
  await put('k\u000b\n', 'x')
  const got = await list()
  expect([inside(got.text, 'EncodingType'), inside(got.text, 'Key')]).toEqual(['url', 'k%0B%0A'])
})

test('pages hold every version once, in order, also where what was listed is deleted meanwhile', async () => {
  const key = fc.constantFrom('a', 'a/1', 'a/2', 'b/x/1', 'é', '🦊')
  const step = fc.tuple(
    key,
    fc.constantFrom('put', 'delete'),
    fc.constantFrom('Enabled', 'Suspended'),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.constantFrom('', 'a', 'b/'),
      fc.constantFrom('', '/'),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      async (steps, prefix, delimiter, max, deletes) => {
        await practice.reset()
        for (const [name, what, state] of steps) {
          await setVersioning(state)
          if (what === 'put') await put(name, 'x')
          else await remove(name)
        }
        const common = { prefix, delimiter }
        const whole = await list({ ...common, 'max-keys': '1000' })
        const [rows, prefixes] = [[] as string[], [] as string[]]
        let from: Record<string, string> = {}
        for (let pages = 0; ; pages++) {
          expect(pages).toBeLessThan(40)
          const page = await list({ ...common, ...from, 'max-keys': String(max) })
          const here = rowsOf(page)
          const rolled = allInside(page.text.replace(/^.*?<IsTruncated>/s, ''), 'Prefix')
          expect(here.length + rolled.length).toBeLessThanOrEqual(max)
          rows.push(...here)
          prefixes.push(...rolled)
          if (inside(page.text, 'IsTruncated') !== 'true') break
          from = {
            'key-marker': inside(page.text, 'NextKeyMarker') ?? '',
            'version-id-marker': inside(page.text, 'NextVersionIdMarker') ?? '',
          }
          if (!deletes) continue
          for (const row of here) {
            const [name = '', id = ''] = row.split(' ')
            // The age of a deleted null version is unknown: it would be listed from the newest on.
            if (id !== 'null') await remove(name, id)
          }
        }
        const shown = (all: readonly string[]): readonly string[] =>
          deletes ? all.map((row) => row.replace(/ (true|false) /, ' ')) : all
        expect(shown(rows)).toEqual(shown(rowsOf(whole)))
        expect(prefixes).toEqual(allInside(whole.text.replace(/^.*?<IsTruncated>/s, ''), 'Prefix'))
      },
    ),
    { numRuns: 25 },
  )
})
