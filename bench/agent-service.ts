import { readFileSync } from 'node:fs'
import type { AgentName } from '../agents/packaging/bundle-agents.ts'

/** What systemd runs the agent's Node with. */
export function serviceNodeOptions(agent: AgentName): string {
  const unit = readFileSync(`agents/packaging/faxlane-${agent}/faxlane-${agent}.service`, 'utf8')
  return /^Environment=NODE_OPTIONS=(.*)$/m.exec(unit)?.[1] ?? ''
}
