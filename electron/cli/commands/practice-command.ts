import { startPractice } from '../../practice/start.ts'

/**
 * Runs the practice server until a signal ends it. The first line on stdout is JSON, and says how
 * to reach the server. `madeUp`: objects that the bucket has by a formula.
 */
export async function practice(
  directory: string,
  port: number,
  madeUp: number,
  signal: AbortSignal,
): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
    process.once('SIGTERM', () => resolve())
  })
  const server = await startPractice({ directory, port, madeUp })
  const { endpoint, region, accessKeyId, accessKeySecret, bucket, kms } = server
  process.stdout.write(
    `${JSON.stringify({ endpoint, region, accessKeyId, accessKeySecret, bucket, kmsEndpoint: kms.endpoint, cmkId: kms.cmkId })}\n`,
  )
  await stopped
  await server.close()
}
