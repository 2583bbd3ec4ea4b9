/** The languages in which people are told of faxes; what the routing table has no text for is said in one of them. */
export const LANGUAGES = ['en', 'fr', 'de'] as const
export type Language = (typeof LANGUAGES)[number]
