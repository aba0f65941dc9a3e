import type { MasterKey, ObjectRow, Profile } from '../../../../shared/contract/models.ts'
import type { Listing, Place } from '../../../queries/objects.ts'
import type { ObjectActions } from '../actions.ts'

/** Props of every part of the details pane. */
export interface DetailsProps {
  readonly place: Place
  readonly profile: Profile | undefined
  readonly listing: Listing | undefined
  readonly selected: readonly ObjectRow[]
  readonly actions: ObjectActions
  readonly keys: readonly MasterKey[]
}
