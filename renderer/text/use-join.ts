import { useLanguage } from './use-text.tsx'

/** Joins names as the language lists them. */
export function useJoin(): (names: readonly string[]) => string {
  const comma = useLanguage() === 'zh-CN' ? '、' : ', '
  return (names) => names.join(comma)
}
