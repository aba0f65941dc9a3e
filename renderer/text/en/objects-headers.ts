/** The dialog that edits the headers of one object. */
export const headers = {
  'act.editHeaders': 'Edit headers…',
  'headers.title': 'Edit headers of “{{name}}”',
  'headers.sub':
    'OSS copies the object inside the bucket to change them. Content and encryption headers stay the same.',
  'headers.loading': 'Reading the headers…',
  'headers.own': 'User metadata',
  'headers.name': 'Name {{n}}',
  'headers.value': 'Value {{n}}',
  'headers.add': 'Add metadata',
  'headers.remove': 'Remove metadata {{n}}',
  'headers.kept': 'Cannot be edited here, and stay the same: {{names}}.',
  'headers.changed': 'Your edits are still here. Save again to apply them to the new object.',
  'headers.name.empty': 'Enter a name, or remove this line.',
  'headers.name.letters': 'A name has only the letters a to z, digits and hyphens.',
  'headers.name.reserved': 'This name belongs to an encryption format. Choose another one.',
  'headers.name.twice': 'This name is used twice. Change one of them.',
  'headers.value.empty': 'Enter a value, or remove this line.',
  'headers.value.ascii':
    'Only ASCII letters, digits and signs are allowed. Write other characters percent-encoded, such as %E4%B8%AD.',
  'headers.value.long': 'Too long: at most 2,048 characters are allowed.',
  'headers.do': 'Save',
  'headers.doing': 'Saving…',
  'headers.saved': 'Headers changed.',
} as const
