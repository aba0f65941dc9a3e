import type { PeerName } from './peers.ts'
import { byTurns, median, timed, type Figure } from './statistics.ts'
import { figure, type RowName } from './table.ts'
import { cpuSeconds, encrypted, floor, largeFile, PARALLEL, PART, sealed } from './upload.ts'
import type { Workbench } from './workbench.ts'

const GIB = 1024 ** 3
const LINE_BITS_PER_SECOND = 2.5e9

type Against = readonly { readonly row: RowName; readonly peer: PeerName }[]

/** Ours by turns with SDKs, all to one sink. */
const against =
  (opponents: Against, rounds: number) =>
  async (bench: Workbench): Promise<readonly Figure[]> => {
    const [side, large] = [await bench.sink(null), await largeFile(bench)]
    const contenders: Record<string, () => Promise<number>> = {
      ours: timed(encrypted(bench, side, large)),
    }
    for (const { peer } of opponents) {
      const running = await side.peer(peer)
      if (running !== null)
        contenders[peer] = timed(() =>
          running.run('resumable', {
            master: bench.master,
            key: 'large',
            file: large.path,
            partSize: PART,
            threads: PARALLEL,
          }),
        )
    }
    const times = await byTurns(bench.effort.rounds ?? rounds, contenders)
    return opponents.map(({ row, peer }) =>
      figure(
        row,
        median(times['ours'] ?? []),
        times[peer] === undefined ? null : median(times[peer]),
      ),
    )
  }

export const uploadLarge = against(
  [
    { row: 'upload-large', peer: 'bench-go-v1' },
    { row: 'upload-large-go-v2', peer: 'go-v2' },
  ],
  5,
)

/** Python takes its time, and its times differ little. */
export const uploadLargePy = against(
  [
    { row: 'upload-large-py', peer: 'python-oss2' },
    { row: 'upload-large-py-v2', peer: 'bench-python-v2' },
  ],
  3,
)

/** Ours by turns with the floor. */
const againstFloor =
  (row: RowName, bitsPerSecond: number | null) =>
  async (bench: Workbench): Promise<readonly Figure[]> => {
    const [side, large] = [await bench.sink(bitsPerSecond), await largeFile(bench)]
    const measured = (work: () => Promise<unknown>) => async () => {
      let cpu = 0
      const seconds = await timed(async () => (cpu = await cpuSeconds(work)))()
      return { seconds, cpu: cpu / (large.bytes / GIB) }
    }
    const { ours, peer } = await byTurns(bench.effort.rounds ?? 5, {
      ours: measured(encrypted(bench, side, large)),
      peer: measured(floor(bench, side, large)),
    })
    const cpu = (all: typeof ours) => median(all.map((one) => one.cpu))
    const time = (all: typeof ours) => median(all.map((one) => one.seconds))
    return [
      figure(row, time(ours), time(peer), {
        cpuSecondsPerGiB: cpu(ours),
        peerCpuSecondsPerGiB: cpu(peer),
      }),
    ]
  }

export const uploadFloor = againstFloor('upload-floor', null)
export const uploadLine = againstFloor('upload-line', LINE_BITS_PER_SECOND)

/**
 * CPU time of ours with a seal by turns with ours without one. Time on the line tells nothing of
 * it: a seal costs a pass over bytes that are in the cache.
 */
export async function sealLarge(bench: Workbench): Promise<readonly Figure[]> {
  const [side, large] = [await bench.sink(null), await largeFile(bench)]
  const { ours, peer } = await byTurns(bench.effort.rounds ?? 7, {
    ours: () => cpuSeconds(sealed(bench, side, large)),
    peer: () => cpuSeconds(encrypted(bench, side, large)),
  })
  return [figure('seal-large', median(ours), median(peer))]
}
