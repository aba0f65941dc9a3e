import type { MasterKey, Profile } from '../../../../shared/contract/models.ts'
import type { ListingStatus } from '../../../../shared/contract/models-index.ts'
import type { Chosen } from '../../../queries/chosen.ts'
import type { Place } from '../../../queries/objects.ts'
import type { ObjectActions } from '../actions.ts'

/** Props of every part of the details pane. */
export interface DetailsProps {
  readonly place: Place
  readonly profile: Profile | undefined
  /** The folder of the one selected row; elsewhere `place`. */
  readonly rowPlace: Place
  readonly status: ListingStatus | undefined
  /** Files, folders and bytes of the folder, as far as it is listed; undefined: not known yet. */
  readonly sums:
    { readonly files: number; readonly folders: number; readonly bytes: number } | undefined
  readonly chosen: Chosen
  readonly actions: ObjectActions
  readonly keys: readonly MasterKey[]
}
