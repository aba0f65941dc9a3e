import type { RoundEnd } from '../round.ts'
import type { Language } from './sentences.ts'
import { shown } from './sentences-words.ts'

/** The text of a system notification. */
export interface SystemNotice {
  readonly title: string
  readonly body: string
}

interface Words {
  readonly all: string
  readonly ended: (needs: number) => string
  readonly finished: (count: number) => string
  readonly none: string
  readonly names: (names: string, listed: number, all: number) => string
  readonly join: string
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    all: 'All transfers finished',
    ended: (needs) => `Transfers ended, ${needs} ${needs === 1 ? 'needs' : 'need'} you`,
    finished: (count) => `${count} ${count === 1 ? 'transfer' : 'transfers'} finished.`,
    none: 'Open Cipherbucket to see why.',
    names: (names, listed, all) => (all <= listed ? names : `${names} and ${all - listed} more`),
    join: ', ',
  },
  'zh-CN': {
    all: '全部传输已完成',
    ended: (needs) => `传输已结束，${needs} 个需要你处理`,
    finished: (count) => `已完成 ${count} 个传输。`,
    none: '打开 Cipherbucket 查看原因。',
    names: (names, listed, all) => (all <= listed ? names : `${names} 等 ${all} 个文件`),
    join: '、',
  },
}

/**
 * Returns the notification for the end of a round. `withNames`: the user allows names of files,
 * which everybody near the screen can read.
 */
export function endNotice(
  { finished, needs, names }: RoundEnd,
  language: Language,
  withNames: boolean,
): SystemNotice {
  const words = WORDS[language]
  const named = withNames && names.length > 0
  return {
    title: needs === 0 ? words.all : words.ended(needs),
    body: named
      ? words.names(names.map(shown).join(words.join), names.length, finished)
      : finished === 0
        ? words.none
        : words.finished(finished),
  }
}
