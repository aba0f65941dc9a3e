import { useText } from '../../../text/use-text.tsx'

const KNOWN = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'] as const
type Known = (typeof KNOWN)[number]

/** OSS's storage class in the user's words; one we do not know stays as OSS writes it. */
export function useClassWord(): (storageClass: string) => string {
  const t = useText()
  return (storageClass) =>
    KNOWN.includes(storageClass as Known)
      ? t(`objects:class.${storageClass as Known}`)
      : storageClass
}
