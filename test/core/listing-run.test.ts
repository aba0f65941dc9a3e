import { expect, test } from 'vitest'
import { runListing } from '../../electron/core/app/listings/listing-run.ts'
import type { RemoteIndex } from '../../electron/core/index/index-thread.ts'
import type { ListedPage, ListingRecord } from '../../electron/core/index/port.ts'
import type { Oss } from '../../electron/core/oss/client.ts'
import { bench, never } from './oss-practice.ts'

const b = bench()
const RECORD: ListingRecord = { asOf: null, cursor: null, after: '', listed: 0, revision: 1 }

test.each([
  ['level', [200, 1000, 1000, 1000, 300], [1, 3, 4, 5, 5]],
  ['below', [1000, 1000, 1000, 500], [1, 3, 4, 4]],
] as const)(
  'the rows of the first page of a listing (%s) wait for no other request',
  async (depth, pages, requests) => {
    b.practice.fill(Array.from({ length: 3500 }, (_, i) => `many/${String(i).padStart(4, '0')}`))
    let asked = 0
    const oss: Oss = {
      ...b.oss,
      call: (...request) => {
        asked++
        return b.oss.call(...request)
      },
    }
    const askedAtPage: number[] = []
    const rows: number[] = []
    const index: Pick<RemoteIndex, 'opened' | 'replacePage'> = {
      opened: async () => RECORD,
      async replacePage(page: ListedPage) {
        askedAtPage.push(asked)
        rows.push(page.rows.length)
        return RECORD
      },
    }
    await runListing({
      place: { bucket: b.bucket, prefix: 'many/', depth },
      index: async () => index as RemoteIndex,
      oss: () => oss,
      signal: never,
      isNew: true,
      onPage: () => undefined,
    })
    expect(rows).toEqual(pages)
    // Each later page is in the index while the next one is under way.
    expect(askedAtPage).toEqual(requests)
  },
)
