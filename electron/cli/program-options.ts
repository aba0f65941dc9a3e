import { InvalidArgumentError, Option, type Command } from 'commander'
import type { WriteFormat } from '../../shared/contract/models.ts'
import type { ExistingRule } from '../../shared/contract/models-settings.ts'
import type { Context } from './context.ts'

/** The formats of --format. The core decides which of them a kind of key can write. */
export const FORMATS = [
  'v2',
  'v2-oaep',
  'v2-kms-b',
  'v1',
  'sdk-split',
  'sdk-message',
] as const satisfies readonly WriteFormat[]

export const RULES = [
  'skip',
  'rename',
  'replace',
  'same',
  'newer',
] as const satisfies readonly ExistingRule[]

export type Action = <A extends readonly unknown[]>(
  work: (context: Context, options: never, ...args: A) => Promise<number>,
) => (...given: unknown[]) => Promise<void>

export const described = (command: Command): Command =>
  command
    .option('--description <json>', 'key description, as JSON')
    .addOption(
      new Option('--style <style>', 'how the description is written')
        .choices(['compact', 'python'])
        .default('compact'),
    )

export const collect = (value: string, before: readonly string[]): readonly string[] => [
  ...before,
  value,
]

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
    return value
  }
}
