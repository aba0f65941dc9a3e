import { bytes, headerWord, permission, shown, type Sentences } from './sentences-words.ts'
import { isDistrust } from './errors.ts'
import { WRITES } from './write-formats.ts'
import { badName, badRequest, fileDamaged, leftOut, oneKeyForTwo, weakPassphrase } from './sentences-input.ts'
import type { AppError, CommandProblem, DescriptionProblem, FormatName, KeyImportProblem, KmsKeyProblem } from './errors.ts'

type Of<C extends AppError['code']> = Extract<AppError, { readonly code: C }>

const WHAT: Readonly<Record<Of<'not-found'>['what'], string>> = {
  object: '对象', bucket: 'Bucket', profile: '账号配置', 'master-key': '主密钥', transfer: '传输', grant: '所选的文件或文件夹', plan: '上传确认', upload: '上传',
}

const HEADER: Readonly<Record<string, string>> = {
  key: '包装的数据密钥', start: '包装的初始计数器', 'cek-alg': '内容算法', 'wrap-alg': '包装算法', matdesc: '密钥描述',
}

const FORMAT: Readonly<Record<FormatName, string>> = {
  v1: 'V1 格式', v2: 'V2 格式', 'v2-kms': '使用 KMS 密钥的 V2 格式', 'v2-oaep': '使用 OAEP 包装的 V2 格式', 'v2-custom': '使用自定义包装的 V2 格式',
  'sdk-split': ' KMS Encryption SDK ', 'sdk-message': ' KMS Encryption SDK ', 'sdk-stream': ' KMS Encryption SDK ',
  'sdk-external': ' KMS Encryption SDK（数据密钥在凭据库中）', 'sdk-sm4': ' KMS Encryption SDK（SM4）',
}

const DAMAGE: Readonly<Record<Of<'message-damaged'>['part'], string>> = {
  header: '此消息的头部被改动：认证标签不符，没有保留任何内容。如果 Bucket 保留了早先版本，请恢复。',
  content: '内容被改动：认证标签不符，没有保留任何内容。请重新下载；若再次发生，请恢复早先版本。',
  ending: '内容被改动或截断：结尾不符，没有保留任何内容。请重新下载；若再次发生，请恢复早先版本。',
  shape: '这不是 KMS Encryption SDK 的消息，或已不再是，没有保留任何内容。若它曾经是，请恢复早先版本；否则请直接下载，不要解密。',
}

const KMS_KEY: Readonly<Record<KmsKeyProblem, (name: string) => string>> = {
  'not-found': (name) => `KMS 在此地域没有 ${name} 的密钥。请在“主密钥”页检查密钥 ID、地域和 Endpoint。`,
  disabled: (name) => `${name} 的 KMS 密钥已禁用。请在 KMS 控制台启用后重试。`,
  deleting: (name) => `${name} 的 KMS 密钥即将被删除。请立即在 KMS 控制台取消删除：没有它，用它加密的内容都无法打开。`,
  'wrong-use': (name) => `${name} 的 KMS 密钥不能用于加密和解密。请选择对称密钥。`,
  'cannot-open': (name) => `KMS 用 ${name} 打不开这个信封：它来自另一个密钥、另一个地域，或使用了不同的口令或上下文，或之后被改动。请在“主密钥”页检查。`,
}

const COMMAND: Readonly<Record<CommandProblem, (detail: string) => string>> = {
  'not-started': (detail) => `无法启动（${detail}）。请检查文件是否存在并可执行。`,
  'timed-out': (detail) => `在 ${detail} 秒内没有回答，已被终止。请在终端中试运行，或延长时限。`,
  exited: (detail) => `没有回答就退出了（${detail}）。请在终端中试运行。`,
  'not-json': () => '没有用含 base64 字段 "bytes" 的 JSON 对象回答。请在终端中查看它的输出。',
  'wrong-length': (detail) => `回答了 ${detail} 字节，不可能正确。请在终端中试运行。`,
  'too-much': () => '输出超过了回答应有的长度，已被终止。请在终端中查看它的输出。',
  'not-wrapped': () => '原样返回了数据密钥，因此没有用它加密任何内容。请修正程序后重试。',
  refused: (detail) => `拒绝了请求：“${detail}”。`,
}

const KINDS: Readonly<Record<Of<'format-not-for-key'>['kind'], string>> = { rsa: 'RSA 密钥', kms: 'KMS 中的密钥', command: '程序' }

