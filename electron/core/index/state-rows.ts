import type { Database } from './database.ts'
import type { FoundState, IndexPlace, KnownHead, LookedObject } from './port.ts'
import { END_OF_PREFIX, type Tables } from './tables.ts'
import { splitKey, STATES } from './write-rows.ts'

/** The states of rows, and the HEADs that gave them. */
export interface StateRows {
  /** Returns the HEAD of each object; null for another object, or one that may be another. */
  heads(bucket: number, objects: readonly LookedObject[]): readonly (KnownHead | null)[]
  /** Stores a state, and returns the id of its row; null when the row is another object. */
  put(bucket: number, found: FoundState): number | null
  /** Removes the states of a place that a listing does not confirm. Returns the ids of the rows. */
  dropYoung(bucket: number, place: Omit<IndexPlace, 'bucket'>): readonly number[]
  /** Removes the state of a row that this version gave. Returns the id of the row. */
  dropVersion(bucket: number, key: string, versionId: string): number | null
  /** Forgets the ids of answers, because a transaction was rolled back. */
  forget(): void
}

/** The most answers whose ids are in memory. Objects under one key mostly have one answer. */
const MOST_ANSWERS = 1000

/** The rows with a HEAD. */
const JOINED = 'heads h JOIN rows r ON r.id = h.row'

export function stateRows(db: Database, tables: Tables): StateRows {
  const at = (bucket: number, key: string): readonly [folder: number, name: string] | null => {
    const [path, name] = splitKey(key, 'file')
    const folder = tables.findFolder(bucket, path)
    return folder === null ? null : [folder, name]
  }
  const answers = new Map<string, number>()
  const answerId = (text: string): number => {
    const known = answers.get(text)
    if (known !== undefined) return known
    const found =
      db.row('SELECT id FROM answers WHERE text = ?', text) ??
      db.row('INSERT INTO answers(text) VALUES (?) RETURNING id', text)
    if (answers.size >= MOST_ANSWERS) answers.clear()
    answers.set(text, Number(found?.[0]))
    return Number(found?.[0])
  }
  const dropState = (id: number): void => {
    db.run('DELETE FROM heads WHERE row = ?', id)
    db.run('UPDATE rows SET state = 0, key = NULL WHERE id = ?', id)
  }
  return {
    heads: (bucket, objects) =>
      objects.map(({ key, etag, modified }) => {
        const place = at(bucket, key)
        const found =
          place === null || etag === ''
            ? null
            : db.row(
                `SELECT a.text, h.data_size, h.part_size, r.state, r.key, r.size FROM ${JOINED}
                 JOIN answers a ON a.id = h.answer WHERE r.folder = ? AND r.name = ?
                 AND r.etag = ? AND r.modified / 1000 = ? AND h.young = 0`,
                ...place,
                etag,
                secondOf(modified),
              )
        if (found === null) return null
        const [text, dataSize, partSize, state, keyId, size] = found
        return {
          text: String(text),
          dataSize: numberOrNull(dataSize),
          partSize: numberOrNull(partSize),
          state: STATES[Number(state)] ?? 'unknown',
          keyId: keyId === null ? null : tables.textOf(Number(keyId)),
          size: Number(size),
        }
      }),
    put(bucket, { key, etag, modified, state, keyId, head }) {
      const place = at(bucket, key)
      if (place === null || etag === '') return null
      const row = db.row(
        `UPDATE rows SET state = ?, key = ? WHERE folder = ? AND name = ? AND etag = ?
         AND modified / 1000 = ? RETURNING id`,
        STATES.indexOf(state),
        keyId === null ? null : tables.word(keyId),
        ...place,
        etag,
        secondOf(modified),
      )
      if (row === null) return null
      if (head !== null)
        db.run(
          `INSERT OR REPLACE INTO heads(row, version, young, answer, data_size, part_size, data_key, content)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          Number(row[0]),
          head.versionId,
          head.isYoung ? 1 : 0,
          answerId(head.text),
          head.dataSize,
          head.partSize,
          head.dataKey,
          head.content,
        )
      tables.addSums(place[0], { folders: 0, files: 0, bytes: 0 })
      return Number(row[0])
    },
    dropYoung(bucket, { prefix, depth }) {
      const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
      // Young states are few, so they are found first.
      const found = db.rows(
        `SELECT h.row FROM heads h CROSS JOIN rows r ON r.id = h.row
         CROSS JOIN folders f ON f.id = r.folder
         WHERE h.young = 1 AND f.bucket = ? AND f.path >= ? AND f.path <= ?`,
        bucket,
        depth === 'level' ? prefix : folder,
        depth === 'level' ? prefix : folder + END_OF_PREFIX,
      )
      const ids = found.map(([id]) => Number(id))
      ids.forEach(dropState)
      if (ids.length > 0) tables.changed()
      return ids
    },
    dropVersion(bucket, key, versionId) {
      const place = at(bucket, key)
      if (place === null) return null
      const found = db.row(
        `SELECT h.row FROM ${JOINED} WHERE r.folder = ? AND r.name = ? AND h.version = ?`,
        ...place,
        versionId,
      )
      if (found === null) return null
      dropState(Number(found[0]))
      tables.addSums(place[0], { folders: 0, files: 0, bytes: 0 })
      return Number(found[0])
    },
    forget: () => answers.clear(),
  }
}

/** Returns the second of a time, since a HEAD gives whole seconds; -1 without a time. */
export const secondOf = (modified: string): number =>
  modified === '' ? -1 : Math.floor(Date.parse(modified) / 1000)

const numberOrNull = (value: string | number | null | undefined): number | null =>
  value === null || value === undefined ? null : Number(value)
