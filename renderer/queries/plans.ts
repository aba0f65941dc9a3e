import { queryOptions, useMutation, type QueryClient } from '@tanstack/react-query'
import type { Grant, UploadPlan } from '../../shared/contract/models-transfers.ts'
import type { In } from '../../shared/contract/routes/routes.ts'
import { call, names } from './core.ts'
import type { Place } from './objects.ts'

/** An upload plan and its count. Only the answer to `uploads.plan` and events set it. */
export const planQuery = (id: string) =>
  queryOptions<UploadPlan | null>({ queryKey: names.plan(id), queryFn: () => null, enabled: false })

/** Starts to count the files of the grants, and returns the plan's id. */
export async function planUpload(
  client: QueryClient,
  { profileId, bucket, prefix }: Place,
  grants: readonly Grant[],
): Promise<string> {
  const plan = await call('uploads.plan', {
    profileId,
    bucket,
    prefix,
    grants: grants.map((grant) => grant.id),
  })
  // An event may have come before the answer, and is newer.
  client.setQueryData<UploadPlan | null>(names.plan(plan.id), (known) => known ?? plan)
  return plan.id
}

/** Stops the count and removes the plan. Nothing was sent. */
export const useForgetPlan = () =>
  useMutation({ mutationFn: (planId: string) => call('uploads.forget', { planId }) })

export const useStartUpload = () =>
  useMutation({ mutationFn: (input: In<'uploads.start'>) => call('uploads.start', input) })
