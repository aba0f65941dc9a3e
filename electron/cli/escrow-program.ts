import type { Command } from 'commander'
import * as escrow from './commands/escrow-commands.ts'
import { described, wholeNumber, type Action } from './program-options.ts'

/** Adds the commands of recovery sheets to `keys`. */
export function escrowCommands(command: Command, action: Action): void {
  command
    .command('escrow <name>')
    .description(
      'writes a recovery sheet: the key as codes to print, under a passphrase that is shown once',
    )
    .requiredOption('--out <file>', 'the sheet to write; it ends in .html, .pdf or .png')
    .option(
      '--passphrase-out <file>',
      'new file for the passphrase; needed where there is no terminal',
    )
    .option('--shares <n>', 'so many sheets, and no passphrase', wholeNumber(2, 10))
    .option('--threshold <m>', 'so many of them open the key', wholeNumber(2, 10))
    .action(
      action((context, options: escrow.EscrowOptions, name: string) =>
        escrow.escrowKey(context, name, options),
      ),
    )
  described(command.command('unescrow [image...]'))
    .description(
      'reads a recovery sheet back: PNG, JPEG or PDF, or the texts of its codes. The key then counts as escrowed',
    )
    .option('--share <image...>', 'a sheet of a set of shares; the same as an image')
    .option('--import', 'restore the key on this computer first')
    .option('--name <name>', 'name of the restored key')
    .option('--decrypt-only', 'never encrypt with the restored key')
    .action(
      action((context, options: escrow.UnescrowOptions, images: string[]) =>
        escrow.unescrowKey(context, images, options),
      ),
    )
}
