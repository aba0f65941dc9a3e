import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import type { EditedCopy, EditId } from '../../shared/contract/models-edits.ts'
import { call, names } from './core.ts'

/** Asks for the edited copies. Events change them. A shell without such copies has none. */
const editsQuery = queryOptions({
  queryKey: names.edits,
  queryFn: ({ signal }) => call('edits.list', {}, signal),
})

const NONE: readonly EditedCopy[] = []
/** The edited copies, in the order in which they were opened. */
export const useEdits = (): readonly EditedCopy[] => useQuery(editsQuery).data ?? NONE

/** Uploads or discards one copy. Its effect comes as an event. */
export const useEditAct = () =>
  useMutation({
    mutationFn: async ({ act, id }: { readonly act: 'upload' | 'discard'; readonly id: EditId }) =>
      void (await call(`edits.${act}`, { id })),
  })
