import { openHashedRecords } from './hashed-records.ts'
import {
  readUploadRecord,
  UPLOAD_RECORD,
  uploadNameOf,
  writeUploadRecord,
  type Uploaded,
  type UploadFacts,
} from './upload-record.ts'

/**
 * The uploads of this computer, by bucket and key. The rule 'same' needs them, so that a file need
 * not be sent again: see `existing-rule.ts`. They also tell that an object of a name was encrypted:
 * see `plain-refusal.ts`. So they are no part of the local index, which can be switched off.
 */
export interface UploadHistory {
  /** Adds a successful upload. It is on the disk a second later, or after `close`. */
  record(bucket: string, key: string, facts: UploadFacts): void
  /**
   * Returns the last upload to this key. The first call reads the file; the others take
   * microseconds. A missing or damaged record costs one unnecessary upload, and no error.
   */
  find(bucket: string, key: string): Promise<Uploaded | null>
  close(): Promise<void>
}

/** Opens the history at `path`. Records of 48 bytes are appended: see `record-file.ts`. */
export function openUploadHistory(path: string): UploadHistory {
  const records = openHashedRecords(path, UPLOAD_RECORD)
  return {
    record: (bucket, key, facts) =>
      records.put(writeUploadRecord(uploadNameOf(bucket, key), facts)),
    async find(bucket, key) {
      const record = await records.find(uploadNameOf(bucket, key))
      return record === null ? null : readUploadRecord(record)
    },
    close: () => records.close(),
  }
}
