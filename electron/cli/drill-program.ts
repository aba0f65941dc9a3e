import type { Command } from 'commander'
import { drill, type DrillOptions } from './commands/drill-command.ts'
import { wholeNumber, type Action } from './program-options.ts'

/** Adds the command that opens random objects with the copy of a key. */
export function drillCommand(program: Command, action: Action): void {
  program
    .command('drill [prefix]')
    .description(
      'opens random objects with the copy of a key alone, and signs a report. Nothing of them is kept',
    )
    .option('--sample <n>', 'so many objects', wholeNumber(1, 10_000), 10)
    .option('--key-from <file...>', 'the pictures of a recovery sheet or of shares, or a key file')
    .option('--out <file>', 'the report to write; it ends in .json or .html')
    .option('--list', 'the drills that this computer ran')
    .option('--check <report>', 'compare the signature of a report under --key')
    .option('--key <K>', 'the drilled key: for --check')
    .action(
      action((context, options: DrillOptions, prefix?: string) =>
        drill(context, prefix ?? '', options),
      ),
    )
}
