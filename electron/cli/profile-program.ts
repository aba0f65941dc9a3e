import type { Command } from 'commander'
import * as profiles from './commands/profile-commands.ts'
import type { CommonOptions } from './context.ts'
import type { Action } from './program-options.ts'

/** Adds the commands of the stored profiles. */
export function profileCommands(command: Command, action: Action): void {
  command.command('list').action(action((context) => profiles.listProfiles(context)))
  command
    .command('add <name>')
    .option('--access-key-id <id>', 'OSS_ACCESS_KEY_ID otherwise')
    .option('--no-seal', 'new uploads get no seal')
    .option('--sealed-only', 'refuse objects without a seal')
    .action(
      action((context, options: profiles.AddProfileOptions, name: string) =>
        profiles.addProfile(context, name, options),
      ),
    )
  command
    .command('set <name>')
    .description('changes the rules of a profile for seals')
    .option('--seal', 'new uploads get a seal, which shows whether an object was changed')
    .option('--no-seal', 'new uploads get no seal')
    .option('--sealed-only', 'refuse objects without a seal')
    .option('--no-sealed-only', 'read objects without a seal too')
    .action(
      action((context, options: profiles.SealOptions, name: string) =>
        profiles.setProfile(context, name, options),
      ),
    )
  command
    .command('remove <name>')
    .action(
      action((context, _options: CommonOptions, name: string) =>
        profiles.removeProfile(context, name),
      ),
    )
}
