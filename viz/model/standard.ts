/** The scenario that is shown where nothing else is asked for. */
export const STANDARD = 'leader-crash-proposal-on-minority';
