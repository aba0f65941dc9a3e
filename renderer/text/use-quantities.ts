import { quantitiesIn, type Quantities } from './quantities.ts'
import { useLanguage } from './use-text.tsx'

/** Numbers, sizes and times in the language of the window. */
export function useQuantities(): Quantities {
  return quantitiesIn(useLanguage())
}
