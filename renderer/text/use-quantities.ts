import { useToday } from './clock.ts'
import { quantitiesIn, type Quantities } from './quantities.ts'
import { useLanguage } from './use-text.tsx'

/**
 * Numbers, sizes and times in the language of the window. Another day, or another time zone, makes
 * them new: "today" has another meaning then.
 */
export function useQuantities(): Quantities {
  return quantitiesIn(useLanguage(), useToday())
}
