import {
  bytes,
  headerWord,
  isBucketDomain,
  permission,
  shown,
  type Sentences,
} from './sentences-words.ts'
import { isDistrust } from '../errors.ts'
import { notSealed, sealRefused, secondKey } from './sentences-seals.ts'
import { recoverySheet } from './sentences-sheet.ts'
import { WRITES } from '../write-formats.ts'
import {
  badName,
  badRequest,
  fileDamaged,
  leftOut,
  oneKeyForTwo,
  weakPassphrase,
} from './sentences-input.ts'
import {
  WHAT,
  HEADER,
  FORMAT,
  DAMAGE,
  KMS_KEY,
  COMMAND,
  KINDS,
  ENVELOPE_FILE,
  IMPORT,
  DESCRIPTION,
  USABLE,
  CREDENTIALS,
  serviceOf,
  serviceIn,
  kms,
  oss,
  BAD_ANSWER,
  OBSTACLE,
  PROXY,
  keysTried,
  LOST,
  BROKEN_OFF,
  INDEX,
} from './sentence-parts-zh.ts'

/** Sentences in Simplified Chinese. */
export const chineseSentences: Sentences = {
  'bad-request': badRequest[1],
  'bad-name': badName[1],
  'bad-filter': (e) =>
    e.problem === 'invalid'
      ? `${shown(e.regex)} 不是正则表达式。请检查括号和反斜杠。`
      : `正则表达式 ${shown(e.regex)} 耗时过长。请使用更简单的表达式。`,
  index: (e) => INDEX[e.problem],
  cancelled: () => '已取消，未完成的文件已删除。',
  unexpected: (e) => `出现意外错误。反馈时请附上编号 ${e.reference}，详情见本机日志。`,
  'not-found': (e) =>
    `${WHAT[e.what]} ${shown(e.name)} 不存在。请检查名称，或刷新：可能已被删除。`.replace(
      '  ',
      ' ',
    ),
  'already-open': (e) =>
    `Cipherbucket 已在 ${shown(e.folder)} 上打开。请使用该窗口，或先关闭它。未做任何更改。`,
  'name-taken': (e) => `名称 ${shown(e.name)} 已被使用。请换一个名称。`,
  'not-an-envelope': (e) =>
    `加密信息已损坏：${HEADER[headerWord(e.header)] ?? shown(e.header)}${e.problem === 'missing' ? '缺失' : '无效'}。如果 Bucket 开启了版本控制，请恢复历史版本；否则请重新上传。`,
  'no-envelope': (e) =>
    `${e.file === undefined ? '' : `${shown(e.file)} 中`}缺少加密信息：未找到加密文件的 Header。请选择与文件一同保存的 .ossenv.json，或包含 Header 的文本。`,
  'seal-refused': sealRefused[1],
  'not-sealed': notSealed[1],
  'second-key': secondKey[1],
  'not-encrypted': (e) =>
    `${shown(e.key)} 没有加密，但${e.why === 'key-named' ? '你为它指定了主密钥' : '上次在本机看到它时是加密的'}。没有保留任何内容：它可能已被他人替换。`,
  'too-many-damaged': (e) =>
    `有 ${e.count} 个文件无法解密，因此没有再尝试其余文件。请检查主密钥，然后分批处理。`,
  'envelope-file': (e) =>
    ENVELOPE_FILE[e.problem](
      e.file === '' ? '粘贴的内容' : shown(e.file),
      HEADER[headerWord(e.header)] ?? shown(e.header),
      e.count,
    ),
  'unsupported-format': (e) =>
    `此文件用${FORMAT[e.format]}加密，当前版本无法解密。请下载密文，或使用原来的工具打开。`,
  'message-damaged': (e) => DAMAGE[e.part],
  'unknown-master-key': (e) =>
    e.description.startsWith('acs:kms:')
      ? `现有的 KMS 密钥都无法解密此文件。请添加密钥 ${shown(e.description)}，并填写它的地域和 Endpoint。`
      : e.description === ''
        ? '加密信息中没有密钥描述，现有的主密钥也都有描述。请导入加密时使用的密钥。'
        : `没有主密钥使用此描述。请导入描述为 ${shown(e.description)} 的密钥。`,
  'wrong-master-key': (e) =>
    `${keysTried(e.tried)} 无法解密此文件${e.bits === undefined ? '' : `：加密信息需要 ${e.bits.envelope} 位的密钥，而不是 ${e.bits.keys.join(' 或 ')} 位`}。请查找描述相同的旧密钥，或联系上传者。`,
  'no-master-key': () => '没有可用于加密的主密钥。请生成或导入一个，并设为默认。',
  'key-not-usable': (e) => USABLE[e.reason](shown(e.name)),
  'key-import': (e) => IMPORT[e.problem],
  'recovery-sheet': recoverySheet['zh-CN'],
  'drill-report': (e) =>
    e.problem === 'unreadable'
      ? '该文件不是演练报告。请选择演练生成的 .json 或 .html 文件。'
      : '该报告已被修改，或由其他密钥签名。请使用被演练的密钥进行校验。',
  'key-proof-failed': (e) =>
    `${shown(e.name)} 未通过测试：公钥和私钥不匹配。没有用它加密任何内容。请从备份重新导入此密钥。`,
  'key-description': (e) => DESCRIPTION[e.problem](e.detail),
  'format-not-for-key': (e) =>
    `${KINDS[e.kind]}不能写入 ${e.format}，可以写入 ${WRITES[e.kind].join('、')}。`,
  'kms-key': (e) => KMS_KEY[e.problem](shown(e.name)),
  kms,
  'command-failed': (e) => `${shown(e.name)} 的外部程序${COMMAND[e.problem](shown(e.detail))}`,
  'confirmation-differs': (e) => `名称与 ${shown(e.name)} 不一致。请重新输入，注意大小写。`,
  'key-opens-objects': (e) =>
    `${shown(e.name)} 可解密 ${e.objects} 个文件（${bytes(e.bytes)}）。没有此密钥，这些文件将无法恢复。如仍要删除，请确认数字 ${e.objects}。`,
  'key-is-default': (e) =>
    `此密钥是 ${e.places.map(shown).join('、')} 的默认密钥。请先选择替换它的密钥。`,
  'source-changed': (e) => `上传过程中 ${shown(e.path)} 被修改，未上传任何内容。请重试。`,
  'source-longer': (e) =>
    `${shown(e.path)} 的实际内容多于其大小（${bytes(e.size)}），没有存入任何内容。请先复制为普通文件再上传。`,
  'source-differs': (e) =>
    `${shown(e.path)} 不是开始此上传时的文件，或之后有改动。请选择正确的文件，或按普通方式上传此文件。`,
  'not-on-disk': (e) =>
    `${e.names.map(shown).join('、')} 不是本机磁盘上的文件，因此没有添加。请先将其保存为文件，再拖入或粘贴该文件。`,
  'source-unreadable': (e) =>
    `无法读取 ${shown(e.path)}（${shown(e.reason)}）。请确认文件存在且你有权打开，然后重试。`,
  'target-exists': (e) => `${shown(e.path)} 已存在，未做更改。请换一个名称或文件夹。`,
  'target-blocked': (e) =>
    `${shown(e.path)} 是${OBSTACLE[e.by]}，因此没有写入任何内容。请换一个名称或文件夹。`,
  'target-unwritable': (e) =>
    e.reason === 'EFBIG'
      ? `${shown(e.path)} 超出所在磁盘允许的文件大小（EFBIG）：FAT32 格式的磁盘最大支持 4 GiB 的文件。请选择其他磁盘上的文件夹。`
      : `无法写入 ${shown(e.path)}（${shown(e.reason)}）。请选择有写入权限的文件夹。`,
  'disk-full': (e) =>
    `${shown(e.path)} 所在磁盘已满${e.needed > 0 ? `：还需要 ${bytes(e.needed)}` : ''}。请腾出空间后继续。`,
  'drop-broken-off': (e) =>
    `${BROKEN_OFF[e.why]}，只复制了拖入的 ${e.files} 个文件，这些文件会上传。请重新拖入文件夹，以上传其余文件。`,
  'left-out': leftOut[1],
  'not-deleted': (e) =>
    `OSS 未删除 ${e.of} 个 Object 中的 ${e.count} 个，其中包括 ${shown(e.key)}。请检查 oss:DeleteObject 权限和 Bucket 的合规保留策略。`,
  'one-key-for-two': oneKeyForTwo[1],
  'file-damaged': fileDamaged[1],
  'name-not-local': (e) => `本机文件不能使用名称 ${shown(e.name)}。请单独下载，并使用其他名称。`,
  'would-run': (e) =>
    `${shown(e.name)} 是程序或指向程序的链接，不能在此直接打开。如果信任该文件，请下载。`,
  'not-opened': (e) => `本机没有程序打开 ${shown(e.name)}。请下载后自行选择程序。`,
  'keychain-locked': (_, keychain) =>
    `${keychain}已锁定。请用系统密码解锁。没有丢失或替换任何内容。`,
  'keychain-missing': (_, keychain) =>
    `系统${keychain}不可用。请启动它，然后在“设置”中重新检查。没有丢失或替换任何内容。`,
  'secret-lost': (e, keychain) =>
    `${LOST[e.place ?? 'keychain'](shown(e.name), keychain)}请从备份导入密钥，或重新输入凭证。`,
  'passphrase-needed': (e, keychain) =>
    e.exists
      ? '本地加密文件未解锁。请在“设置”中输入口令。没有丢失或替换任何内容。'
      : `此系统没有可用的${keychain}，也尚未设置口令。请先在“设置”中设置口令，然后重试。`,
  'too-many': (e) =>
    `一次最多 ${e.limit.toLocaleString('en-US')} 项。请减少选择，其余的稍后再处理。`,
  'wrong-passphrase': () => '口令不正确，无法解锁文件。请重新输入，注意大小写。',
  'weak-passphrase': weakPassphrase[1],
  oss,
  'bad-answer': (e) =>
    `${BAD_ANSWER[e.problem](shown(e.name), shown(e.asked) || '所请求内容')}没有再做任何操作。请检查 Endpoint 和网络，或告知服务器的管理者。`,
  'access-denied': (e) =>
    `${serviceIn(e.action)} 不允许在此处${permission(e.action) === '' ? '操作' : `执行 ${permission(e.action).slice(4)}`}。请向${e.action.startsWith('kms:') ? '密钥' : ' Bucket '}所有者申请${permission(e.action) === '' ? '权限' : ` ${permission(e.action)}`}，或换用其他账号配置。`,
  'bad-credentials': (e) => CREDENTIALS[e.reason](serviceOf(e)),
  clock: (e) =>
    `本机时钟${e.minutes === 0 ? `与 ${serviceOf(e)} 相差太大` : `比 ${serviceOf(e)} ${e.minutes < 0 ? '快' : '慢'} ${Math.abs(e.minutes)} 分钟`}。请校准时钟后重试。`,
  unreachable: (e) =>
    e.host === 'core'
      ? '窗口与应用的连接已断开。请重新加载窗口，正在进行的传输会继续。'
      : isDistrust(e.reason)
        ? `本机不信任 ${shown(e.host)} 的证书，因此没有发送任何内容。请检查 Endpoint；如果专属实例使用自己的根证书，请在启动应用前将 NODE_EXTRA_CA_CERTS 设为该证书文件。`
        : `${shown(e.host)} 没有响应。请检查网络或代理后重试。`,
  proxy: (e) => PROXY[e.problem](shown(e.proxy), shown(e.host), e.detail),
  'insecure-endpoint': (e) =>
    `${shown(e.endpoint)} 不是 HTTPS，因此没有发送任何内容。请使用以 https:// 开头的 Endpoint。`,
  'bad-endpoint': (e) =>
    e.problem === 'no-region'
      ? `${shown(e.endpoint)} 没有写明地域。请另外填写地域，例如 cn-hangzhou。`
      : `${e.endpoint === '' ? '空值' : shown(e.endpoint)} 不是有效的 Endpoint。${isBucketDomain(e.endpoint) ? '请去掉 Bucket 名称' : '示例'}：https://oss-cn-hangzhou.aliyuncs.com。`,
  'object-changed': (e) => `${shown(e.key)} 在此期间被其他文件替换，操作未完成。请刷新后重试。`,
  'headers-differ': (e) =>
    `OSS 为 ${shown(e.key)} 存储的 Header 与设置的不一致。完整的副本保存为 ${shown(e.kept)}，请使用该副本。`,
  'metadata-too-large': (e) =>
    `${shown(e.key)} 的元数据将有 ${e.size} 字节，OSS 最多允许 ${e.limit} 字节（包括加密 Header）。未做任何更改。请缩短或删除部分元数据。`,
  'copy-differs': (e) =>
    `${shown(e.key)} 的副本已删除：OSS 存储的 ${shown(e.what)} 与原文件不同。原文件未做更改。请重试。`,
  'rewrap-differs': (e) =>
    `OSS 存储 ${shown(e.key)} 时，更换主密钥后的 ${shown(e.what)} 与发送的不同。未删除任何内容。请保留旧主密钥，并检查该文件。`,
  'source-kept': (e) =>
    e.reason === 'changed'
      ? `副本完整，但 ${shown(e.key)} 在此期间被替换，因此未删除。现在两者都存在。请核对后删除不需要的一个。`
      : e.reason === 'not-proven'
        ? `副本已写入，但服务器没有给出可以证明其完整的校验和，因此未删除 ${shown(e.key)}。现在两者都存在。请核对后删除其中一个。`
        : `副本完整，但 OSS 没有删除 ${shown(e.key)}。现在两者都存在。请重试，或向 Bucket 所有者申请删除权限。`,
  'seal-denied': (e) =>
    `${shown(e.key)} 无法写入防篡改标记：${e.why === 'permission' ? `OSS 不允许执行 ${permission(e.action).slice(4)}` : e.why === 'no-room' ? '该 Object 已有 10 个标签' : 'OSS 没有保留该标签'}。请${e.why === 'permission' ? `为账号授予 ${permission(e.action)} 权限` : e.why === 'no-room' ? '删除一个标签' : '重试'}，或在账号配置中关闭“为新上传的文件添加标记”（命令行：--no-seal）。`,
  'envelope-lost': (e) =>
    `服务器保存 ${shown(e.key)} 时丢失了${e.what === 'content-length' ? '部分内容' : e.what === '' ? '加密 Header' : ` ${shown(e.what)}`}，没有人能解密它。${
      e.removed ? '该文件已删除。' : '该文件可能仍然存在，请查看并删除。'
    }请确认 Endpoint 确实是 OSS。`,
  'object-exists': (e) =>
    e.why === 'changed'
      ? `Bucket 中的 ${shown(e.key)} 在打开之后已被更改或删除，因此未上传。请选择处理方式。`
      : `Bucket 中已有 ${shown(e.key)}，未做更改。请换一个名称，或选择“替换”。`,
  checksum: () =>
    '收到的数据与存储的数据不一致，文件未保存。请重试；若再次发生，说明 OSS 中的文件已损坏。',
  'size-differs': (e) =>
    e.told === 'server'
      ? `应收到 ${bytes(e.expected)}，服务器实际发送了 ${bytes(e.actual)}。未保存任何内容。请重新下载。`
      : e.actual < e.expected
        ? `文件比加密信息中的记录短 ${bytes(e.expected - e.actual)}。请重新下载。`
        : `文件比加密信息中的记录长 ${bytes(e.actual - e.expected)}。请重新下载。`,
  'too-large': (e) => `超过大小上限：最多 ${bytes(e.limit)}。请选择更小的内容。`,
}
