/** Where the values of profiles come from: docs/gateways.md has these with their addresses and what was read there. */
export const SOURCES = {
  xivo: 'XiVO 15.12 and Wazo, documentation, "Using analog gateways"',
  ata: 'Cisco ATA 191 and ATA 192, Administration Guide for Multiplatform Firmware',
  ataFax: 'Cisco ATA 191 and ATA 192, Administration Guide, "Optimize Fax Completion Rates"',
  provd: 'wazo-provd-plugins, templates and spa-ata.xml of the SPA and Grandstream plugins',
  ht80x: 'Grandstream, configuration template for HT80x, firmware 1.0.19.11',
  mediatrix: 'Mediatrix 4100, Reference Manual, appendix D "Country-Specific Parameters"',
  opermode: 'Linux drivers for analogue line cards (Rhino r4fxo), table of operation modes by country',
  zyxel: 'Zyxel IES-1248-51V, User’s Guide, appendix B "PSTN Parameters by Country"',
  omninet: 'Zyxel Omni.Net Lite, User’s Guide, table 9 "Caller ID signaling type"',
  telewall: 'telewall (a Swiss open-source project), "Install Cisco ATA"',
} as const
export type Source = keyof typeof SOURCES

export interface Sourced<Value> {
  value: Value
  source: Source
}
