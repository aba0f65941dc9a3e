/**
 * The names of all IPC channels. The preload and the main process use them; the page never does.
 */
export const channels = {
  /** A page started. Calls of an earlier page of this window are over. */
  begin: 'core:begin',
  /** Messages of contract/bridge, both ways. */
  message: 'core:message',
  pickFiles: 'files:pick-files',
  pickFolders: 'files:pick-folders',
  pickTarget: 'files:pick-target',
  /** Paths of dropped files, which the preload found. */
  dropped: 'files:dropped',
  reveal: 'files:reveal',
  dragOut: 'files:drag-out',
} as const
