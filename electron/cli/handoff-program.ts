import type { Command } from 'commander'
import { handOff, lifeOf, type HandoffOptions } from './commands/handoff-command.ts'
import { collect, type Action } from './program-options.ts'

/** Adds the command that gives one object to one person. */
export function handoffCommand(program: Command, action: Action): void {
  program
    .command('handoff <key>')
    .description('writes a page that opens one sealed object for one person, in any browser')
    .requiredOption('--to <recipient>', "a file with the receiver's RSA public key, or: passphrase")
    .requiredOption('--expires <time>', 'life of the link: 30m, 12h, at most 7d', lifeOf)
    .requiredOption('--out <file>', 'the page to write; it ends in .html')
    .option('--passphrase-out <file>', 'new file for the passphrase; needed without a terminal')
    .option('--key <K>', 'master key; may be repeated', collect, [])
    .action(
      action((context, options: HandoffOptions, key: string) => handOff(context, key, options)),
    )
}
