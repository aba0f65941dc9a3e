import { InvalidArgumentError, Option, type Command } from 'commander'
import type { Shard } from '../../shared/contract/models-audit.ts'
import { REWRAP_MODES } from '../../shared/contract/models-rewraps.ts'
import { audit, type AuditOptions } from './commands/audit-command.ts'
import {
  find,
  sizes,
  syncIndex,
  type FindOptions,
  type SizesOptions,
} from './commands/index-commands.ts'
import { seal, verify, type SealOptions } from './commands/seal-commands.ts'
import { rewrap, type RewrapOptions } from './commands/rewrap-command.ts'
import type { CommonOptions } from './context.ts'
import { collect, wholeNumber, type Action } from './program-options.ts'

const bytes = wholeNumber(0, Number.MAX_SAFE_INTEGER)

/** Reads a shard such as 2/8. */
function shardOf(text: string): Shard {
  const [, index = 0, of = 0] = (/^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []).map(Number)
  if (index < 1 || index > of || of > 10_000)
    throw new InvalidArgumentError('It must be such as 2/8: the second of eight shares.')
  return { index, of }
}

/** Adds the commands over the local index. */
export function indexCommands(program: Command, action: Action): void {
  program
    .command('index')
    .description('the local index of object names')
    .command('sync [prefix]')
    .description('lists everything below a prefix into the local index')
    .action(
      action((context, _options: CommonOptions, prefix: string | undefined) =>
        syncIndex(context, prefix ?? ''),
      ),
    )
  program
    .command('find [prefix]')
    .description('finds objects below a prefix; lists them first, unless "index sync" did')
    .option('--name <glob>', 'the whole name: * any text, ? one character, [a-z] one of these')
    .option('--text <text>', 'a part of the name')
    .option('--regex <regex>', 'a regular expression for a part of the name')
    .option('--larger <bytes>', 'more bytes than this', bytes)
    .option('--smaller <bytes>', 'fewer bytes than this', bytes)
    .option('--newer <date>', 'modified then or later, such as 2026-11-30')
    .option('--older <date>', 'modified before')
    .option('--class <name>', 'storage class, such as IA; may be repeated', collect, [])
    .addOption(
      new Option('--state <state>', 'encryption; asks OSS once per object').choices([
        'encrypted',
        'plain',
        'damaged',
        'key-missing',
      ]),
    )
    .option('--key <K>', 'encrypted under this master key; asks OSS once per object')
    .addOption(
      new Option('--sort <order>', 'order').choices(['name', 'size', 'time']).default('name'),
    )
    .option('--desc', 'the other way round')
    .option('--limit <n>', 'so many at most', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .action(
      action((context, options: FindOptions, prefix: string | undefined) =>
        find(context, prefix ?? '', options),
      ),
    )
  program
    .command('du [prefix]')
    .description('counts objects and bytes below a prefix')
    .option('--depth <n>', 'levels of folders with their own sums', wholeNumber(0, 100), 0)
    .action(
      action((context, options: SizesOptions, prefix: string | undefined) =>
        sizes(context, prefix ?? '', options),
      ),
    )
  program
    .command('audit [prefix]')
    .description('tells how the objects below a prefix are encrypted, and names problems')
    .option('--csv <file>', 'also write the findings into a CSV file')
    .option('--html <file>', 'also write a report to print, in both languages')
    .option('--shard <i/n>', 'only this share of the objects, such as 2/8', shardOf)
    .option('--acl', 'also ask for the ACL of each object that is not encrypted')
    .option(
      '--requests <n>',
      'so many HEAD requests at most',
      wholeNumber(1, 10_000_000),
      10_000_000,
    )
    .action(
      action((context, options: AuditOptions, prefix: string | undefined) =>
        audit(context, prefix ?? '', options),
      ),
    )
  program
    .command('verify [prefix]')
    .description('reads all objects below a prefix, and tells whether each is as it was sealed')
    .option('--key <K>', 'also this master key; may be repeated', collect, [])
    .option('--shard <i/n>', 'only this share of the objects, such as 2/8', shardOf)
    .action(
      action((context, options: SealOptions, prefix: string | undefined) =>
        verify(context, prefix ?? '', options),
      ),
    )
  program
    .command('seal [prefix]')
    .description('reads the objects below a prefix that have no seal, and seals them')
    .option('--key <K>', 'also this master key; may be repeated', collect, [])
    .option('--shard <i/n>', 'only this share of the objects, such as 2/8', shardOf)
    .action(
      action((context, options: SealOptions, prefix: string | undefined) =>
        seal(context, prefix ?? '', options),
      ),
    )
  program
    .command('rewrap [prefix]')
    .description(
      'gives the objects below a prefix another master key; can be run again at any time',
    )
    .requiredOption(
      '--to-key <K>',
      'the new master key; for --mode second, its public key is enough',
    )
    .option(
      '--from-key <K>',
      'only objects that this key opens; may be repeated; every key here otherwise',
      collect,
      [],
    )
    .addOption(
      new Option(
        '--mode <mode>',
        'relay keeps data keys and bytes; fresh encrypts again, for a key that leaked; second adds an RSA key beside the own one, and revokes nothing',
      )
        .choices(REWRAP_MODES)
        .default('relay'),
    )
    .option('--dry-run', 'look at every object, and write nothing')
    .option('--shard <i/n>', 'only this share of the objects, such as 2/8', shardOf)
    .option('--yes', 'start without a question')
    .option(
      '--remove-old-versions [n]',
      'remove the old versions that an old key opens, for good; asks for their number',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .action(
      action((context, options: RewrapOptions, prefix: string | undefined) =>
        rewrap(context, prefix ?? '', options),
      ),
    )
}
