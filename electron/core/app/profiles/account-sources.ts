import { join } from 'node:path'
import { readSmallFile } from '../../store/small-file.ts'

/** An account of another tool on this computer. `secret` and `token` never leave the core. */
export interface SourceAccount {
  readonly source: string
  readonly label: string
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken: string
}

type Fields = Readonly<Record<string, string | undefined>>

/**
 * Finds accounts in the environment, in Aliyun CLI's `~/.aliyun/config.json` and in ossutil's
 * `~/.ossutilconfig`. It reads them at every call. Missing files and files of another form give
 * nothing, since nobody asked for them.
 */
export async function findAccounts(
  environment: Fields,
  home: string,
): Promise<readonly SourceAccount[]> {
  const [cli, ossutil] = await Promise.all([
    readText(join(home, '.aliyun', 'config.json')),
    readText(join(home, '.ossutilconfig')),
  ])
  return [...fromEnvironment(environment), ...fromAliyunCli(cli), ...fromOssutil(ossutil)].filter(
    (found) => found.accessKeyId !== '' && found.accessKeySecret !== '',
  )
}

/** Reads the variables of the OSS tools and of the other Alibaba Cloud tools. */
export function fromEnvironment(env: Fields): readonly SourceAccount[] {
  const account = (
    source: string,
    label: string,
    id: string,
    secret: string,
    token: string,
  ): SourceAccount => ({
    source,
    label,
    endpoint: env['OSS_ENDPOINT'] ?? '',
    region: env['OSS_REGION'] ?? env['ALIBABA_CLOUD_REGION_ID'] ?? '',
    accessKeyId: env[id] ?? '',
    accessKeySecret: env[secret] ?? '',
    securityToken: env[token] ?? '',
  })
  return [
    account(
      'environment:oss',
      'OSS_ACCESS_KEY_ID',
      'OSS_ACCESS_KEY_ID',
      'OSS_ACCESS_KEY_SECRET',
      'OSS_SESSION_TOKEN',
    ),
    account(
      'environment:cloud',
      'ALIBABA_CLOUD_ACCESS_KEY_ID',
      'ALIBABA_CLOUD_ACCESS_KEY_ID',
      'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
      'ALIBABA_CLOUD_SECURITY_TOKEN',
    ),
  ]
}

/** Reads profiles of mode AK and StsToken. Other modes have no secret in the file. */
export function fromAliyunCli(text: string): readonly SourceAccount[] {
  let profiles: unknown
  try {
    profiles = (JSON.parse(text) as { profiles?: unknown } | null)?.profiles
  } catch {
    return []
  }
  if (!Array.isArray(profiles)) return []
  return profiles.map((profile: Record<string, unknown> | null) => {
    const field = (name: string) => (typeof profile?.[name] === 'string' ? profile[name] : '')
    const name = field('name') || 'default'
    return {
      source: `aliyun:${name}`,
      label: `~/.aliyun/config.json, ${name}`,
      endpoint: '',
      region: field('region_id'),
      accessKeyId: field('access_key_id'),
      accessKeySecret: field('access_key_secret'),
      securityToken: field('sts_token'),
    }
  })
}

/**
 * Reads both generations: `[Credentials]` of ossutil 1, `[default]` and `[profile NAME]` of ossutil
 * 2.
 */
export function fromOssutil(text: string): readonly SourceAccount[] {
  const sections = new Map<string, Map<string, string>>()
  let current: Map<string, string> | null = null
  for (const line of text.split(/\r?\n/)) {
    const head = /^\s*\[(.+)\]\s*$/.exec(line)
    const pair = /^\s*([A-Za-z][\w-]*)\s*=\s*(.*?)\s*$/.exec(line)
    if (head?.[1] !== undefined) sections.set(head[1], (current = new Map()))
    else if (pair?.[1] !== undefined && current !== null)
      current.set(pair[1].toLowerCase(), pair[2] ?? '')
  }
  return [...sections].map(([name, fields]) => ({
    source: `ossutil:${name}`,
    label: sections.size === 1 ? '~/.ossutilconfig' : `~/.ossutilconfig, ${name}`,
    endpoint: fields.get('endpoint') ?? '',
    region: fields.get('region') ?? '',
    accessKeyId: fields.get('accesskeyid') ?? '',
    accessKeySecret: fields.get('accesskeysecret') ?? '',
    securityToken: fields.get('ststoken') ?? '',
  }))
}

/** The largest configuration file that is read, in bytes. */
const MAX_CONFIG_BYTES = 1024 * 1024

async function readText(path: string): Promise<string> {
  try {
    return (await readSmallFile(path, MAX_CONFIG_BYTES)).toString('utf8')
  } catch {
    return ''
  }
}
