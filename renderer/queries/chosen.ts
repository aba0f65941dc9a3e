import { useEffect, useState } from 'react'
import type { ObjectRow } from '../../shared/contract/models.ts'
import type { In } from '../../shared/contract/routes/routes.ts'
import { call } from './core.ts'
import { itselfIn, type Place } from './objects.ts'

/** A selection as the calls take it. */
export type SelectionInput = Pick<In<'deletes.start'>, 'keys' | 'itself' | 'under'>

/** The choice of the user in one folder, for a dialog or a call. */
export interface Chosen {
  readonly place: Place
  readonly selection: SelectionInput
  /** The rows of the choice that are listed. */
  readonly rows: readonly ObjectRow[]
  /**
   * True: the choice has more objects than are listed, because everything in the folder was chosen.
   */
  readonly isMore: boolean
}

/**
 * The most rows of a folder that a call names one by one. Everything in a larger folder, or in one
 * that is not listed to its end, is named by the folder.
 */
const MOST_NAMED = 1000

/** Returns the choice of these rows and nothing else. */
export const chosenRows = (place: Place, rows: readonly ObjectRow[]): Chosen => ({
  place,
  selection: {
    keys: rows.map(({ key }) => key),
    ...itselfIn(
      place,
      rows.map(({ key }) => key),
    ),
  },
  rows,
  isMore: false,
})

/** Returns the choice of everything in the folder, save `except`. `whole`: all of it is listed. */
export function chosenFolder(
  place: Place,
  rows: readonly ObjectRow[],
  except: ReadonlySet<string>,
  whole: boolean,
): Chosen {
  if (whole && rows.length <= MOST_NAMED) return chosenRows(place, rows)
  const under = { prefix: place.prefix, except: Array.from(except) }
  return { place, selection: { keys: [], under }, rows, isMore: !whole }
}

/** The state of a count. */
export interface Counted {
  readonly objects: number
  readonly bytes: number
  readonly phase: 'counting' | 'whole' | 'failed'
}

/**
 * Counts the objects of a choice, and shows the count while it grows. The sizes of listed objects
 * are known. OSS is asked about folders, and about a folder that was chosen as a whole.
 */
export function useCount({ place, selection, rows }: Chosen): Counted {
  const [counted, setCounted] = useState<Counted>({ objects: 0, bytes: 0, phase: 'counting' })
  useEffect(() => {
    const control = new AbortController()
    const { profileId, bucket } = place
    const count = async () => {
      const files = selection.under === undefined ? rows.filter(({ kind }) => kind === 'file') : []
      const known = new Set(files.map(({ key }) => key))
      const asked = { ...selection, keys: selection.keys.filter((key) => !known.has(key)) }
      let objects = files.length
      let bytes = files.reduce((sum, { size }) => sum + size, 0)
      let cursor: string | null = null
      if (asked.keys.length > 0 || asked.under !== undefined)
        do {
          const step: Awaited<ReturnType<typeof call<'objects.count'>>> = await call(
            'objects.count',
            { profileId, bucket, ...asked, cursor },
            control.signal,
          )
          objects += step.objects
          bytes += step.bytes
          cursor = step.cursor
          setCounted({ objects, bytes, phase: cursor === null ? 'whole' : 'counting' })
        } while (cursor !== null)
      setCounted({ objects, bytes, phase: 'whole' })
    }
    count().catch(() => {
      if (!control.signal.aborted) setCounted((before) => ({ ...before, phase: 'failed' }))
    })
    return () => control.abort()
  }, [place, selection, rows])
  return counted
}

/** The most objects that one request of OSS deletes. */
const ONE_REQUEST = 1000

/** Tells whether one request can delete the whole choice, without a transfer. */
export const isOneRequest = ({ place, selection: { keys, under } }: Chosen): boolean =>
  under === undefined &&
  keys.length <= ONE_REQUEST &&
  keys.every((key) => !key.endsWith('/') || key === place.prefix)
