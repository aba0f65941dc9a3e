import type { Practice } from '../tools/practice.ts'
import { inside, send, type Given, type Got } from './harness.ts'

/** An id of the right form that no version has. Source: the tests of oss2. */
export const UNKNOWN = 'CAEQJhiBgIDVmYrr1RYiIGE5ZmUxMjViZDIwYjQwY2I5ODA1YWIxNmIyNDNjYjk4'

/** The calls of one practice server that tests of versions make. */
export const versionCalls = (practice: () => Practice) => {
  const ask = (given: Given): Promise<Got> => send(practice(), given)
  return {
    ask,
    setVersioning: (status: string): Promise<Got> =>
      ask({
        method: 'PUT',
        query: { versioning: null },
        body: `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`,
      }),
    /** Stores an object and returns the id of its version. */
    put: async (key: string, body: string): Promise<string> =>
      idOf(await ask({ method: 'PUT', key, body })),
    remove: (key: string, versionId?: string): Promise<Got> =>
      ask({ method: 'DELETE', key, ...(versionId !== undefined && { query: { versionId } }) }),
    read: (key: string, versionId?: string): Promise<Got> =>
      ask({ key, ...(versionId !== undefined && { query: { versionId } }) }),
    list: (query: Readonly<Record<string, string>> = {}): Promise<Got> =>
      ask({ query: { versions: null, ...query } }),
  }
}

/** The version id of an answer, or ''. */
export const idOf = ({ headers }: Got): string => headers['x-oss-version-id'] ?? ''

/**
 * Returns every row of a listing of versions, in order: key, id, whether it is the latest, kind.
 */
export const rowsOf = ({ text }: Got): readonly string[] =>
  [...text.matchAll(/<(Version|DeleteMarker)>(.*?)<\/\1>/g)].map(([, kind, xml = '']) =>
    [inside(xml, 'Key'), inside(xml, 'VersionId'), inside(xml, 'IsLatest'), kind].join(' '),
  )
