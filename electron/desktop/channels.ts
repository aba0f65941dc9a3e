/**
 * Every IPC channel there is. The preload and the main process name them from here; the page never
 * does.
 */
export const channels = {
  /** A page began; what an earlier page of the window was waiting for is over. */
  begin: 'core:begin',
  /** Messages of contract/bridge, both ways. */
  message: 'core:message',
  pickFiles: 'files:pick-files',
  pickFolders: 'files:pick-folders',
  pickTarget: 'files:pick-target',
  /** Paths of dropped files, found by the preload. */
  dropped: 'files:dropped',
  reveal: 'files:reveal',
} as const
