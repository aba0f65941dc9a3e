import { useText } from '../../../text/use-text.tsx'

/** The storage classes of OSS. */
export const CLASSES = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'] as const
type Known = (typeof CLASSES)[number]

/** The storage class in words. An unknown class stays as OSS writes it. */
export function useClassWord(): (storageClass: string) => string {
  const t = useText()
  return (storageClass) =>
    CLASSES.includes(storageClass as Known)
      ? t(`objects:class.${storageClass as Known}`)
      : storageClass
}
