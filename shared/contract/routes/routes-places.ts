import type { PlaceLists } from '../models-places.ts'
import type { ViewState } from '../models-settings.ts'
import { noInput, route } from './route.ts'
import * as s from './shapes-places.ts'

/** The place of a window, and the places that the user knows. */
export const placeRoutes = {
  /**
   * Reads the place and the layout of this shell's window. Null: the window was never open before,
   * or a later version wrote the state.
   */
  'view.get': route<ViewState | null>()(noInput),
  'view.set': route<null>()(s.viewState),
  /** Reads the favorites, the opened places and files, the view of folders, and the columns. */
  'places.get': route<PlaceLists>()(noInput),
  /** Makes one change. Every window hears of it as `places.changed`. */
  'places.change': route<null>()(s.placesChange),
} as const
