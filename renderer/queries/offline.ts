import { useMutation } from '@tanstack/react-query'
import type { In } from '../../shared/contract/routes.ts'
import { call } from './core.ts'

/** Pairs blobs and envelopes by name, then by size. Reads local files only. */
export const usePairFiles = () => useMutation({ mutationFn: (grants: readonly string[]) => call('offline.pair', { grants: [...grants] }) })

/** One blob with an envelope the user named, or headers the user pasted. */
export const useInspectPair = () => useMutation({ mutationFn: (input: In<'offline.inspect'>) => call('offline.inspect', input) })

/** Starts decrypting; the rest is a transfer like any other. */
export const useStartDecrypt = () => useMutation({ mutationFn: (input: In<'offline.start'>) => call('offline.start', input) })
