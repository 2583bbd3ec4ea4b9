import { X509Certificate } from 'node:crypto'
import { type Checked, wrong } from '../checks.ts'

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\n[^-]*-----END \1-----/g

/** The certificates of a PEM file, without what stands around them. `whose`: the authority that is asked for, in words. */
export function pemCertificates(text: string, whose: string): Checked<string> {
  const fix = `Name the PEM file with the certificate of ${whose}.`
  const blocks = [...text.matchAll(PEM_BLOCK)]
  // What is read here goes into the deployment, where a key does not belong.
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) return wrong('This file holds a private key.', fix)
  const certificates = blocks.filter(([, label]) => label === 'CERTIFICATE').map(([block]) => block)
  if (certificates.length === 0) return wrong('This file holds no certificate.', fix)
  const broken = certificates.findIndex((certificate) => !isCertificate(certificate))
  if (broken !== -1) return wrong(`The certificate number ${broken + 1} of this file cannot be read.`, fix)
  return { value: `${certificates.join('\n')}\n` }
}

/** As {@link pemCertificates}, and each has to be one that may sign others. */
export function pemAuthorities(text: string, whose: string): Checked<string> {
  const certificates = pemCertificates(text, whose)
  if ('problems' in certificates) return certificates
  const each = [...certificates.value.matchAll(PEM_BLOCK)].map(([block]) => new X509Certificate(block))
  const leaf = each.find(({ ca }) => !ca)
  if (leaf === undefined) return certificates
  const subject = leaf.subject.replaceAll('\n', ', ')
  return wrong(
    `The certificate of ${subject} is no authority’s: its basic constraints do not say CA.`,
    `Name the PEM file with the certificate of ${whose}; docs/agents.md shows how to make one.`,
  )
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem)
    return true
  } catch {
    return false
  }
}
