import { useToday } from './clock.ts'
import { quantitiesIn, type Quantities } from './quantities.ts'
import { useLanguage } from './use-text.tsx'

/**
 * Returns the formats in the language of the window. Another day or time zone creates them again,
 * because "today" changes.
 */
export function useQuantities(): Quantities {
  return quantitiesIn(useLanguage(), useToday())
}
