import type { Database } from './database.ts'

/** The version of the tables. A file of a later version is removed and built again. */
const VERSION = 3

/**
 * The tables.
 *
 * - `folders`: every folder that has a row, with the sums of its own level. `marker`: an empty
 *   object of the folder's name exists.
 * - `rows`: files and folders. `name` is the part of the key behind the folder; a folder's ends in
 *   '/'. `sort`: see `name-key.ts`. `fold`: see `folded.ts`, null when it is the name. `class` and
 *   `key` are words.
 * - `listings`: the progress of each listing (depth 0) and sync (depth 1).
 */
const TABLES = `
CREATE TABLE buckets(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE words(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE folders(
  id INTEGER PRIMARY KEY, bucket INTEGER NOT NULL, path TEXT NOT NULL,
  folders INTEGER NOT NULL DEFAULT 0, files INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0, marker INTEGER NOT NULL DEFAULT 0,
  UNIQUE(bucket, path));
CREATE TABLE rows(
  id INTEGER PRIMARY KEY, folder INTEGER NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL,
  sort TEXT NOT NULL, fold TEXT, size INTEGER NOT NULL, modified INTEGER NOT NULL,
  class INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0, key INTEGER, etag TEXT NOT NULL);
CREATE UNIQUE INDEX by_name ON rows(folder, name);
CREATE INDEX by_sort ON rows(folder, kind, sort);
CREATE TABLE listings(
  bucket INTEGER NOT NULL, prefix TEXT NOT NULL, depth INTEGER NOT NULL,
  as_of INTEGER, cursor TEXT, after TEXT NOT NULL DEFAULT '', listed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(bucket, prefix, depth)) WITHOUT ROWID;
`

/**
 * The HEADs that gave the states of rows.
 *
 * - `row`: the id of the row. `version`: the version id of the object. `young`: see `FoundHead`.
 * - `data_key`, `content`: hashes, see `FoundHead`. Their index finds a data key that was used
 *   twice.
 * - A row that goes, and another object in a row, take the HEAD with them.
 */
const HEADS = `
CREATE TABLE answers(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE heads(
  row INTEGER PRIMARY KEY, version TEXT, young INTEGER NOT NULL, answer INTEGER NOT NULL,
  data_size INTEGER, part_size INTEGER, data_key TEXT, content TEXT NOT NULL DEFAULT '');
CREATE INDEX by_data_key ON heads(data_key, content) WHERE data_key IS NOT NULL;
CREATE INDEX young_heads ON heads(row) WHERE young = 1;
CREATE TRIGGER row_removed AFTER DELETE ON rows
  BEGIN DELETE FROM heads WHERE row = old.id; END;
CREATE TRIGGER object_replaced AFTER UPDATE OF etag, modified ON rows
  WHEN old.etag <> new.etag OR old.modified / 1000 <> new.modified / 1000
  BEGIN DELETE FROM heads WHERE row = old.id; END;
PRAGMA user_version = ${VERSION};
`

const FORGET_STATES = 'UPDATE rows SET state = 0, key = NULL WHERE state <> 0;'
/** Version 1 stored states by the ETag alone, so some may be those of other objects. */
const FROM_1 = FORGET_STATES
/** Version 2 stored no hash of the data key. The next look sends the HEADs again. */
const FROM_2 = `
${FORGET_STATES}
DROP TRIGGER row_removed;
DROP TRIGGER object_replaced;
DROP TABLE heads;
DROP TABLE answers;
`

/**
 * Makes the tables of a new file, and adds those that an earlier version did not have. Returns
 * false for a file of a later version.
 */
export function prepareTables(db: Database): boolean {
  const versionOf = (): number => Number(db.row('PRAGMA user_version')?.[0] ?? 0)
  // A page that cannot be decrypted shows here, and not in the middle of a listing.
  const isEmpty = (): boolean => Number(db.row('SELECT count(*) FROM sqlite_schema')?.[0]) === 0
  if (versionOf() === VERSION) {
    isEmpty()
    return true
  }
  return db.write(() => {
    // Another process may have made the tables since.
    if (versionOf() === 0 && isEmpty()) db.exec(TABLES + HEADS)
    if (versionOf() === 1) db.exec(FROM_1 + HEADS)
    if (versionOf() === 2) db.exec(FROM_2 + HEADS)
    return versionOf() === VERSION
  })
}
