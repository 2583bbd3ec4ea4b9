/**
 * How often a queue hands a message to a function before it goes to the dead-letter queue. AWS asks for at least five with
 * an event source mapping, since a throttled function uses receives up as well.
 */
export const MAX_RECEIVES = 5
