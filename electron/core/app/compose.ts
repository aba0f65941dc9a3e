import { join } from 'node:path'
import { TROUBLE } from '../../../shared/contract/transfer-phases.ts'
import { openHttpClient } from '../net/http-client.ts'
import type { ProxySettings } from '../net/proxy.ts'
import { openKeyCatalog } from '../keys/catalog/key-catalog.ts'
import { openedCache } from '../keys/opened-cache.ts'
import type { Outside } from '../keys/catalog/remote-opening.ts'
import { openSecrets } from '../store/secrets/open-secrets.ts'
import { fileTexts } from '../store/text-store.ts'
import { openPool } from '../worker/pool.ts'
import { openQueue } from '../transfer/queue/transfer-queue.ts'
import { checkWindowFile, openProblems } from './problems.ts'
import { findAccounts } from './profiles/account-sources.ts'
import { openConnections } from './profiles/connections.ts'
import type { Core, CorePorts } from './core.ts'
import { makePrivate } from '../store/private-folder.ts'
import { openDefaultKeys } from './profiles/default-keys.ts'
import { openChanges } from './objects/changes.ts'
import { openEmitter } from './events.ts'
import { allHandlers } from './handlers/all-handlers.ts'
import { openLog } from './log.ts'
import { openObjectStates } from './objects/object-states.ts'
import type { JobNeeds } from './jobs/job-needs.ts'
import type { Parts } from './parts.ts'
import { keepHeapLean } from './lean-heap.ts'
import { damageLimit } from './jobs/damage-limit.ts'
import { kindOf, reviveJob } from './kinds/kinds.ts'
import { openGrants } from './local/path-grants.ts'
import { openSpoolHolds } from './local/spool-holds.ts'
import { openQueueMemory } from './jobs/queue-memory.ts'
import { openPracticeSamples } from './practice/practice-samples.ts'
import { openProfiles } from './profiles/profiles.ts'
import { openLocalIndex, type LocalIndex } from './listings/open-index.ts'
import { openHistory } from '../history/open-history.ts'
import { openSettings } from './settings.ts'
import { shownKeys } from './shown-keys.ts'
import { openVault } from './vault/vault.ts'
import { openStartedUploads } from './jobs/started-uploads.ts'
import { trafficLimitHeaders } from '../oss/traffic-limit.ts'
import { openCopies } from './opened/open-copies.ts'
import { openPreviews } from './previews/previews.ts'
import { openPlaceLists } from './place-lists.ts'
import { viewStates } from './view-states.ts'
import { watchWindow } from './window-watch.ts'
import { openUploadPlans } from './jobs/upload-plans.ts'

const THREADS = 2

/**
 * Builds the core, once per process. Only this function decides which implementation a port gets.
 * Throws when the data directory cannot be made or read. Every other problem is a Result of a
 * route.
 */
