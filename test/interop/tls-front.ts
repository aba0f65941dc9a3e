import { request as httpRequest } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import forge from 'node-forge'

const YEAR_MS = 365 * 24 * 3600 * 1000

export interface TlsFront {
  /** `https://localhost:port` */
  readonly endpoint: string
  /** PEM of the CA that signed it. */
  readonly ca: string
  close(): Promise<void>
}

/**
 * An HTTPS server on 127.0.0.1 under a throw-away CA that hands every request on to a plain HTTP
 * one: SDKs that call KMS only so.
 */
export async function openTlsFront(target: string): Promise<TlsFront> {
  const ca = certificate('Cipherbucket interop CA', null)
  const leaf = certificate('localhost', ca)
  const { hostname, port } = new URL(target)
  const server = createServer({ key: leaf.keyPem, cert: leaf.pem }, (incoming, outgoing) => {
    const onward = httpRequest(
      { hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      },
    )
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `https://localhost:${(server.address() as AddressInfo).port}`,
    ca: ca.pem,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Signed {
  readonly pem: string
  readonly keyPem: string
  readonly cert: forge.pki.Certificate
  readonly key: forge.pki.rsa.PrivateKey
}

/** A certificate for localhost, or a CA when `issuer` is null. */
function certificate(name: string, issuer: Signed | null): Signed {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const cert = forge.pki.createCertificate()
  const key = forge.pki.privateKeyFromPem(pair.privateKey)
  cert.publicKey = forge.pki.publicKeyFromPem(pair.publicKey)
  // A leading 0 keeps the number positive.
  cert.serialNumber = `00${randomBytes(15).toString('hex')}`
  cert.validity.notBefore = new Date(Date.now() - YEAR_MS)
  cert.validity.notAfter = new Date(Date.now() + YEAR_MS / 4)
  const subject = [{ name: 'commonName', value: name }]
  cert.setSubject(subject)
  cert.setIssuer(issuer === null ? subject : issuer.cert.subject.attributes)
  cert.setExtensions(
    issuer === null
      ? [
          { name: 'basicConstraints', cA: true, critical: true },
          { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
          { name: 'subjectKeyIdentifier' },
        ]
      : [
          { name: 'basicConstraints', cA: false },
          { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
          { name: 'extKeyUsage', serverAuth: true },
          {
            name: 'subjectAltName',
            altNames: [
              { type: 2, value: 'localhost' },
              { type: 7, ip: '127.0.0.1' },
            ],
          },
          {
            name: 'authorityKeyIdentifier',
            keyIdentifier: issuer.cert.generateSubjectKeyIdentifier().getBytes(),
          },
        ],
  )
  cert.sign(issuer?.key ?? key, forge.md.sha256.create())
  return { pem: forge.pki.certificateToPem(cert), keyPem: pair.privateKey, cert, key }
}
