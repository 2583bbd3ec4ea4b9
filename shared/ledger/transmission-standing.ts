import type { TransmissionState } from './transmission-record.ts'

/** Where a transmission stands as a whole: every one in one of them, so that they add up to what was to be sent. */
export const TRANSMISSION_STANDINGS = ['sent', 'waiting', 'failed', 'refused', 'canceled', 'unknown'] as const
export type TransmissionStanding = (typeof TRANSMISSION_STANDINGS)[number]

/** `waiting` until it has ended. */
export const STANDING_OF_STATE: Record<TransmissionState, TransmissionStanding> = {
  accepted: 'waiting',
  waiting: 'waiting',
  dialling: 'waiting',
  sending: 'waiting',
  sent: 'sent',
  failed: 'failed',
  refused: 'refused',
  canceled: 'canceled',
  unknown: 'unknown',
}