export async function compose(ports: CorePorts): Promise<Core> {
  keepHeapLean()
  const { notSent, unitEnded } = ports
  makePrivate(ports.dataDirectory)
  const log = openLog(join(ports.dataDirectory, 'log'))
  const emitter = openEmitter((cause) => void log.masked(cause))
  const problems = openProblems((problem) => emitter.emit('app.problem', problem))
  const memory = openQueueMemory(ports.dataDirectory, ports.shell !== 'cli', problems.tell)
  const stateFolder = join(ports.dataDirectory, 'state')
  const texts = fileTexts(stateFolder, problems.tell)
  const secrets = await openSecrets({ texts, place: ports.secretsPlace })
  const settings = await openSettings(texts)
  const defaults = await openDefaultKeys(texts)
  const proxy: ProxySettings | null =
    ports.proxy === undefined
      ? null
      : { ...ports.proxy, direct: ports.practice === null ? [] : [ports.practice.endpoint] }
  const http = openHttpClient({ proxy })
  // The profiles are asked only when a key is used, and exist by then. They do not know the keys.
  const outside: Outside = {
    http,
    profileCredentials: (profileId) => profiles.credentials(profileId),
  }
  const catalog = await openKeyCatalog({ texts, secrets, outside, now: () => Date.now() })
  const opened = openedCache()
  const accounts = () => findAccounts(ports.environment, ports.home)
  const { practice } = ports
  const profiles = await openProfiles({
    texts,
    secrets,
    defaults,
    practice,
    findAccounts: accounts,
  })
  const closeKeys = () => {
    if (!settings.current().closeKeysAfterUse) return
    catalog.closeAll()
    opened.clear()
  }
  const vault = openVault({
    catalog,
    folder: join(stateFolder, 'vault'),
    hashes: join(stateFolder, 'vaulted-1.index'),
    now: () => Date.now(),
    masked: log.masked,
    afterUse: closeKeys,
  })
  const connections = openConnections(profiles, http, vault.listener)
  const history = await openHistory(stateFolder, problems.tell, () => tellKeys())
  const { uploaded, seen } = history
  const wrongWindow = checkWindowFile(ports.dataDirectory)
  if (wrongWindow !== null) problems.tell(wrongWindow)
  // The index is asked only when an object is looked at, and exists by then.
  const knownHeads: LocalIndex['knownHeads'] = (...asked) => localIndex.knownHeads(...asked)
  const states = openObjectStates({ connections, catalog, seen, uploaded, knownHeads })
  const spool = openSpoolHolds(() => memory.book?.durable() ?? Promise.resolve())
  const grants = openGrants(spool)
  const localIndex = openLocalIndex({
    ports,
    secrets,
    settings,
    profiles,
    connections,
    catalog,
    states,
    emitter,
    tell: problems.tell,
    masked: log.masked,
  })
  const changes = openChanges((change) => emitter.emit('objects.changed', change), localIndex.patch)
  const pool = openPool({ workerUrl: ports.workerUrl, threads: THREADS, proxy })
  const samples = await openPracticeSamples({ texts, catalog, defaults, connections, practice })
  const needs: JobNeeds = {
    profiles,
    connections,
    catalog,
    defaults,
    practiceKey: samples.keyId,
    opened,
    uploaded,
    seen,
    sealHistory: history.seals,
    arePlain: states.arePlain,
    afterUse: closeKeys,
    changes,
    spool,
    writers: new Map(),
    limitAfterRestart: damageLimit(),
    listFolder: memory.folder,
    masked: log.masked,
  }
  pool.limit(settings.current().speedLimit)
  const started = openStartedUploads({ texts, prints: memory.prints, now: () => Date.now() })
  if (memory.book !== null) void started.sweep()
  const queue = openQueue({
    book: memory.book,
    started: started.saved,
    kindOf,
    revive: (record, done) => reviveJob(needs, record, done),
    onStart: settings.current().onStart,
    pool,
    now: () => Date.now(),
    limits: () => settings.current(),
    changed: (transfers) => {
      // A failed transfer has used a key too.
      if (transfers.some(({ phase }) => TROUBLE.has(phase))) closeKeys()
      emitter.emit('transfers.changed', transfers)
    },
    removed: (ids) => emitter.emit('transfers.removed', ids),
    masked: log.masked,
    ...(unitEnded !== undefined && { unitEnded }),
    ...(memory.skippedNames !== null && { skippedNames: memory.skippedNames }),
  })
  const watch = watchWindow({
    window: () => (ports.shell === 'cli' ? null : settings.current().window),
    now: () => Date.now(),
    changed: () => queue.setOpen(watch.mayRun()),
  })
  if (!watch.mayRun()) queue.setOpen(false)
  emitter.on('settings.changed', ({ speedLimit }) => {
    pool.limit(speedLimit)
    watch.look()
    queue.fill()
  })
  emitter.on('profiles.changed', () => queue.wake('needs-credentials'))
  emitter.on('secrets.changed', ({ state }) => {
    if (state !== 'working') return
    queue.wake('needs-credentials')
    queue.wake('needs-master-key')
    void vault.write().catch(log.masked)
  })
  const plans = openUploadPlans({
    ...needs,
    grants,
    emitter,
    ...(notSent !== undefined && { notSent }),
  })

  const listKeys = () => shownKeys({ catalog, seen, defaults, profiles })
  const previews = openPreviews()
  const { copies, edits } = await openCopies({
    ports,
    needs,
    settings,
    emitter,
    queue: () => queue,
    damaged: problems.tell,
  })
  const parts: Parts = {
    ports,
    emitter,
    problems: problems.all,
    texts,
    secrets,
    settings,
    views: viewStates(texts, ports.shell),
    places: openPlaceLists(texts),
    profiles,
    defaults,
    catalog,
    opened,
    connections,
    http,
    states,
    seen,
    uploaded,
    started,
    vault,
    localIndex,
    grants,
    plans,
    previews,
    copies,
    edits,
    reading: { pool, traffic: () => trafficLimitHeaders(settings.current().trafficLimit) },
    queue,
    needs,
    listKeys,
    findAccounts: accounts,
    practiceKey: samples.keyId,
    seedPractice: samples.seed,
    samples: samples.all,
    afterUse: closeKeys,
  }
  const tellKeys = () =>
    void listKeys().then((keys) => emitter.emit('keys.changed', keys), log.masked)
  catalog.onChange(() => {
    opened.clear()
    queue.wake('needs-master-key')
    tellKeys()
  })
  return {
    handlers: allHandlers(parts),
    events: emitter,
    masked: log.masked,
    problems: problems.all,
    grants,
    previews,
    copies,
    async close() {
      watch.close()
      previews.closeAll()
      plans.close()
      await edits?.stopUploads()
      await queue.close()
      await copies?.close()
      await edits?.close()
      changes.close()
      await localIndex.close()
      await memory.close()
      await pool.close()
      await vault.close()
      catalog.closeAll()
      opened.clear()
      secrets.close()
      await Promise.all([history.close(), started.close(), grants.close()])
      http.close()
    },
  }
}
