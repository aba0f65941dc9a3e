import type { seals as english } from '../en/seals.ts'
import type { Same } from '../same.ts'

export const seals: Same<typeof english> = {
  title: '完整性',
  notYet: '尚未校验。校验时将读取整个文件（{{bytes}}），并与防篡改标记比较，不会保存任何内容。',
  verify: '校验',
  verifyAgain: '重新校验',
  verifying: '正在校验…',
  judged: '校验时间',
  sealed: '标记时间',
  'told.intact': '<b>完好。</b>{{reason}}',
  'told.changed':
    '<b>添加防篡改标记后被改动。</b>{{reason}}不会打开、预览或下载该文件。如果 Bucket 保留了历史版本，请恢复历史版本，或询问谁在写入此 Bucket。',
  'told.moved':
    '<b>位置不符。</b>{{reason}}不会打开或预览该文件。请询问谁在写入此 Bucket。',
  'told.unsealed': '<b>无防篡改标记。</b>{{reason}}被改动时无法发现。',
  'told.unknown': '<b>无法判断。</b>{{reason}}',
  'moved.dots': '仍要下载…',
  'moved.title': '仍要下载“{{name}}”？',
  'moved.what':
    '<b>它的防篡改标记属于另一个名称。</b>其他程序移动或复制过该文件，或有人用它替换了另一个文件。',
  'moved.means':
    '保存前会校验文件内容，但无法校验名称：它可能不是你要的文件。只有在了解原因时才下载。',
  'moved.keep': '不下载',
  'moved.do': '仍要下载',
}
