import type { Command } from 'commander'
import { recover, type RecoverOptions } from './commands/recover-command.ts'
import { collect, type Action } from './program-options.ts'

/** Adds the command that decrypts blobs whose envelope or key is not known. */
export function recoverCommand(program: Command, action: Action): void {
  program
    .command('recover <blob...>')
    .description(
      'decrypts downloaded objects without a known envelope or key, and marks what nothing proves',
    )
    .requiredOption('--out <folder>', 'folder for the files; none is ever replaced')
    .option('--key <K>', 'master key; may be repeated. All keys here otherwise', collect, [])
    .option('--envelope <file>', 'the envelope of the blob')
    .option('--vault', 'take envelopes from the vault alone, not from files beside the blobs')
    .action(
      action((context, options: RecoverOptions, blobs: string[]) =>
        recover(context, blobs, options),
      ),
    )
}
