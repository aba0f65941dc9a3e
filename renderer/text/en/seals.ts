/** Flat keys, i18next interpolation {{x}}; see common.ts. */
export const seals = {
  title: 'Integrity',
  notYet:
    'Not verified yet. Verifying reads the whole file ({{bytes}}) and compares it with its seal. Nothing is saved.',
  verify: 'Verify',
  verifyAgain: 'Verify again',
  verifying: 'Verifying…',
  judged: 'Verified',
  sealed: 'Sealed',
  'told.intact': '<b>Intact.</b> {{reason}}',
  'told.changed':
    '<b>Changed after it was sealed.</b> {{reason}} It is not opened, previewed or downloaded. Restore an earlier version if the bucket keeps them, or ask the people who can write to this bucket.',
  'told.moved':
    '<b>Moved.</b> {{reason}} It is not opened or previewed. Ask the people who can write to this bucket.',
  'told.unsealed': '<b>Not sealed.</b> {{reason}} A change would not be noticed.',
  'told.unknown': '<b>Cannot tell.</b> {{reason}}',
  'moved.dots': 'Download anyway…',
  'moved.title': 'Download “{{name}}” anyway?',
  'moved.what':
    '<b>Its seal belongs to another name.</b> Another program moved or copied it, or someone put it in the place of another file.',
  'moved.means':
    'Its content is verified before it is saved. Its name is not: the file may be a different one than you expect. Download it only if you know why it is here.',
  'moved.keep': 'Leave it',
  'moved.do': 'Download anyway',
} as const
