import { useText } from '../../../text/use-text.tsx'

const KNOWN = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'] as const
type Known = (typeof KNOWN)[number]

/** The storage class in words. An unknown class stays as OSS writes it. */
export function useClassWord(): (storageClass: string) => string {
  const t = useText()
  return (storageClass) =>
    KNOWN.includes(storageClass as Known)
      ? t(`objects:class.${storageClass as Known}`)
      : storageClass
}
