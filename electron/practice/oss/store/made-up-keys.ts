import { firstNot } from '../../../../shared/contract/first-not.ts'
import { binary } from '../request/binary.ts'
import { KeyIndex, type Keys } from './key-index.ts'
import { madeUpKey, madeUpVersion } from './made-up.ts'
import type { Version } from './version-index.ts'

/** A place in both lists: the next made-up object, and the next stored one. */
interface Place {
  readonly position: number
  readonly number: number
  readonly stored: number
}

/**
 * The keys of a bucket with made-up objects, and with stored ones between and over them. The first
 * `count` objects need no memory. A made-up object that was deleted or written over is hidden.
 */
export class MadeUpKeys implements Keys<Version> {
  readonly #count: number
  readonly #stored = new KeyIndex<Version>()
  /** Numbers of hidden objects, in order. */
  readonly #hidden: number[] = []
  /** Listings read one position after the other. */
  #last: Place | null = null

  constructor(count: number) {
    this.#count = count
  }

  get size(): number {
    return this.#count - this.#hidden.length + this.#stored.size
  }

  get(key: string): Version | undefined {
    const stored = this.#stored.get(key)
    if (stored !== undefined) return stored
    const number = this.#numberAt(binary(key))
    return this.#isVisible(number) && madeUpKey(number, this.#count) === key
      ? madeUpVersion(number, this.#count)
      : undefined
  }

  set(entry: Version): void {
    this.hide(entry.key)
    this.#stored.set(entry)
    this.#last = null
  }

  delete(key: string): void {
    this.hide(key)
    this.#stored.delete(key)
    this.#last = null
  }

  load(entries: Iterable<Version>): void {
    this.#stored.load(entries)
    for (const { key } of this.#stored.values()) this.hide(key)
  }

  /** Hides the made-up object of a key, if there is one. */
  hide(key: string): void {
    const number = this.#numberAt(binary(key))
    if (number >= this.#count || madeUpKey(number, this.#count) !== key) return
    const at = this.#hiddenBefore(number)
    if (this.#hidden[at] !== number) this.#hidden.splice(at, 0, number)
    this.#last = null
  }

  firstAt(bound: string): number {
    const number = this.#numberAt(bound)
    return number - this.#hiddenBefore(number) + this.#stored.firstAt(bound)
  }

  at(position: number): readonly [name: string, entry: Version] | undefined {
    const place = this.#last?.position === position ? this.#last : this.#placeOf(position)
    const { number } = place
    const stored = this.#stored.at(place.stored)
    const name = number < this.#count ? binary(madeUpKey(number, this.#count)) : null
    if (stored === undefined && name === null) return undefined
    const isStored = name === null || (stored !== undefined && stored[0] < name)
    this.#last = {
      position: position + 1,
      number: isStored ? number : this.#nextVisible(number + 1),
      stored: place.stored + (isStored ? 1 : 0),
    }
    return isStored ? stored : [name, madeUpVersion(number, this.#count)]
  }

  *values(): Generator<Version> {
    for (let position = 0; ; position++) {
      const found = this.at(position)
      if (found === undefined) return
      yield found[1]
    }
  }

  /** Returns the first number whose key is not before `bound` (bytes). */
  #numberAt(bound: string): number {
    return firstNot(this.#count, (number) => binary(madeUpKey(number, this.#count)) < bound)
  }

  #hiddenBefore(number: number): number {
    return firstNot(this.#hidden.length, (at) => (this.#hidden[at] ?? 0) < number)
  }

  #isVisible(number: number): boolean {
    return number < this.#count && this.#hidden[this.#hiddenBefore(number)] !== number
  }

  #nextVisible(number: number): number {
    let next = number
    if (this.#hidden.length > 0) while (next < this.#count && !this.#isVisible(next)) next++
    return next
  }

  #placeOf(position: number): Place {
    /** Returns the position that an object of this number has, or would have. */
    const positionOf = (number: number): number =>
      number -
      this.#hiddenBefore(number) +
      this.#stored.firstAt(binary(madeUpKey(number, this.#count)))
    const number = this.#nextVisible(firstNot(this.#count, (one) => positionOf(one) < position))
    return { position, number, stored: position - (number - this.#hiddenBefore(number)) }
  }
}
