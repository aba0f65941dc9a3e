import { useLanguage } from './use-text.tsx'

/** Names one after the other, as the language lists them. */
export function useJoin(): (names: readonly string[]) => string {
  const comma = useLanguage() === 'zh-CN' ? '、' : ', '
  return (names) => names.join(comma)
}
