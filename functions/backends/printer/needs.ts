import type { SiteAgentNeeds } from '../needs.ts'

export const printerNeeds: SiteAgentNeeds = { deliveredBy: 'site agent' }
