import type { Handlers } from '../../../../shared/contract/routes/routes.ts'
import type { Parts } from '../parts.ts'
import { appHandlers } from './handlers-app.ts'
import { bulkHandlers } from './handlers-bulk.ts'
import { copyHandlers } from './handlers-copies.ts'
import { downloadHandlers } from './handlers-downloads.ts'
import { handoffHandlers } from './handlers-handoff.ts'
import { indexHandlers } from './handlers-index.ts'
import { keyHandlers } from './handlers-keys.ts'
import { leftoverHandlers } from './handlers-leftovers.ts'
import { localHandlers } from './handlers-local.ts'
import { objectHandlers } from './handlers-objects.ts'
import { offlineHandlers } from './handlers-offline.ts'
import { previewHandlers } from './handlers-previews.ts'
import { profileHandlers } from './handlers-profiles.ts'
import { sealHandlers } from './handlers-seals.ts'
import { transferHandlers } from './handlers-transfers.ts'
import { uploadHandlers } from './handlers-uploads.ts'
import { drillHandlers } from './handlers-drills.ts'
import { recoverHandlers } from './handlers-recover.ts'
import { vaultHandlers } from './handlers-vault.ts'

/** Makes the handlers of all routes. */
export const allHandlers = (parts: Parts): Handlers => ({
  ...appHandlers(parts),
  ...profileHandlers(parts),
  ...objectHandlers(parts),
  ...previewHandlers(parts),
  ...bulkHandlers(parts),
  ...uploadHandlers(parts),
  ...downloadHandlers(parts),
  ...copyHandlers(parts),
  ...sealHandlers(parts),
  ...handoffHandlers(parts),
  ...vaultHandlers(parts),
  ...recoverHandlers(parts),
  ...drillHandlers(parts),
  ...transferHandlers(parts),
  ...indexHandlers(parts),
  ...leftoverHandlers(parts),
  ...keyHandlers(parts),
  ...offlineHandlers(parts),
  ...localHandlers(parts),
})
