import type { Command } from 'commander'
import * as vault from './commands/vault-commands.ts'
import { collect, type Action } from './program-options.ts'

/** Adds the commands of the envelope vault. */
export function vaultCommands(program: Command, action: Action): void {
  const command = program
    .command('vault')
    .description('the envelopes that this computer saw, kept encrypted')
  command
    .command('sync')
    .description(
      'writes the envelopes that a folder of a bucket lacks, and reads those that this computer lacks',
    )
    .option('--to-bucket <name>', 'bucket of the vault; --bucket otherwise')
    .option('--to-profile <name>', 'profile of that bucket; --profile otherwise')
    .option('--prefix <prefix>', 'folder of the vault', '.cipherbucket/vault/')
    .option('--key <K>', 'master key; may be repeated', collect, [])
    .action(action((context, options: vault.VaultSyncOptions) => vault.syncVault(context, options)))
  command
    .command('list')
    .description('the envelopes that the keys at hand open')
    .option('--key <K>', 'master key; may be repeated', collect, [])
    .action(action((context, options: vault.VaultOptions) => vault.listVault(context, options)))
  command
    .command('status')
    .description('how many envelopes the vault has, and what it could not keep')
    .option('--key <K>', 'master key; may be repeated', collect, [])
    .action(action((context, options: vault.VaultOptions) => vault.vaultStatus(context, options)))
}
