import type { doneTexts as english } from '../en/objects-done.ts'
import type { Same } from '../same.ts'

export const doneTexts: Same<typeof english> = {
  'done.deleted': '“{{name}}”已删除。',
  'done.deletedMany_other': '已删除 {{n}} 个文件。',
  'done.deletedForGood': '“{{name}}”已永久删除。',
  'done.deletedManyForGood_other': '已永久删除 {{n}} 个文件。',
  'done.restored': '“{{name}}”已恢复。',
  'done.restoredMany': '已恢复 {{n}} 个文件。',
  'done.restoredPart_other': '已恢复 {{all}} 个中的 {{n}} 个；{{count}} 个名称已有其他文件。',
  'done.renamed': '已重命名为“{{name}}”。',
  'done.moved': '“{{name}}”已移动到 {{place}}。',
  'done.movedMany_other': '已将 {{n}} 个文件移动到 {{place}}。',
  'done.copied': '“{{name}}”已复制到 {{place}}。',
  'done.copiedMany_other': '已将 {{n}} 个文件复制到 {{place}}。',
  'done.movedBack': '“{{name}}”已移回。',
  'done.movedBackMany': '已移回 {{n}} 个文件。',
  'done.movedBackPart_other': '已移回 {{all}} 个中的 {{n}} 个；其余文件已更改，或原名称已被占用。',
  'done.copiesRemoved_other': '已移除 {{n}} 个副本。',
  'done.copiesRemovedPart': '已移除 {{all}} 个副本中的 {{n}} 个；其余副本已更改，予以保留。',
  'done.folder': '文件夹“{{name}}”已创建。',
  'done.folderRemoved': '文件夹“{{name}}”已删除。',
  'done.folderStays': '“{{name}}”已不是空文件夹，因此保留。',
  'done.uploaded': '“{{name}}”已加密并上传。',
  'done.uploadedMany_other': '{{n}} 个文件已加密并上传。',
}
