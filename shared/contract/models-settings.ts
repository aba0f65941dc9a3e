import type { IndexSort } from './models-index.ts'

/**
 * The action for a name that is already there. 'same': the object stays when it is this file's last
 * upload and neither has changed; else it is replaced. 'newer': the object is replaced when the
 * file here is newer; else it stays.
 */
export type ExistingRule = 'ask' | 'skip' | 'rename' | 'replace' | 'same' | 'newer'

/**
 * Minutes of the day in local time, 0 to 1439. The window includes `from` and excludes `to`. It
 * spans midnight when `to` is smaller. Equal values: all day.
 */
export interface TimeWindow {
  readonly from: number
  readonly to: number
}

export interface Settings {
  readonly theme: 'system' | 'light' | 'dark'
  /** 'system' until the user chooses: the language of the system, or of the browser. */
  readonly language: 'system' | 'en' | 'zh-CN'
  /** Transfers at the same time, 1 to 16. */
  readonly files: number
  /** Parts of one transfer at the same time, 1 to 16. */
  readonly parts: number
  /** A file of at least so many bytes is uploaded in parts. */
  readonly multipartFrom: number
  /** Preferred part size in bytes. */
  readonly partSize: number
  readonly existing: ExistingRule
  /**
   * Bytes per second that all transfers may use together, limited by this computer; 0: no limit.
   */
  readonly speedLimit: number
  /** Bits per second to which OSS limits each request; 0: no limit. */
  readonly trafficLimit: number
  /** The time of day when transfers may run; null: at any time. */
  readonly window: TimeWindow | null
  /** The state of unfinished transfers when the app starts. */
  readonly onStart: 'continue' | 'paused'
  /**
   * The system shows a notification when all transfers have ended. `notifyNames`: the notification
   * has the names of files.
   */
  readonly notifyEnd: boolean
  readonly notifyNames: boolean
  readonly showPractice: boolean
  readonly showGuide: boolean
  /** Steps of the guide that the app saw completed. */
  readonly guideSteps: readonly (1 | 2 | 3)[]
  readonly closeKeysAfterUse: boolean
  /** Extension in lower case → the encoding that the user chose for such texts. */
  readonly textEncodings: Readonly<Record<string, string>>
  /** The local index is stored on this computer. False: it is in memory, and ends with the app. */
  readonly keepIndex: boolean
}

/** The most tabs of a window. */
export const MOST_TABS = 40

/** The tabs of the window that changed last. */
export interface ViewTabs {
  /** At most 40, in the order of the bar. */
  readonly list: readonly {
    readonly page: 'objects' | 'transfers' | 'keys' | 'offline' | 'settings'
    readonly place: ViewState['place']
  }[]
  /** The number of the shown tab, from 0. */
  readonly shown: number
}

/**
 * The place and the layout of a window, stored for each shell. A later `version` may have another
 * meaning.
 */
export interface ViewState {
  readonly version: 1
  /** `prefix`: '' or a text that ends in '/'. Null: the window shows no place yet. */
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
  readonly sort: IndexSort
  /** A text of an older version has none: the window has one tab, which shows `place`. */
  readonly tabs?: ViewTabs | undefined
}
