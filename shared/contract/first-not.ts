/** Returns the first number below `count` for which `is` is false. `is` is true for a beginning. */
export function firstNot(count: number, is: (number: number) => boolean): number {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (is(middle)) low = middle + 1
    else high = middle
  }
  return low
}