const IMPORT: Readonly<Record<KeyImportProblem, string>> = {
  'not-a-key': '此文件中没有密钥。请选择 PEM 或 PKCS#12 文件。',
  'not-rsa': '此密钥不是 RSA。这里只有 RSA 密钥可以作为主密钥，请另选文件。',
  'needs-passphrase': '此文件有口令保护。请输入口令。',
  'wrong-passphrase': '口令打不开此文件。请重新输入。',
  'openssh-closed': '此 OpenSSH 密钥有口令保护，其方式此处无法读取。请将其副本转换为 PEM：ssh-keygen -p -m PEM -f 副本。',
  'halves-differ': '此文件中的公钥和私钥不相配。请选择密钥的另一份副本。',
  'too-short': '此密钥短于 1,024 位，不能使用。请另选文件。',
  'already-here': '此密钥已在本机，无需导入。',
  'too-large': '此文件太大，不可能是密钥。请选择 PEM 或 PKCS#12 文件。',
}

const DESCRIPTION: Readonly<Record<DescriptionProblem, (detail: string) => string>> = {
  'not-json': () => '这还不是 JSON。请写成文本键值对，例如 {"team":"studio"}。',
  'not-an-object': () => '描述是一个由键值对组成的 JSON 对象。请写成 {"team":"studio"}。',
  'value-not-text': (name) => `${name === '' ? '有一项' : `“${shown(name)}”`}的值不是文本。请加上引号。`,
  'repeated-name': (name) => `${name === '' ? '有一个名称' : `名称“${shown(name)}”`}出现了两次。请保留一个。`,
  'too-long': () => '描述过长，对象标头放不下。请用更少或更短的词。',
  'not-printable': () => '描述中有标头无法携带的字符。请只写普通词语。',
  'used-by': (key) => `${key === '' ? '另一个密钥' : `${shown(key)} `}已使用相同的描述。请改动一个值，让每个对象只对应一个密钥。`,
}

const USABLE: Readonly<Record<Of<'key-not-usable'>['reason'], (name: string) => string>> = {
  'decrypt-only': (name) => `${name} 仅用于解密。请将其改为使用中，或选择其他主密钥。`,
  'public-half-only': (name) => `这里只有 ${name} 的公钥，无法解密。请导入私钥。`,
  weak: (name) => `${name} 短于 2,048 位，强度不足以用于新上传。请选择其他主密钥，或确认使用此密钥。`,
  'not-proven': (name) => `${name} 还没有通过试包装和解包。请先在“主密钥”页面试用此密钥。`,
  'not-here': (name) => `${name} 由 KMS 或程序保管，这里没有可以另存的密钥。请由管理它的人妥善保管。`,
  sample: (name) => `${name} 只用于练习文件。请为此账号配置生成或导入主密钥。`,
}

const CREDENTIALS: Readonly<Record<Of<'bad-credentials'>['reason'], (service: string) => string>> = {
  'unknown-key-id': (service) => `${service} 不认识这个 AccessKey ID。请在保存它的账号配置或密钥中检查，或在 RAM 控制台新建一个。`,
  'wrong-secret': () => 'AccessKey secret 与这个 AccessKey ID 不相配。请在保存它的地方重新输入。',
  expired: () => 'STS token 已过期。请在保存它的地方填入新的 token。',
}

const serviceOf = (error: { readonly service?: 'kms' }): string => (error.service === 'kms' ? 'KMS' : 'OSS')
/** `kms:Decrypt` and `oss:GetObject` name their service. */
const serviceIn = (action: string): string => (action.startsWith('kms:') ? 'KMS' : 'OSS')

function kms({ status, kmsCode }: Of<'kms'>): string {
  if (status === 0) return '应答的不是 KMS。请检查 KMS 的 Endpoint 和网络后重试。'
  if (status === 429 || kmsCode.includes('Throttling')) return 'KMS 要求减少同时的请求。请稍等一分钟后重试。'
  if (status >= 500) return `KMS 自身出现问题（${status}）。请稍等一分钟后重试。`
  return `KMS 拒绝了请求（${shown(kmsCode) || status}）。请在“主密钥”页检查密钥后重试。`
}

/** OSS codes that deserve their own words. Source: Alibaba Cloud OSS error reference. */
const OSS: Readonly<Record<string, string>> = {
  InvalidObjectState: '此对象已归档，不能立即读取。请在 OSS 控制台解冻，完成后重试。',
  UserDisable: 'OSS 已停用此账号，通常是因为欠费。请在阿里云控制台处理后重试。',
  NoSuchUpload: 'OSS 已没有这次上传的记录，可能被人或 Bucket 规则终止。请重新上传。',
  EntityTooLarge: 'OSS 不接受这么大的对象或分片。请调大分片，或上传更小的文件。',
  FileImmutable: 'Bucket 的保留策略保护着此对象。策略到期后才能更改。',
  BucketAlreadyExists: '已有他人使用这个 Bucket 名称。请换一个名称。',
  RequestTimeout: 'OSS 等待数据超时。请检查网络后重试。',
}

