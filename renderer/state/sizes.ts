import { create } from 'zustand'
import type { Place } from '../queries/objects.ts'

/** The folders for whose content the user asked for sizes in this session. */
const useWanted = create<{ readonly places: ReadonlySet<string> }>(() => ({ places: new Set() }))

const idOf = ({ profileId, bucket, prefix }: Place): string =>
  JSON.stringify([profileId, bucket, prefix])

/** Asks for the sizes of all folders of a place. */
export const wantSizes = (place: Place): void =>
  useWanted.setState(({ places }) => ({ places: new Set([...places, idOf(place)]) }))

/** True if the sizes of a place's folders were asked for. */
export const useSizesWanted = (place: Place): boolean =>
  useWanted(({ places }) => places.has(idOf(place)))
