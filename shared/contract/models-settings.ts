/**
 * What becomes of a name that is there already. 'same': left alone when it still is what was
 * uploaded from this file as the file is now, else replaced. 'newer': replaced when the file here
 * is newer than the object, else left alone.
 */
export type ExistingRule = 'ask' | 'skip' | 'rename' | 'replace' | 'same' | 'newer'

/**
 * Minutes of the day in local time, 0 to 1439: from `from` up to and without `to`, past midnight
 * when `to` is smaller. Equal: all day.
 */
export interface TimeWindow {
  readonly from: number
  readonly to: number
}

export interface Settings {
  readonly theme: 'system' | 'light' | 'dark'
  /** 'system' until the user chose: the system's, or that of the browser. */
  readonly language: 'system' | 'en' | 'zh-CN'
  /** Transfers at the same time, 1 to 16. */
  readonly files: number
  /** Parts of one transfer at the same time, 1 to 16. */
  readonly parts: number
  /** Files of this many bytes and more go up in parts. */
  readonly multipartFrom: number
  /** Preferred part size in bytes. */
  readonly partSize: number
  readonly existing: ExistingRule
  /** Bytes per second of all transfers together, here; 0 for none. */
  readonly speedLimit: number
  /** Bits per second that OSS keeps each request to; 0 for none. */
  readonly trafficLimit: number
  /** When transfers may move; null: at any time. */
  readonly window: TimeWindow | null
  /** What unfinished transfers do when the app starts. */
  readonly onStart: 'continue' | 'paused'
  /**
   * A notification of the system when all transfers have ended, with the names of files in it or
   * without.
   */
  readonly notifyEnd: boolean
  readonly notifyNames: boolean
  readonly showPractice: boolean
  readonly showGuide: boolean
  /** Steps of the guide that were seen to be done. */
  readonly guideSteps: readonly (1 | 2 | 3)[]
  readonly closeKeysAfterUse: boolean
}

/**
 * Where a window was and how it looked, kept for each shell. `version`: a later one may mean
 * something else.
 */
export interface ViewState {
  readonly version: 1
  /** `prefix`: '' or ending in '/'. Null: nowhere yet. */
  readonly place: {
    readonly profileId: string
    readonly bucket: string
    readonly prefix: string
  } | null
  /** Pixels. */
  readonly panes: {
    readonly side: number
    readonly details: number
    readonly panel: number
    readonly sideOpen: boolean
    readonly detailsOpen: boolean
    readonly panelOpen: boolean
  }
  readonly sort: { readonly by: 'name' | 'size' | 'modified' | 'class'; readonly down: boolean }
}
