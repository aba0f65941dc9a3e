import { call } from '../../queries/core.ts'
import { errorOf } from '../../text/error-of.ts'
import type { Place } from '../../queries/objects.ts'
import { lastOf, setPanes } from '../../state/ui.ts'
import { notify } from '../../state/work.ts'

/** Counts everything in a folder. The row of the count in the panel shows the number of objects. */
export function countFolder({ profileId, bucket }: Place, prefix: string): void {
  call('counts.start', { profileId, bucket, prefix }).then(
    () => setPanes({ panelOpen: true }),
    (cause: unknown) => notify({ about: lastOf(prefix), error: errorOf(cause), text: null }),
  )
}
