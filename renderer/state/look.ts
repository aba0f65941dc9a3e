import { create } from 'zustand'
import type { ObjectRow } from '../../shared/contract/models.ts'
import type { Place } from '../queries/objects.ts'

/** The files of a list, in the order in which the list shows them. */
export interface LookList {
  placeOf(row: ObjectRow): Pick<Place, 'profileId' | 'bucket'>
  /** The number of files, without folders. */
  readonly count: number
  /** Returns the file of a number from 0 on, or null if it is gone. */
  fileAt(index: number): ObjectRow | null | Promise<ObjectRow | null>
  /** Returns the number of a file, or null if the list has no such file. */
  indexOf(row: ObjectRow): number | null | Promise<number | null>
  /** Makes a file the current row of the list, so that the focus returns to it. */
  visit(index: number): void
}

/** The file that quick look shows. */
interface LookedAt {
  readonly list: LookList
  readonly row: ObjectRow
  readonly index: number
}

export const useLook = create<{ readonly at: LookedAt | null }>(() => ({ at: null }))

let step = 0

let offered: LookList | null = null

/** Names the list that the page shows. Quick look goes through its files. */
export function offerLook(list: LookList | null): void {
  offered = list
}

/** Opens quick look at a file of the list that the page shows. */
export async function look(row: ObjectRow): Promise<void> {
  const list = offered
  const index = (await list?.indexOf(row)) ?? null
  if (list !== null && index !== null) await openAt(list, index)
}

/** Shows one file of a list. Nothing happens if the file is gone. */
async function openAt(list: LookList, index: number): Promise<void> {
  const mine = ++step
  const row = await list.fileAt(index)
  // Another step may have come first.
  if (mine !== step || row === null) return
  list.visit(index)
  useLook.setState({ at: { list, row, index } })
}

/** Shows the next file, or the one before for -1. The list has no further file at its ends. */
export function stepLook(by: number): void {
  const { at } = useLook.getState()
  if (at === null) return
  const index = at.index + by
  if (index >= 0 && index < at.list.count) void openAt(at.list, index)
}

export function closeLook(): void {
  step += 1
  useLook.setState({ at: null })
}
