import { Command, Option } from 'commander'
import type { CommonOptions, Context } from './context.ts'
import { copy, type CopyOptions } from './commands/copy-command.ts'
import { decrypt, type DecryptOptions } from './commands/decrypt-command.ts'
import { get, type GetOptions } from './commands/get-command.ts'
import { escrowCommands } from './escrow-program.ts'
import { handoffCommand } from './handoff-program.ts'
import { indexCommands } from './index-program.ts'
import * as keys from './commands/key-commands.ts'
import * as objects from './commands/object-commands.ts'
import { put, type PutOptions } from './commands/put-command.ts'
import * as remote from './commands/remote-key-commands.ts'
import { drillCommand } from './drill-program.ts'
import { recoverCommand } from './recover-program.ts'
import { vaultCommands } from './vault-program.ts'
import { profileCommands } from './profile-program.ts'
import { collect, described, FORMATS, RULES, wholeNumber, type Action } from './program-options.ts'

/** Options of `practice`. */
interface PracticeOptions {
  readonly data?: string
  readonly port: number
  readonly fill: number
}

/** Runs a command: opens the core, runs the command, sets the exit code. */
export interface Runner {
  withCore(options: CommonOptions, work: (context: Context) => Promise<number>): Promise<void>
  practice(options: PracticeOptions): Promise<void>
}