function oss(error: Of<'oss'>): string {
  const known = OSS[error.ossCode]
  if (known !== undefined) return known
  if (error.status === 429 || error.ossCode === 'SlowDown') return 'OSS 要求减少同时的请求。请稍等一分钟后重试。'
  if (error.status >= 500) return `OSS 自身出现问题（${error.status}）。请稍等一分钟后重试。`
  return `OSS 拒绝了请求（${shown(error.ossCode) || error.status}）。请检查账号配置和 Bucket 后重试。`
}

const keysTried = (names: readonly string[]): string => (names.length === 0 ? '这里的主密钥' : names.map(shown).join('、'))

const LOST = {
  keychain: (name: string) => `钥匙串正常，但 ${name} 的机密已不在其中。`,
  'passphrase-file': (name: string) => `保存机密的文件可以打开，但 ${name} 的机密已不在其中。`,
  'data-folder': (name: string) => `本机保存的 ${name} 已损坏或不存在。`,
} as const

const BROKEN_OFF = {
  page: '复制完成前页面已关闭或重新加载', app: '复制完成前页面或应用已关闭',
  'disk-full': '本机磁盘已满', unwritable: '无法写入拖入文件的副本',
} as const

/** Sentences in Simplified Chinese. */
export const chinese: Sentences = {
  'bad-request': badRequest[1],
  'bad-name': badName[1],
  cancelled: () => '已取消。没有保留未完成的内容。',
  unexpected: (e) => `出现了不应发生的故障。报告时请附上编号 ${e.reference}，其余内容在本机日志中。`,
  'not-found': (e) => `${WHAT[e.what]} ${shown(e.name)} 不存在。请检查名称，或刷新：可能已被删除。`.replace('  ', ' '),
  'already-open': (e) => `Cipherbucket 已在 ${shown(e.folder)} 上打开。请使用该窗口，或先关闭它。没有做任何更改。`,
  'name-taken': (e) => `名称 ${shown(e.name)} 已被使用。请换一个名称。`,
  'not-an-envelope': (e) => `信封已损坏：${HEADER[headerWord(e.header)] ?? shown(e.header)}${e.problem === 'missing' ? '缺失' : '无效'}。如果 Bucket 保留了早期版本，请恢复它，或重新上传。`,
  'no-envelope': () => '没有信封：未找到加密对象的标头。请选择与文件一同保存的 .ossenv.json，或 JSON 格式的标头。',
  'unsupported-format': (e) => `此对象用${FORMAT[e.format]}加密，当前版本不读取这种格式。请下载密文，或用写入它的工具打开。`,
  'message-damaged': (e) => DAMAGE[e.part],
  'unknown-master-key': (e) => e.description.startsWith('acs:kms:')
    ? `你的 KMS 密钥都不能打开它。请添加密钥 ${shown(e.description)}，并填写它的地域和 Endpoint。`
    : e.description === ''
    ? '对象没有写明主密钥，你也没有描述为空的主密钥。请导入加密它的密钥。'
    : `你的主密钥都不是这个描述。请导入描述为 ${shown(e.description)} 的密钥。`,
  'wrong-master-key': (e) => `${keysTried(e.tried)} 打不开这个信封。请找找描述相同的旧密钥，或询问上传者。`,
  'no-master-key': () => '没有可用于加密的主密钥。请生成或导入一个，并设为默认。',
  'key-not-usable': (e) => USABLE[e.reason](shown(e.name)),
  'key-import': (e) => IMPORT[e.problem],
  'key-proof-failed': (e) => `${shown(e.name)} 的公钥和私钥不能互相还原，因此没有用它加密任何内容。请从备份重新导入此密钥。`,
  'key-description': (e) => DESCRIPTION[e.problem](e.detail),
  'format-not-for-key': (e) => `${KINDS[e.kind]}不能写入 ${e.format}，可以写入 ${WRITES[e.kind].join('、')}。`,
  'kms-key': (e) => KMS_KEY[e.problem](shown(e.name)),
  kms,
  'command-failed': (e) => `${shown(e.name)} 的程序${COMMAND[e.problem](shown(e.detail))}`,
  'confirmation-differs': (e) => `输入的名称不是 ${shown(e.name)}。请完全一致地输入，包括大小写。`,
  'key-is-default': (e) => `此密钥是 ${e.places.map(shown).join('、')} 的默认密钥。请先选择接替它的密钥。`,
  'source-changed': (e) => `上传过程中 ${shown(e.path)} 被修改，没有存入任何内容。请重试。`,
  'source-differs': (e) => `${shown(e.path)} 不是开始此上传时的文件，或尚无已上传的内容可供核对。请选择正确的文件，或重新上传。`,
  'source-unreadable': (e) => `无法读取 ${shown(e.path)}（${shown(e.reason)}）。请确认文件存在且你有权打开，然后重试。`,
  'target-exists': (e) => `${shown(e.path)} 已存在，未作改动。请换一个名称或文件夹。`,
  'target-unwritable': (e) => `无法写入 ${shown(e.path)}（${shown(e.reason)}）。请选择有写入权限的文件夹。`,
  'disk-full': (e) => `${shown(e.path)} 所在磁盘已满${e.needed > 0 ? `：还需要 ${bytes(e.needed)}` : ''}。请腾出空间后继续。`,
  'drop-broken-off': (e) => `${BROKEN_OFF[e.why]}，只收到拖入的 ${e.files} 个文件。已收到的会上传。请再次拖入文件夹以上传其余文件。`,
  'left-out': leftOut[1],
  'one-key-for-two': oneKeyForTwo[1],
  'file-damaged': fileDamaged[1],
  'name-not-local': (e) => `本机文件不能使用名称 ${shown(e.name)}。请单独下载并另取名称。`,
  'keychain-locked': () => '钥匙串已锁定。请用系统密码解锁。没有丢失任何内容，也不会替换任何内容。',
  'keychain-missing': () => '无法连接系统钥匙串。请启动它，然后在“设置”中重新检查。没有丢失任何内容，也不会替换任何内容。',
  'secret-lost': (e) => `${LOST[e.place ?? 'keychain'](shown(e.name))}请从备份导入密钥，或重新输入机密。`,
  'passphrase-needed': (e) => e.exists
    ? '保存机密的文件尚未打开。请在“设置”中输入口令。没有丢失任何内容，也不会替换任何内容。'
    : '此系统没有钥匙串，也还没有设置口令。请先在“设置”中设置口令，然后重试。',
  'wrong-passphrase': () => '口令打不开文件。请重新输入，注意大小写。',
  'weak-passphrase': weakPassphrase[1],
  oss,
  'access-denied': (e) => `${serviceIn(e.action)} 不允许在此${permission(e.action) === '' ? '操作' : `执行 ${permission(e.action).slice(4)}`}。请向${e.action.startsWith('kms:') ? '密钥' : ' Bucket '}所有者申请${permission(e.action) === '' ? '权限' : ` ${permission(e.action)}`}，或换用其他账号配置。`,
  'bad-credentials': (e) => CREDENTIALS[e.reason](serviceOf(e)),
  clock: (e) => `本机时钟${e.minutes === 0 ? `与 ${serviceOf(e)} 相差太大` : `比 ${serviceOf(e)} ${e.minutes < 0 ? '快' : '慢'} ${Math.abs(e.minutes)} 分钟`}。请校准时钟后重试。`,
  unreachable: (e) => e.host === 'core' ? '窗口与应用的连接已断开。请重新载入窗口，正在进行的传输会继续。'
    : isDistrust(e.reason) ? `本机不信任 ${shown(e.host)} 的证书，因此没有发送任何内容。请检查 Endpoint；若是有自己根证书的专属实例，启动应用前请将 NODE_EXTRA_CA_CERTS 设为该证书文件。`
    : `${shown(e.host)} 没有响应。请检查网络或代理后重试。`,
  'insecure-endpoint': (e) => `${shown(e.endpoint)} 不是 HTTPS，因此没有发送任何内容。请使用以 https:// 开头的 Endpoint。`,
  'bad-endpoint': (e) => e.problem === 'no-region' ? `${shown(e.endpoint)} 没有写明地域。请另外填写地域，例如 cn-hangzhou。` : `${e.endpoint === '' ? '空文本' : shown(e.endpoint)} 不是有效的 Endpoint。请写成 https://oss-cn-hangzhou.aliyuncs.com 这样的形式。`,
  'object-changed': (e) => `读取过程中 ${shown(e.key)} 被替换，没有保留任何内容。请重试以获取新版本。`,
  'copy-differs': (e) => `${shown(e.key)} 的副本已删除：OSS 存储的 ${shown(e.what)} 与原对象不同。原对象没有改动。请重试。`,
  'source-kept': (e) =>
    e.reason === 'changed'
      ? `副本完整，但 ${shown(e.key)} 在此期间被替换，因此没有删除。现在两个都在。请查看后删除不需要的那个。`
      : `副本完整，但 OSS 没有删除 ${shown(e.key)}。现在两个都在。请重试，或向 Bucket 所有者申请删除权限。`,
  'object-exists': (e) => `Bucket 中已有 ${shown(e.key)}，未作改动。请换一个名称，或选择“替换”。`,
  checksum: () => '收到的字节与存储的不一致，文件未保留。请重试；若再次发生，说明对象已损坏。',
  'size-differs': (e) => e.actual < e.expected
    ? `文件比信封记录的短 ${bytes(e.expected - e.actual)}。请重新下载。`
    : `文件比信封记录的长 ${bytes(e.actual - e.expected)}。请重新下载。`,
  'too-large': (e) => `超出此处的上限：最多 ${bytes(e.limit)}。请选择更小的内容。`,
}
