/** Of one invocation. */
export const TIME_LIMIT_SECONDS = 60