/** Builds the parser of the command line. Options may stand before or after the command's name. */
export function programFor(version: string, runner: Runner): Command {
  const program = new Command('cipherbucket')
    .description(
      'Encrypts files on this computer before they go to Alibaba Cloud OSS, and decrypts them after download.',
    )
    .version(version)
    .option('--endpoint <url>', 'OSS endpoint (OSS_ENDPOINT)')
    .option('--region <region>', 'region, such as cn-hangzhou (OSS_REGION)')
    .option('--bucket <name>', 'bucket')
    .option('--profile <name>', 'a stored profile instead of endpoint, region and environment')
    .option('--json', 'one JSON object per line')
    .option('--force', 'replace existing files and objects')
    .option('--passphrase-file <file>', 'passphrase of key files, on the first line of a file')
    .option(
      '--secrets-passphrase-file <file>',
      'passphrase of the keys and credentials on this computer, where there is no keychain',
    )
    .option('--kms-endpoint <url>', 'KMS endpoint; the public one of its region otherwise')
    .option('--kms-region <region>', 'region of KMS; that of an ARN, or --region, otherwise')
    .option(
      '--kms-key <id>',
      'key in KMS: id, alias or ARN. Without it, KMS decrypts and does not encrypt',
    )
    .option('--kms-context <json>', 'encryption context of KMS calls, as JSON')
    .option(
      '--kms-passphrase-file <file>',
      'passphrase that oss2 binds KMS calls to, on the first line of a file',
    )
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      '\nThe access key comes from OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET and OSS_SESSION_TOKEN, or from a profile;\nthat of KMS from ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN, or the same.\nK is the name of a master key of this computer, or a PEM or PKCS#12 file.\n\nExit codes: 0 done, 1 unexpected, 2 usage or left out, 3 no or wrong master key, 4 damaged, unsupported or failed check,\n5 OSS or network, 130 cancelled.',
    )

  /** Joins the options of the command with those before it. */
  const action =
    <A extends readonly unknown[]>(
      work: (context: Context, options: never, ...args: A) => Promise<number>,
    ) =>
    async (...given: unknown[]): Promise<void> => {
      const command = given.at(-1) as Command
      const options = command.optsWithGlobals<CommonOptions>()
      await runner.withCore(options, (context) =>
        work(context, options as never, ...(given.slice(0, -2) as unknown as A)),
      )
    }

  program
    .command('practice')
    .description('runs a practice OSS on this computer; the first line of output is JSON')
    .option('--port <number>', 'port; the system chooses one otherwise', wholeNumber(0, 65_535), 0)
    .option('--data <folder>', 'where its objects are stored')
    .option('--fill <n>', 'the bucket lists so many made-up objects', wholeNumber(0, 10_000_000), 0)
    .action((options: PracticeOptions) => runner.practice(options))

  program
    .command('ls [prefix]')
    .description('lists objects and folders; without a bucket, the buckets')
    .option('--encryption', 'show how each object is encrypted; asks OSS once per object')
    .action(
      action((context, options: objects.ListOptions, prefix: string | undefined) =>
        objects.list(context, prefix ?? '', options),
      ),
    )
  program
    .command('put <file...>')
    .description('encrypts and uploads files and folders')
    .option('--to <target>', 'a prefix that ends in /, or the key of the one file')
    .option('--key <K>', 'master key; the default key of the bucket or profile otherwise')
    .option('--description <json>', 'key description of a key file, or of --kms-key')
    .addOption(
      new Option('--format <format>', 'write format; that of the key otherwise').choices(FORMATS),
    )
    .addOption(
      new Option(
        '--existing <rule>',
        'existing names: same skips unchanged files that were uploaded from here, newer replaces older objects; refused otherwise',
      ).choices(RULES),
    )
    .option('--context <json>', 'the same as --kms-context')
    .option('--part-size <bytes>', 'size of parts', wholeNumber(102_400, 5 * 1024 ** 3))
    .option('--parallel <n>', 'parts at the same time', wholeNumber(1, 64))
    .option('--allow-weak', 'encrypt with a key below 2048 bits')
    .option('--no-seal', 'no seal, whatever the profile says; changes are not noticed then')
    .action(action((context, options: PutOptions, files: string[]) => put(context, files, options)))
  program
    .command('get <key>')
    .description('downloads and decrypts an object; a key that ends in / means everything below it')
    .option('--out <path>', 'file or folder to write')
    .option('--range <A-B>', 'only these bytes, counted from 0, both included')
    .option('--version-id <id>', 'this version of the object, not the current one')
    .option('--message', 'decrypt an object that is a whole message of the KMS Encryption SDK')
    .option('--repair', 'repair an object that a Java SDK split differently')
    .option('--raw', 'leave it encrypted, with its envelope beside it in <name>.ossenv.json')
    .option('--key <K>', 'master key; by key description otherwise; may be repeated', collect, [])
    .option('--allow-plain', 'with a named key: also save objects that are not encrypted')
    .option('--sealed-only', 'refuse objects without a seal')
    .option('--allow-moved', 'also save objects that were sealed under another name')
    .option('--unverified', 'with --range: save a range of a large sealed object, not verified')
    .action(action((context, options: GetOptions, key: string) => get(context, key, options)))
  program
    .command('head <key>')
    .description('shows what OSS says of an object, and its envelope')
    .option('--version-id <id>', 'this version of the object, not the current one')
    .action(
      action((context, options: objects.HeadOptions, key: string) =>
        objects.head(context, key, options),
      ),
    )
  program
    .command('set-headers <key>')
    .description('changes headers of an object; its content and its encryption stay')
    .option(
      '--set <name=value>',
      'such as content-type=image/png or x-oss-meta-author=me; may be repeated',
      collect,
      [],
    )
    .option('--remove <name>', 'may be repeated', collect, [])
    .action(
      action((context, options: objects.HeaderOptions, key: string) =>
        objects.setHeaders(context, key, options),
      ),
    )
  program
    .command('rm <key...>')
    .description('deletes objects')
    .option('--recursive', 'for a key that ends in /: everything below it')
    .option('--version-id <id>', 'only this version or delete marker of the object, for good')
    .action(
      action((context, options: objects.RemoveOptions, names: string[]) =>
        objects.remove(context, names, options),
      ),
    )
  for (const [name, moves] of [
    ['cp', false],
    ['mv', true],
  ] as const) {
    program
      .command(`${name} <key> <to>`)
      .description(
        `${moves ? 'moves' : 'copies'} an object as stored; a key that ends in / means everything below it`,
      )
      .option('--key <K>', 'master key of the seal, which then fits the new place', collect, [])
      .option('--to-bucket <name>', 'another bucket')
      .option('--to-profile <name>', 'another stored profile')
      .option(
        '--version-id <id>',
        `this version of the object, not the current one${moves ? '; the move deletes it for good' : ''}`,
      )
      .action(
        action((context, options: CopyOptions, key: string, to: string) =>
          copy(context, key, to, options, moves),
        ),
      )
  }
  program
    .command('decrypt <blob> [keys...]')
    .usage('<blob> [--envelope <file>] --key <K>... [--out <path>]')
    .description('decrypts a downloaded object; without a network, unless its key is in KMS')
    .option(
      '--envelope <file>',
      'its headers: our .ossenv.json, or what another tool printed; none for a whole message of the KMS Encryption SDK',
    )
    .option('--repair', 'repair an object that a Java SDK split differently')
    .option('--key <K>', 'master key; may be repeated', collect, [])
    .option('--out <path>', 'file or folder to write')
    .action(
      action((context, options: DecryptOptions, blob: string, more: string[]) =>
        decrypt(context, blob, { ...options, key: [...options.key, ...more] }),
      ),
    )

  indexCommands(program, action)
  vaultCommands(program, action)
  recoverCommand(program, action)
  drillCommand(program, action)
  handoffCommand(program, action)
  keyCommands(program.command('keys').description('master keys of this computer'), action)
  profileCommands(program.command('profiles').description('stored accounts'), action)
  return program
}

