import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { UploadPlan } from '../../shared/contract/models-transfers.ts'
import type { In } from '../../shared/contract/routes.ts'
import { call, names } from './core.ts'

/** An upload being counted. It is only ever set by the answer to `uploads.plan` and by events. */
export const planQuery = (id: string) => queryOptions<UploadPlan | null>({ queryKey: names.plan(id), queryFn: () => null, enabled: false })

export function usePlanUpload() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: In<'uploads.plan'>) => call('uploads.plan', input),
    // An event may have come before the answer, and knows more.
    onSuccess: (plan) => client.setQueryData<UploadPlan | null>(names.plan(plan.id), (known) => known ?? plan),
  })
}

/** Stops the count and forgets the plan; nothing was sent. */
export const useForgetPlan = () => useMutation({ mutationFn: (planId: string) => call('uploads.forget', { planId }) })

export const useStartUpload = () => useMutation({ mutationFn: (input: In<'uploads.start'>) => call('uploads.start', input) })
