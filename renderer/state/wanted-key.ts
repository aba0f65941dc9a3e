import { create } from 'zustand'
import type { MasterKeyId } from '../../shared/contract/models.ts'
import { go } from './ui.ts'

/** The key that the page of master keys selects next. */
export const useWantedKey = create<{ readonly id: MasterKeyId | null }>(() => ({ id: null }))

/** Shows one key in the list of master keys. */
export function showKey(id: MasterKeyId): void {
  useWantedKey.setState({ id })
  go({ page: 'keys' })
}