function keyCommands(command: Command, action: Action): void {
  command.command('list').action(action((context) => keys.listKeys(context)))
  described(command.command('generate <name>'))
    .option('--bits <bits>', '2048, 3072 or 4096', wholeNumber(2048, 4096), 3072)
    .action(
      action((context, options: keys.NewKeyOptions, name: string) =>
        keys.generateKey(context, name, options),
      ),
    )
  described(command.command('import <file>'))
    .option('--name <name>', 'the file’s name otherwise')
    .option('--decrypt-only', 'never encrypt with it')
    .action(
      action((context, options: keys.NewKeyOptions, file: string) =>
        keys.importKey(context, file, options),
      ),
    )
  described(command.command('add-kms <name>'))
    .description('a key in KMS')
    .requiredOption('--cmk <id>', 'id, alias or ARN of the key')
    .addOption(new Option('--format <format>', 'write format').choices(FORMATS).default('v2'))
    .action(
      action((context, options: remote.AddKmsOptions, name: string) =>
        remote.addKms(context, name, options),
      ),
    )
  command
    .command('list-kms')
    .description('the keys that KMS lists')
    .action(action((context) => remote.listKms(context)))
  described(command.command('add-command <name>'))
    .description('an external program that wraps and unwraps data keys')
    .requiredOption('--program <file>', 'the program')
    .option('--arg <text>', 'an argument for it; may be repeated', collect, [])
    .requiredOption('--wrap-algorithm <name>', 'its name in the objects that it encrypts')
    .option('--timeout <seconds>', 'for one answer', wholeNumber(1, 300), 30)
    .action(
      action((context, options: remote.AddCommandOptions, name: string) =>
        remote.addCommand(context, name, options),
      ),
    )
  command
    .command('test <name>')
    .description('tests the key, wherever it is')
    .action(
      action((context, _options: CommonOptions, name: string) => remote.testKey(context, name)),
    )
  command
    .command('export <name>')
    .requiredOption('--out <file>', 'file to write')
    .option('--private', 'the private key too, protected by a passphrase')
    .addOption(
      new Option('--format <format>', 'of the private key; PEM of PKCS#8 otherwise').choices([
        'pkcs8',
        'pkcs12',
      ]),
    )
    .action(
      action((context, options: keys.ExportOptions, name: string) =>
        keys.exportKey(context, name, options),
      ),
    )
  escrowCommands(command, action)
  command
    .command('ledger [name]')
    .description('the objects that each key opens, as far as this computer listed them')
    .action(action((context, _options: CommonOptions, name?: string) => keys.ledger(context, name)))
  command
    .command('remove <name>')
    .option('--confirm <name>', 'repeat its name')
    .option(
      '--objects <n>',
      'repeat the number of objects that it opens, as "keys ledger" counts them',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .option('--successor <name>', 'the key that replaces it as default')
    .action(
      action((context, options: keys.RemoveKeyOptions, name: string) =>
        keys.removeKey(context, name, options),
      ),
    )
}
